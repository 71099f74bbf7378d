// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/model_wire.h"
#include "tests/support/server_process.h"
#include "tests/support/wire_client.h"

#include <QElapsedTimer>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace orchestra;

namespace {

using Reply = std::shared_ptr<PeerReply>;

const std::string kQuestion = "write me a short poem about the sea";

QStringList settingsFor(const HttpPeer &peer, const model_wire::Wire &wire, const QStringList &more = {})
{
    return QStringList{QStringLiteral("log.level=error"), QStringLiteral("models.%1=").arg(QLatin1String(wire.name)) +
                                                              QString::fromStdString(wire.entry(peer))} +
           more;
}

QStringList settingsFor(const HttpPeer &peer, const QStringList &more = {})
{
    return settingsFor(peer, model_wire::kWires[0], more);
}

WireClient::Options user(const ServerProcess &server, const QString &name)
{
    return {server.port(), name, QStringLiteral("s1"), {}, false};
}

} // namespace

/// Answers of models through the real server, over real sockets, from peers that speak Ollama's wire well or badly.
class TstModels : public QObject
{
    Q_OBJECT

private:
    static bool isAlive(WireClient &client)
    {
        const int before = client.count<wire::Pong>();
        return client.send(wire::Ping{"p" + std::to_string(before)}) &&
               waitUntil([&] { return client.count<wire::Pong>() > before; });
    }

    static bool waitForEnds(WireClient &client, int ends)
    {
        return waitUntil([&] { return client.count<wire::AgentCompleted>() >= ends; }, 20000);
    }

    /// The value of a series; 0 when there is none.
    static double valueOf(const std::string &metrics, const std::string &series)
    {
        const std::size_t at = metrics.find("\n" + series + " ");
        return at == std::string::npos ? 0 : std::stod(metrics.substr(at + series.size() + 2));
    }

    /// The whole answer to a request of an operator.
    static std::string request(const ServerProcess &server, const QByteArray &what, const QByteArray &body = {})
    {
        QTcpSocket socket;
        socket.connectToHost(QStringLiteral("127.0.0.1"), server.port());
        if (!QTest::qWaitFor([&] { return socket.state() == QAbstractSocket::ConnectedState; }))
            return {};
        socket.write(what + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer " +
                     server.operatorToken().toLatin1() + "\r\nContent-Type: application/json\r\nContent-Length: " +
                     QByteArray::number(body.size()) + "\r\n\r\n" + body);
        static_cast<void>(QTest::qWaitFor([&] { return socket.state() == QAbstractSocket::UnconnectedState; }));
        return socket.readAll().toStdString();
    }
    static std::string metricsOf(const ServerProcess &server) { return request(server, "GET /metrics"); }

private Q_SLOTS:
    void bringsAModelsAnswerWordByWord()
    {
        HttpPeer peer([](const PeerRequest &request, const Reply &reply) {
            if (ollama_wire::answersList(request, *reply))
                return;
            ollama_wire::begin(*reply);
            for (const char *word : {"The ", "sea ", "is ", "wide."})
                reply->chunk(ollama_wire::says(word));
            reply->chunk(ollama_wire::done());
            reply->end();
        });
        ServerProcess server;
        QVERIFY2(server.start(settingsFor(peer)), qPrintable(server.lastOutput()));
        WireClient client(user(server, QStringLiteral("ann")));
        QVERIFY(client.join());
        client.chat("m1", kQuestion);
        QVERIFY(waitForEnds(client, 1));
        QCOMPARE(client.text(), std::string("The sea is wide."));
        const auto end = client.bodies<wire::AgentCompleted>().at(0);
        QCOMPARE(end.status, wire::CompletionStatus::Completed);
        QCOMPARE(end.content, client.text());
        QCOMPARE(end.provenance.source, wire::AnswerSource::Model);
        QCOMPARE(*end.provenance.provider, std::string("peer"));
        QCOMPARE(*end.provenance.model, std::string("tiny"));
        QCOMPARE(end.usage.completionTokens, std::uint64_t(2));
        QVERIFY(!end.usage.estimated);
        // The next question comes with what was said.
        client.chat("m2", "and another one about the wind please, a poem");
        QVERIFY(waitForEnds(client, 2));
        QVERIFY(peer.requests().back().body.find("The sea is wide.") != std::string::npos);
    }

