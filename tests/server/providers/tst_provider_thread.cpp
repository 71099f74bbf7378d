// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/provider_thread.h"
#include "shared/wire/json_reader.h"
#include "tests/support/model_wire.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

/// Keeps what it hears of one call.
class Heard final : public ModelListener
{
public:
    void onPieces(std::vector<ModelPiece> pieces) override
    {
        for (const ModelPiece &piece : pieces) {
            if (const auto *said = std::get_if<ModelText>(&piece))
                text += said->text();
        }
    }
    void onEnd(const ModelEnd &end) override
    {
        this->end = end;
        ++ends;
    }

    std::string text;
    std::optional<ModelEnd> end;
    int ends = 0;
};

using Reply = std::shared_ptr<PeerReply>;

void answerWell(const Reply &reply)
{
    ollama_wire::begin(*reply);
    reply->chunk(ollama_wire::says("Hel") + ollama_wire::says("lo"));
    reply->chunk(ollama_wire::done());
    reply->end();
}

} // namespace

class TstProviderThread : public QObject
{
    Q_OBJECT

private:
    SystemClock clock_;

    static ModelServerSettings ollama(const HttpPeer &peer)
    {
        return {.name = "local", .kind = ModelServerKind::Ollama, .url = peer.url()};
    }

    static ModelRequest request()
    {
        ModelRequest request;
        request.model = "m";
        request.messages = {{.role = ModelRole::User, .content = "Hello"}};
        request.deadlines = {.connect = 1s, .firstToken = 2s, .gap = 2s, .total = 10s};
        return request;
    }

    static void waitForEnd(const Heard &heard) { QTRY_VERIFY_WITH_TIMEOUT(heard.end, 5000); }

private Q_SLOTS:
    void bringsAnAnswerToTheHub()
    {
        HttpPeer peer([](const PeerRequest &, const Reply &reply) { answerWell(reply); });
        ProviderThread provider({}, clock_);
        provider.setServers({ollama(peer)});
        Heard heard;
        provider.call("local", request(), heard);
        waitForEnd(heard);
        QCOMPARE(heard.text, std::string("Hello"));
        QVERIFY(bool(heard.end->outcome));
        QVERIFY(heard.end->firstToken && heard.end->wasSent && !heard.end->isServersFault);
        const auto body = wire::JsonReader().readValue(peer.requests().at(0).body);
        QVERIFY(bool(body));
        QCOMPARE(*body->at("/messages/0/content")->text(), std::string("Hello"));
        QCOMPARE(peer.requests().at(0).path, std::string("/api/chat"));
    }

    /// What a model server can do wrong, and how that is told.
    void reportsWhatGoesWrong_data()
    {
        QTest::addColumn<std::size_t>("wire");
        QTest::addColumn<QByteArray>("what");
        QTest::addColumn<int>("code");
        QTest::addColumn<bool>("serversFault");
        QTest::addColumn<QByteArray>("text");
        for (std::size_t wire = 0; wire < std::size(model_wire::kWires); ++wire) {
            for (const auto &way : model_wire::kMisbehaviours)
                QTest::addRow("%s: %s", model_wire::kWires[wire].name, way.name)
                    << wire << QByteArray(way.name) << int(way.code) << way.isServersFault() << QByteArray(way.text);
        }
    }
    void reportsWhatGoesWrong()
    {
        QFETCH(std::size_t, wire);
        QFETCH(QByteArray, what);
        QFETCH(int, code);
        QFETCH(bool, serversFault);
        QFETCH(QByteArray, text);
        const auto &spoken = model_wire::kWires[wire];
        HttpPeer peer([&](const PeerRequest &, const Reply &reply) {
            model_wire::misbehave(spoken, what.toStdString(), *reply);
        });
        ProviderThread provider({}, clock_);
        ModelServerSettings bad = ollama(peer);
        bad.kind = wire == 0 ? ModelServerKind::Ollama : ModelServerKind::OpenAi;
        bad.url += spoken.prefix;
        provider.setServers({bad});
        ModelRequest impatient = request();
        impatient.deadlines.firstToken = what.startsWith("hang") ? 200ms : 5s;
        impatient.deadlines.gap = what.startsWith("hang") ? 100ms : 5s;
        Heard heard;
        provider.call("local", impatient, heard);
        waitForEnd(heard);
        QVERIFY(!heard.end->outcome);
        QCOMPARE(int(heard.end->outcome.error().code), code);
        QCOMPARE(heard.end->isServersFault, serversFault);
        QCOMPARE(heard.text, text.toStdString());
        QCOMPARE(heard.ends, 1);
        if (what == "status 429")
            QCOMPARE(*heard.end->outcome.error().retryAfterMs, std::int64_t(7000));
        // The thread has not suffered: the next call is answered.
        HttpPeer good([](const PeerRequest &, const Reply &reply) { answerWell(reply); });
        provider.setServers({ollama(good)});
        Heard next;
        provider.call("local", request(), next);
        waitForEnd(next);
        QCOMPARE(next.text, std::string("Hello"));
    }

    void readsOneByteAtATime()
    {
        HttpPeer peer([](const PeerRequest &, const Reply &reply) {
            ollama_wire::begin(*reply);
            for (const char byte : ollama_wire::says("Hel") + ollama_wire::says("lo") + ollama_wire::done())
                reply->chunk(std::string_view(&byte, 1));
            reply->end();
        });
        ProviderThread provider({}, clock_);
        provider.setServers({ollama(peer)});
        Heard heard;
        provider.call("local", request(), heard);
        waitForEnd(heard);
        QVERIFY(bool(heard.end->outcome));
        QCOMPARE(heard.text, std::string("Hello"));
    }

