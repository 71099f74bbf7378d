// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/json_reader.h"
#include "tests/integration/edge_bench.h"
#include "tests/support/model_wire.h"
#include "tests/support/server_process.h"

#include <QElapsedTimer>

#include <cstdlib>

using namespace orchestra;
using namespace orchestra::test;

namespace {

using Reply = std::shared_ptr<PeerReply>;

QStringList settingsFor(const HttpPeer &peer, const QStringList &more = {})
{
    return QStringList{QStringLiteral("log.level=error"),
                       QStringLiteral("models.ollama=peer=") + QString::fromStdString(peer.url())} +
           more;
}

/// A question for `tiny`, with more members if wished.
std::string question(std::string_view members = {}, std::string_view words = "hello")
{
    return "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"" + std::string(words) + "\"}]" +
           (members.empty() ? "" : "," + std::string(members)) + "}";
}

std::string complete(std::string_view body, std::string_view fields = {})
{
    return post("/v1/chat/completions", body, fields);
}

wire::JsonValue parsed(const std::string &text)
{
    auto value = wire::JsonReader().readValue(text);
    return value ? *std::move(value) : wire::JsonValue();
}

std::string textAt(const wire::JsonValue &value, std::string_view pointer)
{
    const wire::JsonValue *found = value.at(pointer);
    return found && found->text() ? *found->text() : "";
}

/// The head of a chunked answer, and its body as far as it has come.
struct Streamed
{
    std::string head;
    std::string body;
    bool isWhole = false;

    explicit Streamed(const std::string &received)
    {
        std::size_t at = received.find("\r\n\r\n");
        if (at == std::string::npos)
            return;
        head = received.substr(0, at);
        at += 4;
        while (at < received.size()) {
            const std::size_t line = received.find("\r\n", at);
            if (line == std::string::npos)
                return;
            const std::size_t size = std::strtoul(received.c_str() + at, nullptr, 16);
            isWhole = size == 0;
            if (isWhole || received.size() < line + 2 + size)
                return;
            body += received.substr(line + 2, size);
            at = line + 4 + size;
        }
    }

    std::string words() const
    {
        std::string words;
        for (std::size_t at = body.find("data: {"); at != std::string::npos; at = body.find("data: {", at + 1))
            words += textAt(parsed(body.substr(at + 6, body.find("\n\n", at) - at - 6)), "/choices/0/delta/content");
        return words;
    }
};

/// Waits until the server has found its model. Each look is another user's, so that nobody's rate is used up.
bool findsModel(const ServerProcess &server)
{
    int look = 0;
    return until([&] {
        const std::string user = "X-Client-Id: watcher" + std::to_string(++look) + "\r\n";
        return RawClient(server.port()).ask(get("/v1/models", user)).body.find("\"tiny\"") != std::string::npos;
    });
}

void say(const Reply &reply, std::initializer_list<const char *> words)
{
    ollama_wire::begin(*reply);
    for (const char *word : words)
        reply->chunk(ollama_wire::says(word));
    reply->chunk(ollama_wire::done());
    reply->end();
}

} // namespace