    void endsEveryKindOfFailureOnceAndHonestly_data()
    {
        QTest::addColumn<std::size_t>("wire");
        QTest::addColumn<std::size_t>("way");
        for (std::size_t wire = 0; wire < std::size(model_wire::kWires); ++wire) {
            for (std::size_t way = 0; way < std::size(model_wire::kMisbehaviours); ++way)
                QTest::addRow("%s: %s", model_wire::kWires[wire].name, model_wire::kMisbehaviours[way].name)
                    << wire << way;
        }
    }
    void endsEveryKindOfFailureOnceAndHonestly()
    {
        QFETCH(std::size_t, wire);
        QFETCH(std::size_t, way);
        const auto &spoken = model_wire::kWires[wire];
        const auto &failure = model_wire::kMisbehaviours[way];
        std::vector<Reply> chats;
        HttpPeer peer([&](const PeerRequest &request, const Reply &reply) {
            if (spoken.answersList(request, *reply))
                return;
            chats.push_back(reply);
            model_wire::misbehave(spoken, failure.name, *reply);
        });
        ServerProcess server;
        QVERIFY2(server.start(settingsFor(peer, spoken,
                                          {QStringLiteral("models.retries=0"), QStringLiteral("models.total_seconds=5"),
                                           QStringLiteral("models.first_token_seconds=0.5"),
                                           QStringLiteral("models.gap_seconds=0.3")})),
                 qPrintable(server.lastOutput()));
        WireClient client(user(server, QStringLiteral("ann")));
        QVERIFY(client.join());
        constexpr int kChats = 3; // fewer than open the breaker
        double descriptors = 0;
        for (int i = 1; i <= kChats; ++i) {
            client.chat("m" + std::to_string(i), kQuestion);
            QVERIFY(waitForEnds(client, i));
            const auto end = client.bodies<wire::AgentCompleted>().back();
            QCOMPARE(end.status, wire::CompletionStatus::Failed);
            QVERIFY(end.error);
            QCOMPARE(end.error->code, failure.code);
            QVERIFY(!end.error->message.empty());
            QCOMPARE(end.content, std::string(failure.text));
            if (i == 1) // by then what is opened once is open
                descriptors = valueOf(metricsOf(server), "process_open_fds");
        }
        QCOMPARE(client.text(), std::string(failure.text) + failure.text + failure.text);
        QVERIFY(isAlive(client));
        QCOMPARE(client.count<wire::AgentCompleted>(), kChats); // one end each, and nothing after it
        QVERIFY(client.sequenceGaps == 0 && client.offsetGaps == 0 && client.unreadable == 0);

        const std::string metrics = metricsOf(server);
        const auto counted = [&](const char *outcome) {
            return valueOf(metrics, "orchestrad_circuit_breaker_calls_total{breaker=\"model:peer/tiny\",outcome=\"" +
                                        std::string(outcome) + "\"}");
        };
        using model_wire::Counted;
        QCOMPARE(counted("ok"), failure.counted == Counted::BrokeOff ? kChats : 0.0);
        QCOMPARE(counted("broke_off"), failure.counted == Counted::BrokeOff ? kChats : 0.0);
        QCOMPARE(counted("failed"), failure.counted == Counted::Failed ? kChats : 0.0);
        QCOMPARE(counted("ignored"), failure.counted == Counted::Nothing ? kChats : 0.0);
        QCOMPARE(counted("rejected"), 0.0);
        QCOMPARE(valueOf(metrics, "orchestrad_chat_turns_total{outcome=\"error\"}"), double(kChats));
        QCOMPARE(valueOf(metrics, "orchestrad_synthetic_assistant_content_total"), 0.0);
        // Nothing is left of them: no task, no descriptor, and no exchange that the peer still sees as open.
        QCOMPARE(valueOf(metrics, "orchestrad_tasks{state=\"running\"}"), 0.0);
        QVERIFY(valueOf(metrics, "process_open_fds") <= descriptors + 1);
        if (QByteArray(failure.name).startsWith("hang"))
            QVERIFY(waitUntil(
                [&] { return std::ranges::none_of(chats, [](const Reply &chat) { return chat->isOpen(); }); }));
    }

