// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/model_wire.h"
#include "tests/support/server_process.h"
#include "tests/support/wire_client.h"

#include <QTest>

#include <map>
#include <memory>

using namespace orchestra;

namespace {

using Reply = std::shared_ptr<PeerReply>;

const std::string kQuestion = "write me a short poem about the sea and one about the wind";
const std::string kPlan = "{\"parts\":[{\"title\":\"Sea\",\"task\":\"the part about the sea\"},"
                          "{\"title\":\"Wind\",\"task\":\"the part about the wind\"}]}";

bool contains(const std::string &text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

/// A model server that plans, works and puts together; a test says what becomes of each worker.
class SwarmPeer
{
public:
    using Work = std::function<void(const Reply &)>;
    explicit SwarmPeer(std::map<std::string, Work> workers)
        : workers_(std::move(workers))
        , peer_([this](const PeerRequest &request, const Reply &reply) { take(request, reply); })
    {
    }
    std::string url() const { return peer_.url(); }
    static void say(const Reply &reply, const std::string &text)
    {
        ollama_wire::begin(*reply);
        reply->chunk(ollama_wire::says(text));
        reply->chunk(ollama_wire::done());
        reply->end();
    }
    std::string results; ///< what the synthesis was given
    int chats = 0;

private:
    void take(const PeerRequest &request, const Reply &reply)
    {
        if (ollama_wire::answersList(request, *reply))
            return;
        ++chats;
        if (contains(request.body, "You plan the work"))
            return say(reply, kPlan);
        if (contains(request.body, "results that workers have brought")) {
            results = request.body;
            return say(reply, "One answer.");
        }
        for (const auto &[task, work] : workers_) {
            if (contains(request.body, task))
                return work(reply);
        }
        reply->send(500, "application/json", "{\"error\":\"nobody asked for this\"}");
    }

    std::map<std::string, Work> workers_;
    HttpPeer peer_;
};

QStringList settingsFor(const SwarmPeer &peer)
{
    return {QStringLiteral("log.level=error"),
            QStringLiteral("models.ollama=peer=") + QString::fromStdString(peer.url())};
}

void ask(WireClient &client, const std::string &id)
{
    wire::Chat chat;
    chat.id = id;
    chat.content = kQuestion;
    chat.optimizationHints = wire::OptimizationHints{.mode = wire::ExecutionMode::Quality};
    client.send(chat);
}

WireClient::Options user(const ServerProcess &server, const QString &name)
{
    return {server.port(), name, QStringLiteral("s1"), {}, false};
}

std::optional<TaskId> taskOf(const WireClient &client, const std::string &agent)
{
    for (const wire::ServerFrame &frame : client.frames) {
        const auto *started = std::get_if<wire::AgentStarted>(&frame.body);
        if (started && started->agentName == agent && started->parentTaskId)
            return frame.taskId;
    }
    return std::nullopt;
}

bool waitForEnd(WireClient &client)
{
    return waitUntil([&] { return client.count<wire::AgentCompleted>() > 0; }, 20000);
}

} // namespace

/// Answers of a swarm through the real server, over real sockets.
class TstSwarmAnswers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesAWorkerThatFails()
    {
        SwarmPeer peer(
            {{"the part about the sea", [](const Reply &reply) { ollama_wire::misbehave("no marker", *reply); }},
             {"the part about the wind", [](const Reply &reply) { SwarmPeer::say(reply, "Wind blows."); }}});
        ServerProcess server;
        QVERIFY2(server.start(settingsFor(peer)), qPrintable(server.lastOutput()));
        WireClient client(user(server, QStringLiteral("ann")));
        QVERIFY(client.join());
        ask(client, "m1");
        QVERIFY(waitForEnd(client));
        const auto end = client.bodies<wire::AgentCompleted>().at(0);
        QCOMPARE(end.status, wire::CompletionStatus::Incomplete);
        QCOMPARE(end.executionMode, wire::ExecutionMode::Quality);
        QCOMPARE(int(end.error->code), int(Code::ProviderError));
        QVERIFY2(contains(end.error->message, "1 of 2 parts"), end.error->message.c_str());
        QVERIFY2(end.content.starts_with("One answer.\n\nNot answered: Sea (worker-1)."), end.content.c_str());
        QCOMPARE(client.text(), end.content);
        QCOMPARE(end.provenance.source, wire::AnswerSource::Model);
        QCOMPARE(*end.provenance.model, std::string("tiny"));
        QVERIFY(contains(peer.results, "Wind blows.") && contains(peer.results, "(not answered)"));
        QVERIFY(!contains(peer.results, "half"));
        QTest::qWait(200);
        QCOMPARE(client.count<wire::AgentCompleted>(), 1);
        QCOMPARE(client.sequenceGaps + client.offsetGaps + client.foreignFrames, 0);
        QVERIFY(taskOf(client, "planner") && taskOf(client, "worker-1") && taskOf(client, "synthesis"));
    }