/// Clients of OpenAI's API against the real server, with a peer that speaks Ollama's wire behind it.
class TstOpenaiFront : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listsModels()
    {
        HttpPeer peer(
            [](const PeerRequest &request, const Reply &reply) { ollama_wire::answersList(request, *reply); });
        ServerProcess server;
        QVERIFY2(server.start(settingsFor(peer)), qPrintable(server.lastOutput()));
        QVERIFY(findsModel(server));
        RawClient client(server.port());
        // A key where none is needed does no harm: these clients cannot do without.
        const auto list = parsed(client.ask(get("/v1/models", "Authorization: Bearer sk-none\r\n")).body);
        QCOMPARE(list.find("data")->items()->size(), std::size_t(2));
        QCOMPARE(textAt(list, "/data/0/id"), std::string("auto"));
        QCOMPARE(textAt(list, "/data/1/id"), std::string("tiny"));
        QCOMPARE(textAt(parsed(client.ask(get("/v1/models/peer%2Ftiny")).body), "/id"), std::string("tiny"));
        const HttpAnswer missing = client.ask(get("/v1/models/gpt-9"));
        QCOMPARE(missing.status, 404);
        QCOMPARE(textAt(parsed(missing.body), "/error/code"), std::string("model_not_found"));
    }

    void answersWholeAndStreamed()
    {
        HttpPeer peer([](const PeerRequest &request, const Reply &reply) {
            if (!ollama_wire::answersList(request, *reply))
                say(reply, {"The ", "sea ", "is ", "wide."});
        });
        ServerProcess server;
        QVERIFY2(server.start(settingsFor(peer)), qPrintable(server.lastOutput()));
        QVERIFY(findsModel(server));
        RawClient client(server.port());
        const HttpAnswer whole =
            client.ask(complete(question(R"("temperature":0.5,"seed":7,"stop":["x"],"top_p":0.3)")));
        QCOMPARE(whole.status, 200);
        QVERIFY(!whole.fields.at("x-request-id").empty());
        const auto value = parsed(whole.body);
        QCOMPARE(textAt(value, "/choices/0/message/content"), std::string("The sea is wide."));
        QCOMPARE(textAt(value, "/choices/0/finish_reason"), std::string("stop"));
        QCOMPARE(textAt(value, "/model"), std::string("tiny"));
        QCOMPARE(value.at("/usage/total_tokens")->integer(), std::optional<std::int64_t>(7));
        const auto asked = parsed(peer.requests().back().body);
        QCOMPARE(asked.find("messages")->items()->size(), std::size_t(1)); // nothing is added
        QCOMPARE(asked.at("/options/seed")->integer(), std::optional<std::int64_t>(7));
        QCOMPARE(asked.at("/options/top_p")->number(), std::optional(0.3));
        QCOMPARE(textAt(asked, "/options/stop/0"), std::string("x"));

        client.send(complete(question(R"("stream":true,"stream_options":{"include_usage":true})")));
        QVERIFY(until([&] { return Streamed(client.received).isWhole; }));
        const Streamed stream(client.received);
        QVERIFY(stream.head.starts_with("HTTP/1.1 200"));
        QVERIFY(stream.head.find("text/event-stream") != std::string::npos);
        QCOMPARE(stream.words(), std::string("The sea is wide."));
        QVERIFY(stream.body.find(R"("usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7})") !=
                std::string::npos);
        QVERIFY(stream.body.ends_with("data: [DONE]\n\n"));

        // The connection lives on, and both are in the caller's history.
        client.received.clear();
        const auto threads = parsed(client.ask(get("/api/v2/threads")).body);
        QCOMPARE(threads.find("threads")->items()->size(), std::size_t(2));
        const std::string messages =
            client.ask(get("/api/v2/threads/" + textAt(threads, "/threads/0/thread_id") + "/messages")).body;
        QVERIFY(messages.find("The sea is wide.") != std::string::npos);
    }

    void refusesInItsClientsForm()
    {
        HttpPeer peer(
            [](const PeerRequest &request, const Reply &reply) { ollama_wire::answersList(request, *reply); });
        ServerProcess server;
        QVERIFY2(server.start(settingsFor(peer, {QStringLiteral("limits.body_bytes=4096")})),
                 qPrintable(server.lastOutput()));
        QVERIFY(findsModel(server));
        const auto told = [&server](const std::string &request) {
            const HttpAnswer answer = RawClient(server.port()).ask(request);
            const auto body = parsed(answer.body);
            return std::to_string(answer.status) + " " + textAt(body, "/error/type") + " " +
                   textAt(body, "/error/code");
        };
        QCOMPARE(told(complete("{")), std::string("400 invalid_request_error invalid_value"));
        QCOMPARE(told(complete(question({}, std::string(5000, 'x')))),
                 std::string("413 invalid_request_error too_large"));
        QCOMPARE(told(get("/v1/completions")), std::string("404 invalid_request_error not_found"));
        QCOMPARE(told(get("/v1/chat/completions")), std::string("405 invalid_request_error invalid_value"));
        QCOMPARE(told("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
                      "Content-Length: 2\r\n\r\n{}"),
                 std::string("415 invalid_request_error unsupported_type"));
        QCOMPARE(told(complete(question(), "Origin: https://evil.example\r\n")),
                 std::string("403 permission_error forbidden"));
        QCOMPARE(told(complete(question(), "Authorization: Bearer ork_nonsense\r\n")),
                 std::string("401 invalid_request_error invalid_api_key"));
        QCOMPARE(told(complete(R"({"model":"gpt-9","messages":[{"role":"user","content":"x"}]})")),
                 std::string("404 invalid_request_error model_not_found"));
    }

    void passesFailuresOfModelsOn_data()
    {
        QTest::addColumn<int>("status");
        const std::map<std::string, int> statuses{{"hang before the first byte", 504},
                                                  {"hang after the head", 504},
                                                  {"reset before the first byte", 502},
                                                  {"garbage", 502},
                                                  {"10 MB line", 502},
                                                  {"invalid UTF-8", 502},
                                                  {"status 500", 502},
                                                  {"status 503", 503},
                                                  {"status 429", 503},
                                                  {"status 404", 404},
                                                  {"status 400", 400}};
        // What had said something ends inside the stream: 0.
        for (const auto &way : model_wire::kMisbehaviours)
            QTest::newRow(way.name) << (statuses.contains(way.name) ? statuses.at(way.name) : 0);
    }
    void passesFailuresOfModelsOn()
    {
        QFETCH(int, status);
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
        QVERIFY(findsModel(server));
        RawClient client(server.port());
        client.send(complete(question(R"("stream":true)")));
        if (status != 0) {
            const HttpAnswer answer = client.answer(std::chrono::seconds(20));
            QCOMPARE(answer.status, status);
            QVERIFY(!textAt(parsed(answer.body), "/error/message").empty());
            QCOMPARE(answer.fields.contains("retry-after"), status == 503);
            return;
        }
        QVERIFY(until([&] { return Streamed(client.received).isWhole; }, std::chrono::seconds(20)));
        const Streamed stream(client.received);
        QCOMPARE(stream.words(), std::string("half"));
        QVERIFY(stream.body.find("data: {\"error\":{\"message\":") != std::string::npos);
        QVERIFY(stream.body.find("[DONE]") == std::string::npos);
    }

    /// As many others' answers stream on meanwhile as a cancelled chat is tested with.
    void tellsTheModelWithinAQuarterOfASecondThatItsClientHasGone()
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
            if (request.body.find("victim") == std::string::npos) {
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
        QVERIFY(findsModel(server));
        std::vector<std::unique_ptr<RawClient>> clients;
        for (int i = 0; i < kOthers; ++i) {
            clients.push_back(std::make_unique<RawClient>(server.port()));
            clients.back()->send(complete(question(R"("stream":true)")));
        }
        QVERIFY(until([&] { return others.size() == kOthers; }, std::chrono::seconds(30)));
        QTimer trickle;
        QObject::connect(&trickle, &QTimer::timeout, &trickle, [&others] {
            for (const Reply &other : others)
                other->chunk(ollama_wire::says("on and on "));
        });
        trickle.start(50);
        int inTime = 0;
        for (int i = 0; i < kTries; ++i) {
            victim.reset();
            // Every other one has not asked for a stream: it is waiting for the whole.
            RawClient client(server.port());
            client.send(complete(question(i % 2 == 0 ? R"("stream":true)" : "", "victim")));
            QVERIFY(until([&] { return victim && (i % 2 == 1 || Streamed(client.received).words() == "go"); }));
            QElapsedTimer took;
            took.start();
            client.socket().abort();
            QVERIFY(until([&] { return isGone; }));
            inTime += took.elapsed() <= 250 ? 1 : 0;
        }
        QVERIFY2(inTime >= kTries * 99 / 100, qPrintable(QString::number(inTime)));
        for (const auto &client : clients)
            QVERIFY(!client->isClosed());
    }

    void cutsAReaderThatDoesNotRead()
    {
        Reply talking;
        bool isGone = false;
        HttpPeer peer([&](const PeerRequest &request, const Reply &reply) {
            if (ollama_wire::answersList(request, *reply))
                return;
            talking = reply;
            reply->onGone([&isGone] { isGone = true; });
            ollama_wire::begin(*reply);
            reply->chunk(ollama_wire::says("go"));
        });
        ServerProcess server;
        QVERIFY2(server.start(settingsFor(peer)), qPrintable(server.lastOutput()));
        QVERIFY(findsModel(server));
        RawClient client(server.port());
        client.socket().setReadBufferSize(1024);
        client.isReading = false;
        client.send(complete(question(R"("stream":true)")));
        QVERIFY(until([&] { return talking; }));
        const qint64 before = server.residentBytes();
        // Far more than the kernel's buffers and the server's queue hold together.
        const std::string line = ollama_wire::says(std::string(64 * 1024, 'x'));
        QTimer talk;
        QObject::connect(&talk, &QTimer::timeout, &talk, [&] { talking->chunk(line); });
        talk.start(2);
        QVERIFY(until([&] { return isGone; }, std::chrono::seconds(30)));
        QVERIFY2(server.residentBytes() - before < 64 * 1024 * 1024,
                 qPrintable(QString::number(server.residentBytes() - before)));
        QVERIFY(server.isRunning());
    }

    void breakersStandBetween()
    {
        auto peer = std::make_unique<HttpPeer>(
            [](const PeerRequest &request, const Reply &reply) { ollama_wire::answersList(request, *reply); });
        ServerProcess server;
        QVERIFY2(server.start(settingsFor(*peer, {QStringLiteral("models.total_seconds=3")})),
                 qPrintable(server.lastOutput()));
        QVERIFY(findsModel(server));
        peer.reset();
        std::set<std::string> codes;
        for (int i = 0; i < 8; ++i) {
            RawClient client(server.port());
            client.send(complete(question()));
            const HttpAnswer answer = client.answer(std::chrono::seconds(20));
            QCOMPARE(answer.status, 503);
            codes.insert(textAt(parsed(answer.body), "/error/code"));
        }
        QCOMPARE(codes, (std::set<std::string>{"provider_unavailable", "breaker_open"}));
    }

    void keepsToTheRateOfItsUser()
    {
        HttpPeer peer([](const PeerRequest &request, const Reply &reply) {
            if (!ollama_wire::answersList(request, *reply))
                say(reply, {"hi"});
        });
        ServerProcess server;
        QVERIFY2(server.start(settingsFor(peer, {QStringLiteral("limits.messages_per_second=0.1"),
                                                 QStringLiteral("limits.message_burst=2")})),
                 qPrintable(server.lastOutput()));
        QVERIFY(findsModel(server));
        RawClient client(server.port());
        QCOMPARE(client.ask(complete(question())).status, 200);
        QCOMPARE(client.ask(complete(question())).status, 200);
        const HttpAnswer limited = client.ask(complete(question()));
        QCOMPARE(limited.status, 429);
        QVERIFY(limited.fields.contains("retry-after") && limited.fields.contains("retry-after-ms"));
        QCOMPARE(textAt(parsed(limited.body), "/error/code"), std::string("rate_limit_exceeded"));
    }
};

QTEST_GUILESS_MAIN(TstOpenaiFront)
#include "tst_openai_front.moc"
