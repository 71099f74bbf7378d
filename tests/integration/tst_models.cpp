// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/model_wire.h"
#include "tests/support/server_process.h"
#include "tests/support/wire_client.h"

#include <QElapsedTimer>
#include <QTest>
#include <QTimer>

#include <memory>
#include <set>

using namespace orchestra;

namespace {

using Reply = std::shared_ptr<PeerReply>;

const std::string kQuestion = "write me a short poem about the sea";

QStringList settingsFor(const HttpPeer &peer, const QStringList &more = {})
{
    return QStringList{QStringLiteral("log.level=error"),
                       QStringLiteral("models.ollama=peer=") + QString::fromStdString(peer.url())} +
           more;
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
        QTest::addColumn<int>("code");
        QTest::addColumn<bool>("counted");
        QTest::addColumn<QByteArray>("text");
        for (const auto &way : ollama_wire::kMisbehaviours)
            QTest::newRow(way.name) << int(way.code) << way.isServersFault << QByteArray(way.text);
    }
    void endsEveryKindOfFailureOnceAndHonestly()
    {
        QFETCH(int, code);
        QFETCH(bool, counted);
        QFETCH(QByteArray, text);
        const std::string what = QTest::currentDataTag();
        HttpPeer peer([&what](const PeerRequest &request, const Reply &reply) {
            if (!ollama_wire::answersList(request, *reply))
                ollama_wire::misbehave(what, *reply);
        });
        ServerProcess server;
        QVERIFY2(server.start(settingsFor(peer, {QStringLiteral("models.first_token_seconds=0.5"),
                                                 QStringLiteral("models.gap_seconds=0.3"),
                                                 QStringLiteral("models.total_seconds=5")})),
                 qPrintable(server.lastOutput()));
        WireClient client(user(server, QStringLiteral("ann")));
        QVERIFY(client.join());
        client.chat("m1", kQuestion);
        QVERIFY(waitForEnds(client, 1));
        const auto end = client.bodies<wire::AgentCompleted>().at(0);
        QCOMPARE(end.status, wire::CompletionStatus::Failed);
        QVERIFY(end.error);
        QCOMPARE(int(end.error->code), code);
        QVERIFY(!end.error->message.empty());
        QCOMPARE(end.content, text.toStdString());
        QCOMPARE(client.text(), text.toStdString());
        QVERIFY(isAlive(client));
        QCOMPARE(client.count<wire::AgentCompleted>(), 1);
        const std::string metrics = metricsOf(server);
        const std::string failures =
            "orchestrad_circuit_breaker_calls_total{breaker=\"model:peer/tiny\",outcome=\"failed\"}";
        QCOMPARE(metrics.find(failures) != std::string::npos, counted);
        QVERIFY(metrics.find("orchestrad_synthetic_assistant_content_total 0") != std::string::npos);
    }

    static std::string metricsOf(const ServerProcess &server)
    {
        QTcpSocket socket;
        socket.connectToHost(QStringLiteral("127.0.0.1"), server.port());
        if (!QTest::qWaitFor([&] { return socket.state() == QAbstractSocket::ConnectedState; }))
            return {};
        socket.write("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer " +
                     server.operatorToken().toLatin1() + "\r\n\r\n");
        static_cast<void>(QTest::qWaitFor([&] { return socket.state() == QAbstractSocket::UnconnectedState; }));
        return socket.readAll().toStdString();
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
