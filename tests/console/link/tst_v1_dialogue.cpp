// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/link/v1_dialogue.h"

#include "shared/wire/v1_adapter.h"
#include "tests/support/manual_clock.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;

/// The client's side of version 1 against the server's: what one writes the other reads.
class TstV1Dialogue : public QObject
{
    Q_OBJECT

private:
    ManualClock clock_;
    SystemRandom random_;
    IdSource ids_{clock_, random_};

    wire::ServerFrame ofTask(const TaskId &task, wire::ServerBody body)
    {
        wire::ServerFrame frame;
        frame.id = ids_.make<EventId>();
        frame.taskId = task;
        frame.body = std::move(body);
        return frame;
    }

private Q_SLOTS:
    void asksSoThatTheServerUnderstands()
    {
        V1Dialogue dialogue(clock_, ids_, "ann");
        wire::V1Adapter server("s1");
        wire::JsonReader reader(wire::kServerFrameDepth);
        wire::Chat chat;
        chat.content = "say \"hello\"\n";
        const auto text = dialogue.encode(chat);
        QVERIFY(text);
        const auto read = server.decode(reader, text->toStdString(), "1");
        const auto *frame = std::get_if<wire::ClientFrame>(&read);
        QVERIFY(frame);
        QCOMPARE(std::get<wire::Chat>(*frame).content, chat.content);
        QVERIFY(!dialogue.encode(wire::Cancel{}));
    }

    void hearsATurnFromBeginToEnd()
    {
        V1Dialogue dialogue(clock_, ids_, "ann");
        wire::V1Adapter server("s1");
        wire::JsonReader reader(wire::kServerFrameDepth);
        wire::Chat chat;
        chat.id = "1";
        chat.content = "hello";
        const auto said = dialogue.echo(chat);
        QCOMPARE(said.size(), std::size_t(1));
        QCOMPARE(std::get<wire::UserMessage>(said.front().body).content, std::string("hello"));
        const auto asked = server.decode(reader, dialogue.encode(chat)->toStdString(), "1");
        QVERIFY(std::holds_alternative<wire::ClientFrame>(asked));

        const TaskId task = ids_.make<TaskId>();
        wire::ServerAck ack;
        ack.ref = "1";
        ack.taskId = task;
        wire::AgentCompleted completed;
        completed.content = "Hi there";
        completed.qualityScore = 0.5;
        std::vector<std::string> sent;
        server.translate(ofTask(task, ack), sent);
        server.translate(ofTask(task, wire::AgentThinking{"maestro", "a greeting"}), sent);
        server.translate(ofTask(task, wire::StreamToken{0, "Hi "}), sent);
        server.translate(ofTask(task, wire::StreamToken{1, "there"}), sent);
        server.translate(ofTask(task, completed), sent);

        std::vector<wire::ServerFrame> heard;
        for (const std::string &text : sent) {
            clock_.advance(10ms);
            for (wire::ServerFrame &frame : dialogue.decode(QByteArray::fromStdString(text)))
                heard.push_back(std::move(frame));
        }
        QCOMPARE(heard.size(), std::size_t(5));
        QCOMPARE(std::get<wire::AgentThinking>(heard[0].body).content, std::string("a greeting"));
        QVERIFY(std::holds_alternative<wire::StatusFrame>(heard[1].body));
        QCOMPARE(std::get<wire::StreamToken>(heard[2].body).content, std::string("Hi "));
        QCOMPARE(std::get<wire::StreamToken>(heard[3].body).index, std::uint64_t(1));
        const auto &answer = std::get<wire::AgentCompleted>(heard[4].body);
        QCOMPARE(answer.content, std::string("Hi there"));
        QCOMPARE(answer.status, wire::CompletionStatus::Completed);
        QCOMPARE(answer.qualityScore, std::optional(0.5));
        QCOMPARE(answer.timings.firstTokenMs, std::optional(30.0));
        QCOMPARE(answer.timings.totalMs, 50.0);
        QCOMPARE(answer.provenance.attempt, std::uint64_t(0));
        for (const wire::ServerFrame &frame : heard)
            QCOMPARE(frame.taskId, heard.front().taskId);
        QCOMPARE(heard.front().userId, std::string("ann"));
    }

    void tellsErrorsByTheirCode()
    {
        V1Dialogue dialogue(clock_, ids_, "ann");
        wire::V1Adapter server("s1");
        wire::ErrorFrame error;
        error.code = Code::RateLimited;
        error.message = "too many";
        wire::ServerFrame frame;
        frame.body = error;
        std::vector<std::string> sent;
        server.translate(frame, sent);
        QCOMPARE(sent.size(), std::size_t(1));
        const auto heard = dialogue.decode(QByteArray::fromStdString(sent.front()));
        QCOMPARE(heard.size(), std::size_t(1));
        QCOMPARE(std::get<wire::ErrorFrame>(heard.front().body).code, Code::RateLimited);
    }

    void passesOverWhatItCannotRead()
    {
        V1Dialogue dialogue(clock_, ids_, "ann");
        QVERIFY(dialogue.decode("not json").empty());
        QVERIFY(dialogue.decode("{\"type\":\"unheard_of\"}").empty());
        QVERIFY(dialogue.decode("[]").empty());
    }
};

QTEST_GUILESS_MAIN(TstV1Dialogue)
#include "tst_v1_dialogue.moc"