    void goesOnWithoutAPartThatIsCancelled()
    {
        bool isGone = false;
        Reply held;
        SwarmPeer peer({{"the part about the sea",
                         [&](const Reply &reply) {
                             held = reply;
                             ollama_wire::begin(*reply);
                             reply->chunk(ollama_wire::says("on and on"));
                             reply->onGone([&isGone] { isGone = true; });
                         }},
                        {"the part about the wind", [](const Reply &reply) { SwarmPeer::say(reply, "Wind blows."); }}});
        ServerProcess server;
        QVERIFY2(server.start(settingsFor(peer)), qPrintable(server.lastOutput()));
        WireClient client(user(server, QStringLiteral("ann")));
        QVERIFY(client.join());
        ask(client, "m1");
        QVERIFY(waitUntil([&] { return held && taskOf(client, "worker-1"); }));
        wire::Cancel cancel;
        cancel.id = "c1";
        cancel.taskId = taskOf(client, "worker-1");
        cancel.scope = wire::CancelScope::Subtree;
        WireClient stranger(user(server, QStringLiteral("bob")));
        QVERIFY(stranger.join());
        QVERIFY(stranger.send(cancel));
        QVERIFY(waitUntil([&] { return stranger.count<wire::ErrorFrame>() == 1; }));
        QVERIFY(!isGone && client.count<wire::AgentCompleted>() == 0);
        QVERIFY(client.send(cancel));
        QVERIFY(waitUntil([&] { return isGone; })); // its model has let go
        QVERIFY(waitForEnd(client));
        const auto end = client.bodies<wire::AgentCompleted>().at(0);
        QCOMPARE(end.status, wire::CompletionStatus::Incomplete);
        QCOMPARE(int(end.error->code), int(Code::Cancelled));
        QVERIFY2(end.content.starts_with("One answer."), end.content.c_str());
        QVERIFY(!contains(end.content, "on and on"));
        QCOMPARE(client.count<wire::AgentCompleted>(), 1);
    }

    void cancelOfTheTurnReachesEveryWorker()
    {
        int begun = 0;
        int gone = 0;
        const auto hang = [&](const Reply &reply) {
            ++begun;
            ollama_wire::begin(*reply);
            reply->chunk(ollama_wire::says("on and on"));
            reply->onGone([&gone] { ++gone; });
        };
        SwarmPeer peer({{"the part about the sea", hang}, {"the part about the wind", hang}});
        ServerProcess server;
        QVERIFY2(server.start(settingsFor(peer)), qPrintable(server.lastOutput()));
        WireClient client(user(server, QStringLiteral("ann")));
        QVERIFY(client.join());
        ask(client, "m1");
        QVERIFY(waitUntil([&] { return begun == 2; }));
        wire::Cancel cancel;
        cancel.id = "c1";
        cancel.threadId = client.thread();
        QVERIFY(client.send(cancel));
        QVERIFY(waitUntil([&] { return gone == 2; }));
        QVERIFY(waitForEnd(client));
        QCOMPARE(client.bodies<wire::AgentCompleted>().at(0).status, wire::CompletionStatus::Cancelled);
        QCOMPARE(peer.chats, 3);
        QTest::qWait(100);
        QCOMPARE(client.count<wire::AgentCompleted>(), 1);
    }

    /// Through the real store and back: chosen, kept, shown to a model, seen by nobody else.
    void remembersForOneUserOnly()
    {
        SwarmPeer peer({{"poem", [](const Reply &reply) { SwarmPeer::say(reply, "A poem."); }}});
        ServerProcess server;
        QVERIFY2(server.start(settingsFor(peer)), qPrintable(server.lastOutput()));
        WireClient ann(user(server, QStringLiteral("ann")));
        WireClient bob(user(server, QStringLiteral("bob")));
        QVERIFY(ann.join() && bob.join());
        int asked = 0;
        const auto answerTo = [&](WireClient &client, const std::string &text) {
            const int before = client.count<wire::AgentCompleted>();
            client.chat("m" + std::to_string(++asked), text);
            waitUntil([&] { return client.count<wire::AgentCompleted>() > before; });
            return client.bodies<wire::AgentCompleted>().back().content;
        };
        QVERIFY(contains(answerTo(ann, "/remember the harbour is called Windwatch"), "/memory on"));
        answerTo(ann, "/memory on");
        answerTo(bob, "/memory on");
        QVERIFY(contains(answerTo(ann, "/remember the harbour is called Windwatch"), "number 1"));
        QVERIFY(contains(answerTo(ann, "/recall harbour"), "Windwatch"));
        QVERIFY(!contains(answerTo(bob, "/recall harbour"), "Windwatch"));
        QVERIFY(contains(answerTo(bob, "/memories"), "nothing") || contains(answerTo(bob, "/memories"), "no things"));
        QVERIFY(contains(answerTo(ann, "/memories export"), "\"number\":1"));
        QVERIFY(contains(answerTo(ann, "/forget 1"), "1 memory"));
        QVERIFY(!contains(answerTo(ann, "/memories"), "Windwatch"));
    }
};

QTEST_GUILESS_MAIN(TstSwarmAnswers)
#include "tst_swarm_answers.moc"