    void takesWhatIsStrangeButRight_data()
    {
        QTest::addColumn<std::size_t>("wire");
        QTest::addColumn<QByteArray>("how");
        for (std::size_t wire = 0; wire < std::size(model_wire::kWires); ++wire) {
            for (const char *how : {"at once", "one byte at a time", "slowly"})
                QTest::addRow("%s: %s", model_wire::kWires[wire].name, how) << wire << QByteArray(how);
        }
    }
    void takesWhatIsStrangeButRight()
    {
        QFETCH(std::size_t, wire);
        QFETCH(QByteArray, how);
        const auto &spoken = model_wire::kWires[wire];
        std::vector<Reply> late;
        HttpPeer peer([&](const PeerRequest &request, const Reply &reply) {
            if (spoken.answersList(request, *reply))
                return;
            if (how == "slowly")
                return late.push_back(reply);
            spoken.begin(*reply);
            const std::string all = spoken.says("The sea \xe2\x80\x94 ") + spoken.says("wide.") + spoken.done();
            if (how == "at once")
                reply->chunk(all);
            else
                for (const char byte : all)
                    reply->chunk(std::string_view(&byte, 1));
            reply->end();
        });
        ServerProcess server;
        QVERIFY2(server.start(settingsFor(peer, spoken, {QStringLiteral("breakers.slow_seconds=0.2")})),
                 qPrintable(server.lastOutput()));
        WireClient client(user(server, QStringLiteral("ann")));
        QVERIFY(client.join());
        client.chat("m1", kQuestion);
        if (how == "slowly") {
            QVERIFY(waitUntil([&] { return !late.empty(); }));
            QTest::qWait(400);
            spoken.begin(*late[0]);
            late[0]->chunk(spoken.says("The sea \xe2\x80\x94 ") + spoken.says("wide.") + spoken.done());
            late[0]->end();
        }
        QVERIFY(waitForEnds(client, 1));
        const auto end = client.bodies<wire::AgentCompleted>().at(0);
        QCOMPARE(end.status, wire::CompletionStatus::Completed);
        QCOMPARE(end.content, std::string("The sea \xe2\x80\x94 wide."));
        QCOMPARE(client.text(), end.content);
        QVERIFY(isAlive(client));
        QCOMPARE(client.count<wire::AgentCompleted>(), 1);
        const std::string metrics = metricsOf(server);
        const std::string outcome = how == "slowly" ? "slow" : "ok";
        QCOMPARE(valueOf(metrics, "orchestrad_circuit_breaker_calls_total{breaker=\"model:peer/tiny\",outcome=\"" +
                                      outcome + "\"}"),
                 1.0);
        QCOMPARE(valueOf(metrics, "orchestrad_provider_output_tokens_total{provider=\"peer\",model=\"tiny\"}"), 2.0);
        QCOMPARE(
            valueOf(metrics, "orchestrad_chat_time_to_first_token_seconds_count{provider=\"peer\",model=\"tiny\"}"),
            1.0);
    }