    void endsAtTheMarkerAndUsesTheConnectionAgain()
    {
        HttpPeer peer([](const PeerRequest &, const Reply &reply) { answerWell(reply); });
        ProviderThread provider({}, clock_);
        provider.setServers({ollama(peer)});
        for (int i = 0; i < 3; ++i) {
            Heard heard;
            provider.call("local", request(), heard);
            waitForEnd(heard);
            QTest::qWait(20);
        }
        QCOMPARE(peer.connections(), std::size_t(1));
    }

    void closesTheConnectionOfACancelledCall()
    {
        bool isGone = false;
        HttpPeer peer([&isGone](const PeerRequest &, const Reply &reply) {
            reply->onGone([&isGone] { isGone = true; });
            ollama_wire::begin(*reply);
            reply->chunk(ollama_wire::says("a"));
        });
        ProviderThread provider({}, clock_);
        provider.setServers({ollama(peer)});
        Heard heard;
        const auto call = provider.call("local", request(), heard);
        QTRY_COMPARE_WITH_TIMEOUT(heard.text, std::string("a"), 5000);
        provider.cancel(call);
        QTRY_VERIFY_WITH_TIMEOUT(isGone, 5000);
        QCOMPARE(heard.ends, 0);
    }

    void refusesAnUnknownServer()
    {
        ProviderThread provider({}, clock_);
        Heard heard;
        provider.call("nowhere", request(), heard);
        waitForEnd(heard);
        QCOMPARE(heard.end->outcome.error().code, Code::NoModel);
        QVERIFY(!heard.end->isServersFault);
    }

    void listsTheModelsOfBothKinds()
    {
        HttpPeer peer([](const PeerRequest &request, const Reply &reply) {
            if (request.path == "/api/tags")
                reply->send(
                    200, "application/json",
                    R"({"models":[{"name":"q:7b","size":5,"details":{"parameter_size":"7.6B"},)"
                    R"("capabilities":["completion","tools"]},{"name":"e","capabilities":["embedding"]},{"name":"old"}]})");
            else
                reply->send(200, "application/json", R"({"object":"list","data":[{"id":"gpt","max_model_len":4096}]})");
        });
        ProviderThread provider({}, clock_);
        provider.setServers(
            {ollama(peer),
             {.name = "cloud", .kind = ModelServerKind::OpenAi, .url = peer.url() + "/v1/", .key = Secret("k")}});
        std::vector<ModelInfo> local;
        std::vector<ModelInfo> cloud;
        provider.list("local", [&local](auto models) { local = *models; });
        provider.list("cloud", [&cloud](auto models) { cloud = *models; });
        QTRY_VERIFY_WITH_TIMEOUT(!local.empty() && !cloud.empty(), 5000);
        QCOMPARE(local.size(), std::size_t(3));
        QCOMPARE(local[0], (ModelInfo{.name = "q:7b", .canUseTools = true, .bytes = 5, .parameters = "7.6B"}));
        QVERIFY(!local[1].canChat && !local[1].canUseTools);
        QVERIFY(local[2].canChat && local[2].canUseTools); // not known: it is tried
        QCOMPARE(cloud[0], (ModelInfo{.name = "gpt", .canUseTools = true, .contextTokens = 4096}));
        QCOMPARE(peer.requests().back().path, std::string("/v1/models"));
        QCOMPARE(peer.requests().back().headers.at("authorization"), std::string("Bearer k"));
    }

    void probesLoadsAndUnloads()
    {
        HttpPeer peer([](const PeerRequest &request, const Reply &reply) {
            reply->send(request.path == "/api/version" ? 200 : 404, "application/json", "{\"error\":\"no such\"}");
        });
        ProviderThread provider({}, clock_);
        provider.setServers({ollama(peer), {.name = "cloud", .kind = ModelServerKind::OpenAi, .url = peer.url()}});
        std::optional<Status> there;
        std::optional<Status> loaded;
        std::optional<Status> unsupported;
        provider.probe("local", [&there](Status status) { there = status; });
        provider.setLoaded("local", "m", true, [&loaded](Status status) { loaded = status; });
        provider.setLoaded("cloud", "m", true, [&unsupported](Status status) { unsupported = status; });
        QTRY_VERIFY_WITH_TIMEOUT(there && loaded && unsupported, 5000);
        QVERIFY(bool(*there));
        QCOMPARE(loaded->error().code, Code::NoModel);
        QVERIFY(loaded->error().message.find("no such") != std::string::npos);
        QCOMPARE(unsupported->error().code, Code::UnsupportedType);
    }

    void makesServersWaitWhenTheHubDoesNotKeepUp()
    {
        constexpr int kLines = 2000;
        HttpPeer peer([](const PeerRequest &, const Reply &reply) {
            ollama_wire::begin(*reply);
            for (int i = 0; i < kLines; ++i)
                reply->chunk(ollama_wire::says("0123456789"));
            reply->chunk(ollama_wire::done());
            reply->end();
        });
        ProviderThread provider({.maxWaiting = 4}, clock_);
        provider.setServers({ollama(peer)});
        std::vector<Heard> heard(8);
        for (Heard &each : heard) {
            provider.call("local", request(), each);
            QTest::qWait(5);
        }
        for (const Heard &each : heard) {
            waitForEnd(each);
            if (each.end->outcome)
                QCOMPARE(each.text.size(), std::size_t(10 * kLines));
            else
                QVERIFY(each.text.empty()); // refused before it began
        }
        QVERIFY(bool(heard[0].end->outcome));
    }
};

QTEST_GUILESS_MAIN(TstProviderThread)
#include "tst_provider_thread.moc"