    /// Two calls at once; on OpenAI's wire their arguments come in fragments, mixed.
    void runsParallelToolCallsHoweverTheyCome_data()
    {
        QTest::addColumn<std::size_t>("wire");
        for (std::size_t wire = 0; wire < std::size(model_wire::kWires); ++wire)
            QTest::newRow(model_wire::kWires[wire].name) << wire;
    }
    void runsParallelToolCallsHoweverTheyCome()
    {
        QFETCH(std::size_t, wire);
        const auto &spoken = model_wire::kWires[wire];
        const auto call = [](const char *index, const char *rest) {
            return openai_wire::chunk(std::string("{\"tool_calls\":[{\"index\":") + index + "," + rest + "}]}");
        };
        std::vector<std::string> asked;
        HttpPeer peer([&](const PeerRequest &request, const Reply &reply) {
            if (spoken.answersList(request, *reply))
                return;
            asked.push_back(request.body);
            spoken.begin(*reply);
            if (asked.size() > 1) {
                reply->chunk(spoken.says("Both looked up.") + spoken.done());
            } else if (wire == 0) {
                reply->chunk(
                    "{\"message\":{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":["
                    "{\"function\":{\"name\":\"search_docs\",\"arguments\":{\"query\":\"breaker\"}}},"
                    "{\"function\":{\"name\":\"search_docs\",\"arguments\":{\"query\":\"storage\"}}}]},\"done\":false}"
                    "\n" +
                    spoken.done());
            } else {
                for (const std::string &piece :
                     {call("0", "\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"search_docs\","
                                "\"arguments\":\"\"}"),
                      call("1", "\"id\":\"c2\",\"type\":\"function\",\"function\":{\"name\":\"search_docs\","
                                "\"arguments\":\"{\\\"qu\"}"),
                      call("0", "\"function\":{\"arguments\":\"{\\\"query\\\":\"}"),
                      call("1", "\"function\":{\"arguments\":\"ery\\\":\\\"storage\\\"}\"}"),
                      call("0", "\"function\":{\"arguments\":\"\\\"breaker\\\"}\"}"), openai_wire::done("tool_calls")})
                    reply->chunk(piece);
            }
            reply->end();
        });
        ServerProcess server;
        QVERIFY2(server.start(settingsFor(peer, spoken)), qPrintable(server.lastOutput()));
        WireClient client(user(server, QStringLiteral("ann")));
        QVERIFY(client.join());
        client.chat("m1", kQuestion);
        QVERIFY(waitForEnds(client, 1));
        QCOMPARE(client.bodies<wire::AgentCompleted>()[0].status, wire::CompletionStatus::Completed);
        QCOMPARE(client.text(), std::string("Both looked up."));
        const auto began = client.bodies<wire::ToolExecuting>();
        QCOMPARE(began.size(), std::size_t(2));
        QVERIFY(began[0].parameters.text.find("breaker") != std::string::npos);
        QVERIFY(began[1].parameters.text.find("storage") != std::string::npos);
        const auto ended = client.bodies<wire::ToolCompleted>();
        QCOMPARE(ended.size(), std::size_t(2));
        QVERIFY(ended[0].ok && ended[1].ok);
        QCOMPARE(asked.size(), std::size_t(2)); // one call for the tools, one for the answer
        QVERIFY(isAlive(client));
        QCOMPARE(client.count<wire::AgentCompleted>(), 1);
    }

    void saysNotAWordOfAModelWhenEveryModelIsDead()
    {
        auto peer = std::make_unique<HttpPeer>(
            [](const PeerRequest &request, const Reply &reply) { ollama_wire::answersList(request, *reply); });
        ServerProcess server;
        QVERIFY2(server.start(settingsFor(*peer, {QStringLiteral("models.total_seconds=3")})),
                 qPrintable(server.lastOutput()));
        QVERIFY(waitUntil([&] { return !peer->requests().empty(); }));
        peer.reset();
        WireClient client(user(server, QStringLiteral("ann")));
        QVERIFY(client.join());
        for (int i = 0; i < 8; ++i) {
            client.chat("m" + std::to_string(i), kQuestion);
            QVERIFY(waitForEnds(client, i + 1));
        }
        QCOMPARE(client.count<wire::StreamToken>(), 0);
        std::set<Code> codes;
        for (const auto &end : client.bodies<wire::AgentCompleted>()) {
            QCOMPARE(end.status, wire::CompletionStatus::Failed);
            QVERIFY(end.content.empty());
            codes.insert(end.error->code);
        }
        QCOMPARE(codes, (std::set<Code>{Code::ProviderUnavailable, Code::BreakerOpen}));
        // What needs no model still works.
        client.chat("s1", "/status");
        QVERIFY(waitForEnds(client, 9));
        QCOMPARE(client.bodies<wire::AgentCompleted>().back().status, wire::CompletionStatus::Completed);
        QVERIFY(client.sequenceGaps == 0 && client.offsetGaps == 0);
    }

    void recoversByItselfWhenTheModelServerComesBack()
    {
        const auto answer = [](const PeerRequest &request, const Reply &reply) {
            if (ollama_wire::answersList(request, *reply))
                return;
            ollama_wire::begin(*reply);
            reply->chunk(ollama_wire::says("back"));
            reply->chunk(ollama_wire::done());
            reply->end();
        };
        auto peer = std::make_unique<HttpPeer>([](const PeerRequest &request, const Reply &reply) {
            if (ollama_wire::answersList(request, *reply))
                return;
            ollama_wire::begin(*reply);
            reply->chunk(ollama_wire::says("half an ans"));
        });
        const std::uint16_t port = peer->port();
        ServerProcess server;
        QVERIFY2(server.start(settingsFor(*peer)), qPrintable(server.lastOutput()));
        WireClient client(user(server, QStringLiteral("ann")));
        QVERIFY(client.join());
        client.chat("m1", kQuestion);
        QVERIFY(waitUntil([&] { return client.text() == "half an ans"; }));
        peer.reset(); // in the middle of the answer
        QVERIFY(waitForEnds(client, 1));
        QCOMPARE(client.bodies<wire::AgentCompleted>()[0].status, wire::CompletionStatus::Failed);
        QCOMPARE(client.bodies<wire::AgentCompleted>()[0].content, std::string("half an ans"));
        // The looks at a server that does not answer open the breaker: no chat is needed for it.
        QVERIFY(waitUntil([&] { return metricsOf(server).find("to=\"open\"") != std::string::npos; }, 20000));
        peer = std::make_unique<HttpPeer>(answer, port);
        QElapsedTimer sinceBack;
        sinceBack.start();
        int asked = 1;
        const auto isAnswered = [&] {
            client.chat("again" + std::to_string(++asked), kQuestion);
            return waitForEnds(client, asked) && client.bodies<wire::AgentCompleted>().back().content == "back";
        };
        bool isBack = false;
        while (!isBack && sinceBack.elapsed() < 30000) {
            isBack = isAnswered();
            if (!isBack)
                QTest::qWait(500);
        }
        QVERIFY(isBack);
    }

    void chatsWithAModelThatCannotUseTools()
    {
        int chats = 0;
        HttpPeer peer([&chats](const PeerRequest &request, const Reply &reply) {
            if (request.path == "/api/tags") // an older server: it does not say what its models can do
                return reply->send(200, "application/json", "{\"models\":[{\"name\":\"tiny\"}]}");
            ++chats;
            if (request.body.find("\"tools\"") != std::string::npos)
                return reply->send(400, "application/json", "{\"error\":\"tiny does not support tools\"}");
            ollama_wire::begin(*reply);
            reply->chunk(ollama_wire::says("All the same.") + ollama_wire::done());
            reply->end();
        });
        ServerProcess server;
        QVERIFY2(server.start(settingsFor(peer)), qPrintable(server.lastOutput()));
        WireClient client(user(server, QStringLiteral("ann")));
        QVERIFY(client.join());
        for (int i = 1; i <= 2; ++i) {
            client.chat("m" + std::to_string(i), kQuestion);
            QVERIFY(waitForEnds(client, i));
            const auto end = client.bodies<wire::AgentCompleted>().back();
            QCOMPARE(end.status, wire::CompletionStatus::Completed);
            QCOMPARE(end.content, std::string("All the same."));
            QVERIFY(end.provenance.route->ends_with("without tools, which it cannot use"));
        }
        QCOMPARE(chats, 3); // refused once, and never asked like that again
    }

    void scoresWhatAModelThinksOfItsAnswer()
    {
        HttpPeer peer([](const PeerRequest &request, const Reply &reply) {
            if (ollama_wire::answersList(request, *reply))
                return;
            const bool isCheck = request.body.find("Look at your last answer again") != std::string::npos;
            ollama_wire::begin(*reply);
            reply->chunk(ollama_wire::says(isCheck ? "85" : "The sea is wide.") + ollama_wire::done());
            reply->end();
        });
        ServerProcess server;
        QVERIFY2(server.start(settingsFor(peer, {QStringLiteral("agents.self_check=true")})),
                 qPrintable(server.lastOutput()));
        WireClient client(user(server, QStringLiteral("ann")));
        QVERIFY(client.join());
        client.chat("m1", kQuestion);
        QVERIFY(waitForEnds(client, 1));
        const auto end = client.bodies<wire::AgentCompleted>()[0];
        QVERIFY(end.qualityScore);
        QCOMPARE(*end.qualityScore, 0.85);
        QCOMPARE(client.text(), std::string("The sea is wide."));
        QCOMPARE(end.usage.completionTokens, std::uint64_t(4)); // two calls of two
    }

    void aPinnedLevelOutlivesAKill()
    {
        HttpPeer peer(
            [](const PeerRequest &request, const Reply &reply) { ollama_wire::answersList(request, *reply); });
        ServerProcess server;
        QVERIFY2(server.start(settingsFor(peer)), qPrintable(server.lastOutput()));
        const std::string pinned = request(server, "POST /admin/degradation",
                                           "{\"reason\":\"the disks are changed\",\"level\":4,\"duration_s\":600}");
        QVERIFY2(pinned.starts_with("HTTP/1.1 200"), pinned.c_str());
        QVERIFY(waitUntil([&] { return valueOf(metricsOf(server), "orchestrad_degradation_level") == 4; }));
        QTest::qWait(200); // for the write, which nobody is told of
        server.killHard();
        QVERIFY2(server.start(settingsFor(peer)), qPrintable(server.lastOutput()));
        QCOMPARE(valueOf(metricsOf(server), "orchestrad_degradation_level"), 4.0);
        const std::string level = request(server, "GET /admin/degradation");
        QVERIFY2(level.find("the disks are changed") != std::string::npos, level.c_str());
        WireClient client(user(server, QStringLiteral("ann")));
        QVERIFY(client.join());
        client.chat("m1", kQuestion);
        QVERIFY(waitUntil([&] { return client.count<wire::ErrorFrame>() == 1; }));
        QCOMPARE(client.bodies<wire::ErrorFrame>()[0].code, Code::NotReady);
    }

    /// A server that is hardly ever asked by itself: there only the calls tell that it is gone, and that it is back.
    void fiveRefusalsOpenABreakerThatComesBackByItself()
    {
        const auto &spoken = model_wire::kWires[1];
        const auto answer = [&spoken](const PeerRequest &request, const Reply &reply) {
            if (spoken.answersList(request, *reply))
                return;
            spoken.begin(*reply);
            reply->chunk(spoken.says("here") + spoken.done());
            reply->end();
        };
        auto peer = std::make_unique<HttpPeer>(answer);
        const std::uint16_t port = peer->port();
        ServerProcess server;
        QVERIFY2(server.start(settingsFor(*peer, spoken, {QStringLiteral("models.retries=0")})),
                 qPrintable(server.lastOutput()));
        WireClient client(user(server, QStringLiteral("ann")));
        QVERIFY(client.join());
        int asked = 0;
        const auto ask = [&] {
            client.chat("m" + std::to_string(++asked), kQuestion);
            return waitForEnds(client, asked) ? client.bodies<wire::AgentCompleted>().back() : wire::AgentCompleted();
        };
        QCOMPARE(ask().content, std::string("here"));
        peer.reset();
        for (int i = 0; i < 5; ++i) {
            const auto end = ask();
            QVERIFY(end.error);
            QCOMPARE(end.error->code, Code::ProviderUnavailable);
        }
        const auto refused = ask();
        QVERIFY(refused.error);
        QCOMPARE(refused.error->code, Code::BreakerOpen);
        QCOMPARE(valueOf(metricsOf(server),
                         "orchestrad_circuit_breaker_transitions_total{breaker=\"model:peer/tiny\",to=\"open\"}"),
                 1.0);
        peer = std::make_unique<HttpPeer>(answer, port);
        QElapsedTimer sinceBack;
        sinceBack.start();
        bool isBack = false;
        while (!isBack && sinceBack.elapsed() < 30000) {
            isBack = ask().content == "here";
            if (!isBack)
                QTest::qWait(250);
        }
        QVERIFY(isBack);
    }

    void asksTheModelOnceForAMessageThatComesTwice()
    {
        int chats = 0;
        Reply open;
        HttpPeer peer([&](const PeerRequest &request, const Reply &reply) {
            if (ollama_wire::answersList(request, *reply))
                return;
            ++chats;
            open = reply;
            ollama_wire::begin(*reply);
            reply->chunk(ollama_wire::says("one"));
        });
        ServerProcess server;
        QVERIFY2(server.start(settingsFor(peer)), qPrintable(server.lastOutput()));
        WireClient first(user(server, QStringLiteral("ann")));
        WireClient second(user(server, QStringLiteral("ann")));
        QVERIFY(first.join() && second.join());
        first.chat("m1", kQuestion);
        QVERIFY(waitUntil([&] { return first.text() == "one"; }));
        second.chat("m1", kQuestion);
        QVERIFY(waitUntil([&] { return second.count<wire::ServerAck>() == 1; }));
        QVERIFY(second.bodies<wire::ServerAck>()[0].duplicate);
        open->chunk(ollama_wire::says(" and only"));
        open->chunk(ollama_wire::done());
        open->end();
        QVERIFY(waitForEnds(first, 1) && waitForEnds(second, 1));
        QCOMPARE(first.text(), std::string("one and only"));
        QCOMPARE(second.text(), first.text());
        QCOMPARE(chats, 1);
    }

    /// 100 others' answers stream on meanwhile.
    void cancelReachesTheModelWithinAQuarterOfASecond()
    {
        constexpr int kOthers = 100;
        constexpr int kTries = 100;
        std::vector<Reply> others;
        Reply victim;
        bool isGone = false;
        HttpPeer peer([&](const PeerRequest &request, const Reply &reply) {
            if (ollama_wire::answersList(request, *reply))
                return;
            ollama_wire::begin(*reply);
            reply->chunk(ollama_wire::says("go"));
            if (request.body.find(", verse ") == std::string::npos) {
                others.push_back(reply);
                return;
            }
            victim = reply;
            isGone = false;
            reply->onGone([&isGone] { isGone = true; });
        });
        ServerProcess server;
        QVERIFY2(server.start(settingsFor(
                     peer, {QStringLiteral("models.concurrency=200"), QStringLiteral("limits.message_burst=1000")})),
                 qPrintable(server.lastOutput()));
        std::vector<std::unique_ptr<WireClient>> clients;
        for (int i = 0; i < kOthers; ++i) {
            clients.push_back(std::make_unique<WireClient>(user(server, QStringLiteral("other%1").arg(i))));
            QVERIFY(clients.back()->join());
            clients.back()->chat("m", kQuestion);
        }
        QVERIFY(waitUntil([&] { return others.size() == kOthers; }, 30000));
        QTimer trickle;
        QObject::connect(&trickle, &QTimer::timeout, &trickle, [&others] {
            for (const Reply &other : others)
                other->chunk(ollama_wire::says("on and on "));
        });
        trickle.start(50);

        WireClient client(user(server, QStringLiteral("ann")));
        QVERIFY(client.join());
        int inTime = 0;
        for (int i = 0; i < kTries; ++i) {
            victim.reset();
            const std::string id = "m" + std::to_string(i);
            client.chat(id, kQuestion + ", verse " + std::to_string(i));
            QVERIFY(waitUntil([&] { return victim && client.count<wire::StreamToken>() == i + 1; }));
            wire::Cancel cancel;
            cancel.id = "c" + std::to_string(i);
            cancel.taskId = client.frames.back().taskId;
            QElapsedTimer took;
            took.start();
            QVERIFY(client.send(cancel));
            QVERIFY(waitUntil([&] { return isGone; }));
            inTime += took.elapsed() <= 250 ? 1 : 0;
            QVERIFY(waitForEnds(client, i + 1));
            QCOMPARE(client.bodies<wire::AgentCompleted>().back().status, wire::CompletionStatus::Cancelled);
        }
        QVERIFY2(inTime >= kTries * 99 / 100, qPrintable(QString::number(inTime)));
        for (const auto &other : clients)
            QVERIFY(other->count<wire::AgentCompleted>() == 0 && other->count<wire::StreamToken>() > 1);
    }
};

QTEST_GUILESS_MAIN(TstModels)
#include "tst_models.moc"
