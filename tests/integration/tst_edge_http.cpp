// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/edge_bench.h"

#include "server/edge/http_api/route.h"
#include "shared/wire/json_reader.h"

#include <QTest>

#include <sys/socket.h>

using namespace orchestra;
using namespace orchestra::test;
using namespace std::chrono_literals;

namespace {

wire::JsonValue parsed(const std::string &json)
{
    wire::JsonReader reader(64);
    auto value = reader.readValue(json);
    return value ? *value : wire::JsonValue();
}

/// A request that must never be executed: it follows something that has to end the connection.
const std::string kSmuggled = "POST /admin/drain HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                              "Content-Length: 14\r\n\r\n{\"reason\":\"x\"}";

} // namespace

class TstEdgeHttp : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void servesBothLoopbackFamilies()
    {
        TestHub hub;
        QVERIFY(hub.start());
        QVERIFY(hub.port() != 0);
        for (const QString &host : {QStringLiteral("127.0.0.1"), QStringLiteral("::1")}) {
            RawClient client(hub.port(), false, host);
            QCOMPARE(client.ask(get("/livez")).status, 200);
        }
        QCOMPARE(hub.all<ApiCall>().back()->peer.address, std::string("::1"));
        QVERIFY(hub.all<ApiCall>().back()->peer.isLoopback);
    }

    void sharesSocketsAmongItsThreads()
    {
        EdgeSettings settings = quickSettings();
        settings.threads = 3;
        TestHub hub(settings);
        QVERIFY(hub.start());
        std::vector<std::unique_ptr<RawClient>> clients;
        std::map<std::uint32_t, int> perEdge;
        for (int i = 0; i < 9; ++i) {
            clients.push_back(std::make_unique<RawClient>(hub.port()));
            QCOMPARE(clients.back()->ask(get("/livez")).status, 200);
        }
        for (const ApiCall *call : hub.all<ApiCall>())
            ++perEdge[call->connection.edge];
        QCOMPARE(perEdge, (std::map<std::uint32_t, int>{{0, 3}, {1, 3}, {2, 3}}));
    }

    void keepsAConnectionForManyRequests()
    {
        TestHub hub;
        QVERIFY(hub.start());
        RawClient client(hub.port());
        for (int i = 0; i < 20; ++i)
            QCOMPARE(client.ask(get("/livez")).status, 200);
        QCOMPARE(hub.count<ApiCall>(), 20);
        QCOMPARE(hub.all<ApiCall>().front()->connection, hub.all<ApiCall>().back()->connection);
        const auto last = client.ask(get("/livez", "Connection: close\r\n"));
        QCOMPARE(last.status, 200);
        QCOMPARE(last.fields.at("connection"), std::string("close"));
        QVERIFY(client.waitClosed());
    }

    void answersPipelinedRequestsInOrder()
    {
        TestHub hub;
        // Answers come late and the first one last, if it were asked for beside the others.
        std::vector<ApiCall> waiting;
        hub.answer = [&](const ApiCall &call) { waiting.push_back(call); };
        QVERIFY(hub.start());
        RawClient client(hub.port());
        client.send(get("/livez", "X-Correlation-ID: one\r\n") + get("/ready", "X-Correlation-ID: two\r\n") +
                    get("/nowhere", "X-Correlation-ID: three\r\n") + get("/health", "X-Correlation-ID: four\r\n"));
        QVERIFY(until([&] { return waiting.size() == 1; }));
        QTest::qWait(30);
        QCOMPARE(waiting.size(), std::size_t(1));
        hub.reply(waiting[0], DoneBody{});
        QVERIFY(until([&] { return waiting.size() == 2; }));
        hub.reply(waiting[1], ReadyBody{true, {}, {}});
        QVERIFY(until([&] { return waiting.size() == 3; }));
        hub.reply(waiting[2], HealthBody{});
        for (const auto &[id, status] : {std::pair{"one", 200}, {"two", 200}, {"three", 404}, {"four", 200}}) {
            const auto answer = client.answer();
            QCOMPARE(answer.status, status);
            QCOMPARE(answer.fields.at("x-correlation-id"), std::string(id));
        }
    }

    void readsNoFurtherAheadThanItMust()
    {
        TestHub hub;
        std::vector<ApiCall> waiting;
        hub.answer = [&](const ApiCall &call) { waiting.push_back(call); };
        QVERIFY(hub.start());
        RawClient client(hub.port());
        QVERIFY(client.connected());
        client.send(get("/livez"));
        QVERIFY(until([&] { return waiting.size() == 1; }));
        // Far more than it may read ahead and the kernel's buffers hold: the client must feel it.
        client.send(std::string(64U << 20U, 'x'));
        QTest::qWait(200);
        QVERIFY(client.socket().bytesToWrite() > 32 << 20);
    }

    void closesHttp10AfterItsAnswer()
    {
        TestHub hub;
        QVERIFY(hub.start());
        RawClient client(hub.port());
        const auto answer = client.ask("GET /livez HTTP/1.0\r\nHost: localhost\r\n\r\n");
        QCOMPARE(answer.status, 200);
        QVERIFY(client.waitClosed());
        RawClient keeping(hub.port());
        for (int i = 0; i < 2; ++i) {
            const auto kept = keeping.ask("GET /livez HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
            QCOMPARE(kept.fields.at("connection"), std::string("keep-alive"));
        }
    }

    void asksForTheBodyThatAClientHoldsBack()
    {
        TestHub hub;
        QVERIFY(hub.start());
        RawClient client(hub.port());
        client.send("POST /api/v2/feedback HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    "Content-Length: 65\r\nExpect: 100-continue\r\n\r\n");
        QCOMPARE(client.answer().status, 100);
        client.send(R"({"message_id":"01890a5d-ac96-774b-bcce-b302099a8057","rating":"up"})");
        // 67 bytes were sent for 65 announced: cut, so that the JSON is broken.
        QCOMPARE(client.answer().status, 400);

        RawClient refused(hub.port());
        const auto answer =
            refused.ask("POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        "Content-Length: 65\r\nExpect: 100-continue\r\n\r\n");
        QCOMPARE(answer.status, 404); // and not 100: nobody wants that body
        RawClient odd(hub.port());
        QCOMPARE(odd.ask(post("/api/v2/feedback", "{}", "Expect: a pony\r\n")).status, 417);
    }

    void takesChunkedBodies()
    {
        TestHub hub;
        QVERIFY(hub.start());
        RawClient client(hub.port());
        const auto answer = client.ask(
            "POST /api/v2/feedback HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            "Transfer-Encoding: chunked\r\n\r\n"
            "10\r\n{\"message_id\":\"0\r\n33\r\n1890a5d-ac96-774b-bcce-b302099a8057\",\"rating\":\"up\"}\r\n0\r\n\r\n");
        QCOMPARE(answer.status, 204);
        const auto &feedback = std::get<PostFeedback>(hub.all<ApiCall>().back()->request).feedback;
        QCOMPARE(toString(feedback.messageId), std::string("01890a5d-ac96-774b-bcce-b302099a8057"));
    }

    void refusesSmugglingAndExecutesNothing_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("status");
        const auto chat = [](const char *fields, const char *body = "") {
            return QByteArray("POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n") + fields +
                   "\r\n" + body;
        };
        QTest::newRow("two lengths") << chat("Content-Length: 2\r\nContent-Length: 9\r\n", "{}") << 400;
        QTest::newRow("two equal lengths") << chat("Content-Length: 2\r\nContent-Length: 2\r\n", "{}") << 400;
        QTest::newRow("length list") << chat("Content-Length: 2, 2\r\n", "{}") << 400;
        QTest::newRow("length then chunked")
            << chat("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n") << 400;
        QTest::newRow("chunked then length")
            << chat("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", "0\r\n\r\n") << 400;
        QTest::newRow("chunked twice") << chat("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                                               "0\r\n\r\n")
                                       << 400;
        QTest::newRow("chunked, identity") << chat("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n") << 501;
        QTest::newRow("xchunked") << chat("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n") << 501;
        QTest::newRow("vertical tab") << chat("Transfer-Encoding: \vchunked\r\n", "0\r\n\r\n") << 400;
        QTest::newRow("blank before the colon") << chat("Transfer-Encoding : chunked\r\n", "0\r\n\r\n") << 400;
        QTest::newRow("folded coding") << chat("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n") << 400;
        QTest::newRow("folded field") << chat("X: y\r\n Transfer-Encoding: chunked\r\n", "0\r\n\r\n") << 400;
        QTest::newRow("bare LF in the head") << chat("X: y\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n") << 400;
        QTest::newRow("bare CR in the head") << chat("X: y\rTransfer-Encoding: chunked\r\n", "0\r\n\r\n") << 400;
        QTest::newRow("bare LF as head end") << QByteArray("GET /livez HTTP/1.1\r\nHost: localhost\r\n\n") << 400;
        QTest::newRow("NUL in a name") << QByteArray("GET /livez HTTP/1.1\r\nHost: localhost\r\nA\0B: c\r\n\r\n", 48)
                                       << 400;
        QTest::newRow("negative length") << chat("Content-Length: -2\r\n") << 400;
        QTest::newRow("plus length") << chat("Content-Length: +2\r\n", "{}") << 400;
        QTest::newRow("length beyond 64 bits") << chat("Content-Length: 18446744073709551618\r\n", "{}") << 400;
        QTest::newRow("chunk size with a sign")
            << chat("Transfer-Encoding: chunked\r\n", "+2\r\n{}\r\n0\r\n\r\n") << 400;
        QTest::newRow("chunk size beyond 64 bits")
            << chat("Transfer-Encoding: chunked\r\n", "10000000000000002\r\n{}\r\n0\r\n\r\n") << 400;
        QTest::newRow("chunk longer than it says")
            << chat("Transfer-Encoding: chunked\r\n", "1\r\n{}\r\n0\r\n\r\n") << 400;
        QTest::newRow("chunk line with LF only") << chat("Transfer-Encoding: chunked\r\n", "2\n{}\r\n0\r\n\r\n") << 400;
        QTest::newRow("bad trailer") << chat("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\nA b\r\n\r\n") << 400;
        QTest::newRow("chunked in HTTP/1.0")
            << QByteArray("POST /chat HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
            << 400;
        QTest::newRow("no host") << QByteArray("GET /livez HTTP/1.1\r\n\r\n") << 400;
        QTest::newRow("two hosts") << QByteArray("GET /livez HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n") << 400;
        QTest::newRow("another host in the target")
            << QByteArray("GET http://evil/livez HTTP/1.1\r\nHost: localhost\r\n\r\n") << 400;
        QTest::newRow("HTTP/2 preface") << QByteArray("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") << 505;
        QTest::newRow("HTTP/0.9") << QByteArray("GET /livez\r\n\r\n") << 400;
    }
    void refusesSmugglingAndExecutesNothing()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, status);
        TestHub hub;
        QVERIFY(hub.start());
        RawClient client(hub.port());
        client.send(bytes.toStdString() + kSmuggled);
        const auto answer = client.answer();
        QCOMPARE(answer.status, status);
        QCOMPARE(answer.fields.at("content-type"), std::string("application/problem+json"));
        QCOMPARE(answer.fields.at("connection"), std::string("close"));
        QVERIFY(client.waitClosed());
        QCOMPARE(client.received, std::string());
        QCOMPARE(hub.count<ApiCall>(), 0);
    }

    void executesWhatIsProperlyFramed()
    {
        // The other half of the table above: it would pass if the server refused everything.
        TestHub hub;
        QVERIFY(hub.start());
        RawClient client(hub.port());
        client.send(get("/livez") + kSmuggled);
        QCOMPARE(client.answer().status, 200);
        QCOMPARE(client.answer().status, 200);
        QCOMPARE(hub.count<ApiCall>(), 2);
    }

    void explainsItsRefusals()
    {
        TestHub hub;
        hub.answer = [&](const ApiCall &call) {
            Error error = makeError(Code::RateLimited, "Slow down.", "/message");
            error.retryAfterMs = 1500;
            hub.refuse(call, error);
        };
        QVERIFY(hub.start());
        RawClient client(hub.port());
        const auto answer = client.ask(get("/api/v2/tasks", "X-Correlation-ID: abc\r\n"));
        QCOMPARE(answer.status, 429);
        QCOMPARE(answer.fields.at("retry-after"), std::string("2"));
        QCOMPARE(answer.fields.at("x-content-type-options"), std::string("nosniff"));
        QCOMPARE(answer.fields.at("cache-control"), std::string("no-store"));
        const auto body = parsed(answer.body);
        QCOMPARE(body.textOf("code"), std::string_view("RATE_LIMITED"));
        QCOMPARE(body.textOf("correlation_id"), std::string_view("abc"));
        QCOMPARE(*body.find("retryable")->boolean(), true);
        QCOMPARE(*body.find("retry_after_ms")->integer(), 1500);
        QCOMPARE(body.at("/errors/0/pointer")->text()->c_str(), "/message");
        QVERIFY(!client.isClosed());
    }

    void refusesByHeadAlone_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<int>("status");
        QTest::newRow("foreign host") << QByteArray("GET /livez HTTP/1.1\r\nHost: evil.example\r\n\r\n") << 403;
        QTest::newRow("foreign origin") << QByteArray(get("/livez", "Origin: https://evil.example\r\n").c_str()) << 403;
        QTest::newRow("null origin") << QByteArray(get("/livez", "Origin: null\r\n").c_str()) << 403;
        QTest::newRow("cross-site") << QByteArray(get("/livez", "Sec-Fetch-Site: cross-site\r\n").c_str()) << 403;
        QTest::newRow("forwarded") << QByteArray(get("/livez", "X-Forwarded-For: 1.2.3.4\r\n").c_str()) << 403;
        QTest::newRow("basic") << QByteArray(get("/livez", "Authorization: Basic eDp5\r\n").c_str()) << 401;
        QTest::newRow("unknown path") << QByteArray(get("/nothing").c_str()) << 404;
        QTest::newRow("escaped dots") << QByteArray(get("/api/%2e%2e/livez").c_str()) << 404;
        QTest::newRow("wrong method") << QByteArray("PUT /livez HTTP/1.1\r\nHost: localhost\r\n\r\n") << 405;
        QTest::newRow("text body")
            << QByteArray(
                   "POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}")
            << 415;
        QTest::newRow("form body") << QByteArray("POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                                                 "application/x-www-form-urlencoded\r\nContent-Length: 2\r\n\r\n{}")
                                   << 415;
        QTest::newRow("no type") << QByteArray("POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}")
                                 << 415;
        QTest::newRow("no body") << QByteArray("POST /chat HTTP/1.1\r\nHost: localhost\r\n\r\n") << 400;
        QTest::newRow("body too large") << QByteArray("POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                                                      "application/json\r\nContent-Length: 1048577\r\n\r\n")
                                        << 413;
        QTest::newRow("head too large") << QByteArray(get("/livez", "X: " + std::string(17000, 'x') + "\r\n").c_str())
                                        << 431;
        QTest::newRow("broken JSON") << QByteArray(post("/chat", "{").c_str()) << 400;
        QTest::newRow("plain GET of a WebSocket") << QByteArray(get("/chat/ws/c/s").c_str()) << 426;
    }
    void refusesByHeadAlone()
    {
        QFETCH(QByteArray, request);
        QFETCH(int, status);
        TestHub hub;
        QVERIFY(hub.start());
        RawClient client(hub.port());
        const auto answer = client.ask(request.toStdString());
        QCOMPARE(answer.status, status);
        QCOMPARE(*parsed(answer.body).find("status")->integer(), status);
        QCOMPARE(hub.count<ApiCall>(), 0);
        if (status == 405)
            QCOMPARE(answer.fields.at("allow"), std::string("GET, HEAD"));
    }

    void everyRouteAnswersAsItIsDocumented()
    {
        TestHub hub;
        hub.answer = [&](const ApiCall &call) {
            if (std::holds_alternative<GetReady>(call.request))
                return hub.reply(call, ReadyBody{true, {}, {}});
            if (std::holds_alternative<GetMetrics>(call.request))
                return hub.reply(call, TextBody{"text/plain; version=0.0.4", "# HELP\n"});
            hub.reply(call, DoneBody{});
        };
        QVERIFY(hub.start());
        const std::map<std::string_view, std::string> bodies{
            {"chat", R"({"message":"m","session_id":"s"})"},
            {"chatV1", R"({"message":"m","session_id":"s"})"},
            {"chatV2", R"({"message":"m","session_id":"s"})"},
            {"feedback", R"({"message_id":"01890a5d-ac96-774b-bcce-b302099a8057","rating":"up"})"},
            {"setFlag", R"({"reason":"r","enabled":true})"},
            {"overrideBreaker", R"({"reason":"r","override_state":"none"})"},
            {"probeBreaker", R"({"reason":"r"})"},
            {"closeConnections", R"({"reason":"r","connection_ids":[]})"},
            {"drain", R"({"reason":"r"})"},
            {"undo", R"({"reason":"r","undo_token":"t"})"},
            {"openAiCompletion", R"({"model":"auto","messages":[{"role":"user","content":"m"}]})"},
            {"pinDegradation", R"({"reason":"r","level":1,"duration_s":60})"},
            {"clearCache", R"({"reason":"r","cache_namespace":"all"})"},
            {"acceptTool", R"({"reason":"r","name":"s/t","digest":"d"})"}};
        RawClient client(hub.port());
        for (const Route &route : routes()) {
            std::string path(route.path);
            for (auto open = path.find('{'); open != std::string::npos; open = path.find('{'))
                path.replace(open, path.find('}') - open + 1, "01890a5d-ac96-774b-bcce-b302099a8057");
            std::string request = std::string(route.method) + " " + path + " HTTP/1.1\r\nHost: localhost\r\n";
            if (const auto body = bodies.find(route.id); body != bodies.end())
                request += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body->second.size()) +
                           "\r\n\r\n" + body->second;
            else
                request += "\r\n";
            QCOMPARE(route.isBodyRequired, bodies.contains(route.id));
            const std::string name(route.id);
            if (route.serving == Serving::Upgrade) {
                RawClient plain(hub.port());
                QVERIFY2(plain.ask(request).status == 426, name.c_str());
                continue;
            }
            const int calls = hub.count<ApiCall>();
            const auto answer = client.ask(request);
            QVERIFY2(std::ranges::find(route.statuses, answer.status) != route.statuses.end(),
                     (name + " answered " + std::to_string(answer.status)).c_str());
            QVERIFY2(answer.status == route.statuses.front(), (name + " " + answer.body).c_str());
            QCOMPARE(hub.count<ApiCall>() - calls, route.serving == Serving::Hub ? 1 : 0);
        }
        const auto served = parsed(client.ask(get("/openapi.json")).body);
        QCOMPARE(served.toText(), parsed(openApiDocument()).toText());
    }

    void answersHeadWithoutABody()
    {
        TestHub hub;
        QVERIFY(hub.start());
        RawClient client(hub.port());
        client.send("HEAD /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n");
        const auto head = client.answer(5s, true);
        QCOMPARE(head.status, 200);
        QVERIFY(std::stoul(head.fields.at("content-length")) > 1000);
        QCOMPARE(client.ask(get("/livez")).status, 200);
    }

    void letsAllowedOriginsIn()
    {
        EdgeSettings settings = quickSettings();
        settings.gate.allowedOrigins = {"https://app.example.org"};
        TestHub hub(settings);
        QVERIFY(hub.start());
        RawClient client(hub.port());
        const auto preflight =
            client.ask("OPTIONS /chat HTTP/1.1\r\nHost: localhost\r\nOrigin: https://app.example.org\r\n"
                       "Access-Control-Request-Method: POST\r\nSec-Fetch-Site: cross-site\r\n\r\n");
        QCOMPARE(preflight.status, 204);
        QCOMPARE(preflight.fields.at("access-control-allow-origin"), std::string("https://app.example.org"));
        QCOMPARE(preflight.fields.at("access-control-allow-methods"), std::string("POST"));
        QVERIFY(preflight.fields.at("access-control-allow-headers").find("Authorization") != std::string::npos);
        const auto answer = client.ask(get("/livez", "Origin: https://app.example.org\r\n"));
        QCOMPARE(answer.fields.at("access-control-allow-origin"), std::string("https://app.example.org"));
        QCOMPARE(hub.all<ApiCall>().back()->peer.origin, std::string("https://app.example.org"));
        const auto own = client.ask(get("/livez"));
        QVERIFY(!own.fields.contains("access-control-allow-origin"));
        RawClient stranger(hub.port());
        const auto refused =
            stranger.ask("OPTIONS /chat HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n"
                         "Access-Control-Request-Method: POST\r\n\r\n");
        QCOMPARE(refused.status, 403);
        QVERIFY(!refused.fields.contains("access-control-allow-origin"));
    }

    void endsSlowRequests()
    {
        EdgeSettings settings = quickSettings();
        settings.limits.requestHead = 200ms;
        settings.requestBody = 200ms;
        settings.keepAlive = 200ms;
        TestHub hub(settings);
        QVERIFY(hub.start());

        RawClient silent(hub.port());
        RawClient drip(hub.port());
        QTimer dripping;
        QObject::connect(&dripping, &QTimer::timeout, &dripping, [&] { drip.send("X-A: b\r\n"); });
        drip.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n");
        dripping.start(20);
        RawClient body(hub.port());
        body.send(
            "POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{");
        RawClient idle(hub.port());
        QCOMPARE(idle.ask(get("/livez")).status, 200);

        QCOMPARE(drip.answer().status, 408);
        dripping.stop();
        QCOMPARE(body.answer().status, 408);
        QVERIFY(silent.waitClosed(2s));
        QVERIFY(silent.received.empty());
        QVERIFY(idle.waitClosed(2s));
        QVERIFY(idle.received.empty());
        QVERIFY(drip.waitClosed(2s));
    }

    void cutsReadersThatTakeNothing()
    {
        EdgeSettings settings = quickSettings();
        settings.stall = 300ms;
        TestHub hub(settings);
        hub.answer = [&](const ApiCall &call) {
            hub.reply(call, TextBody{"text/plain", std::string(16U << 20U, 'x')});
        };
        QVERIFY(hub.start());
        RawClient client(hub.port());
        client.socket().setReadBufferSize(1024);
        client.isReading = false;
        client.send(get("/metrics"));
        QVERIFY(until([&] { return hub.count<ApiCall>() == 1; }));
        // Only the server's end can show it: the client does not read.
        QVERIFY(until(
            [&] {
                client.send("x");
                client.socket().flush();
                return client.isClosed();
            },
            5s));
    }

    void tellsTheHubWhoHasLeft()
    {
        TestHub hub;
        hub.answer = [](const ApiCall &) {};
        QVERIFY(hub.start());
        RawClient client(hub.port());
        client.send(post("/api/v2/chat", R"({"message":"hi","session_id":"s"})"));
        QVERIFY(until([&] { return hub.count<ApiCall>() == 1; }));
        client.socket().abort();
        QVERIFY(until([&] { return hub.count<ApiAborted>() == 1; }));
        QCOMPARE(hub.all<ApiAborted>().front()->call, std::uint64_t(1));
        QCOMPARE(hub.all<ApiAborted>().front()->connection, hub.all<ApiCall>().front()->connection);
    }

    void readsChatsOfBothVersions()
    {
        TestHub hub;
        QVERIFY(hub.start());
        RawClient client(hub.port());
        const auto last = [&]() -> const PostChat & { return std::get<PostChat>(hub.all<ApiCall>().back()->request); };

        client.ask(post("/chat", R"({"message":"one","session_id":"s-1","extra":true})"));
        QCOMPARE(last().apiVersion, 1);
        QCOMPARE(last().message, std::string("one"));
        QCOMPARE(last().sessionId, std::string("s-1"));
        QVERIFY(!last().messageId.empty());

        const auto v2 =
            client.ask(post("/chat", R"({"message":"two","session_id":"s","optimization_hints":{"mode":"fast"}})",
                            "Idempotency-Key: key-1\r\nX-Client-Id: ada\r\nAuthorization: Bearer ork_x\r\n"));
        QVERIFY(!v2.fields.contains("deprecation"));
        QCOMPARE(last().apiVersion, 2);
        QCOMPARE(last().messageId, std::string("key-1"));
        QVERIFY(last().hints->mode == wire::ExecutionMode::Fast);
        QCOMPARE(hub.all<ApiCall>().back()->userName, std::string("ada"));
        QCOMPARE(hub.all<ApiCall>().back()->credential.reveal(), std::string("ork_x"));

        const auto v1 = client.ask(post("/api/v1/chat", R"({"message":"three","session_id":"s","api_version":"v1"})"));
        QCOMPARE(last().apiVersion, 1); // the path decides
        QVERIFY(v1.fields.contains("deprecation"));
        QVERIFY(v1.fields.contains("sunset"));
        QVERIFY(v1.fields.at("link").find("/api/v2/chat") != std::string::npos);

        QCOMPARE(client.ask(post("/api/v2/chat", R"({"message":"four","session_id":"s","mesage":1})")).status, 400);
        QCOMPARE(client.ask(post("/chat", R"({"message":"five","session_id":"s","api_version":"v3"})")).status, 400);
        QCOMPARE(client.ask(post("/chat", R"({"message":6,"session_id":"s"})")).status, 400);
    }

    void answersATurnInTheFormOfItsVersion()
    {
        TestHub hub;
        hub.answer = [&](const ApiCall &call) {
            const auto &chat = std::get<PostChat>(call.request);
            ChatBody body;
            body.apiVersion = chat.apiVersion;
            body.sessionId = chat.sessionId;
            body.threadId = hub.ids().make<ThreadId>();
            body.taskId = hub.ids().make<TaskId>();
            body.completed.messageId = hub.ids().make<MessageId>();
            body.completed.content = "Hello";
            if (chat.message == "fail") {
                body.completed.status = wire::CompletionStatus::Failed;
                body.completed.error = wire::ErrorBody{Code::NoModel, "Install one.", false};
            }
            hub.reply(call, std::move(body));
        };
        QVERIFY(hub.start());
        RawClient client(hub.port());
        const auto v1 = parsed(client.ask(post("/api/v1/chat", R"({"message":"hi","session_id":"s"})")).body);
        QCOMPARE(
            v1.toText(),
            std::string(
                R"({"success":true,"response":"Hello","session_id":"s","execution_mode":"fast","quality_score":null})"));
        const auto v2 = parsed(client.ask(post("/api/v2/chat", R"({"message":"hi","session_id":"s"})")).body);
        QCOMPARE(v2.textOf("response"), std::string_view("Hello"));
        QCOMPARE(v2.at("/metadata/status")->text()->c_str(), "completed");
        const auto failed = client.ask(post("/api/v2/chat", R"({"message":"fail","session_id":"s"})"));
        QCOMPARE(failed.status, 503);
        QCOMPARE(parsed(failed.body).textOf("code"), std::string_view("NO_MODEL"));
        QVERIFY(!parsed(failed.body).textOf("task_id").empty());
    }

    void streamsEventsWithTheirPositions()
    {
        TestHub hub;
        ApiCall call;
        hub.answer = [&](const ApiCall &asked) { call = asked; };
        QVERIFY(hub.start());
        RawClient client(hub.port());
        client.send(
            post("/api/v2/chat", R"({"message":"hi","session_id":"s","stream":true})", "Last-Event-ID: 3:41\r\n"));
        QVERIFY(until([&] { return call.call == 1; }));
        const auto &chat = std::get<PostChat>(call.request);
        QVERIFY(chat.stream);
        QCOMPARE(chat.lastEvent->epoch, std::uint64_t(3));
        QCOMPARE(chat.lastEvent->offset, std::uint64_t(41));

        hub.send(call.connection, ApiStreamBegin{call.connection, 1, "ada"});
        const auto event = [&](std::string user, std::uint64_t offset, std::string text) {
            auto made = std::make_shared<Event>();
            made->frame.id = hub.ids().make<EventId>();
            made->frame.userId = std::move(user);
            made->frame.epoch = 3;
            made->frame.offset = offset;
            made->frame.body = wire::StreamToken{offset, std::move(text)};
            return EventPtr(made);
        };
        hub.send(call.connection, ReplayPart{call.connection, {event("ada", 42, "a"), event("ada", 43, "b")}});
        hub.send(call.connection, Broadcast{event("eve", 44, "secret"), {call.connection.serial}});
        hub.send(call.connection, Broadcast{event("ada", 44, "c\n\nd"), {call.connection.serial}});
        QVERIFY(until([&] { return hub.count<PartDrained>() == 1; }));
        QVERIFY(until([&] { return client.received.find("c\\n\\nd") != std::string::npos; }));
        hub.send(call.connection, ApiStreamEnd{call.connection, 1});
        QVERIFY(until([&] { return client.received.ends_with("\r\n0\r\n\r\n"); }));
        QVERIFY(client.received.find("Content-Type: text/event-stream") != std::string::npos);
        QVERIFY(client.received.find("id: 3:42\nevent: stream_token\ndata: {") != std::string::npos);
        QVERIFY(client.received.find("\"sequence\":3}\n\n") != std::string::npos);
        QVERIFY(client.received.find("secret") == std::string::npos);
        QVERIFY(until([&] { return hub.counters(call.connection.edge).isolationViolations == 1; }));
        QCOMPARE(hub.log().count("isolation.violation"), 1);
        // The connection lives on.
        client.received.clear();
        hub.answer = [&](const ApiCall &asked) { hub.reply(asked, DoneBody{}); };
        QCOMPARE(client.ask(get("/livez")).status, 200);
    }

    void cutsAStreamThatNobodyReads()
    {
        TestHub hub;
        ApiCall call;
        hub.answer = [&](const ApiCall &asked) { call = asked; };
        QVERIFY(hub.start());
        RawClient client(hub.port());
        client.socket().setReadBufferSize(1024);
        client.isReading = false;
        client.send(post("/api/v2/chat", R"({"message":"hi","session_id":"s","stream":true})"));
        QVERIFY(until([&] { return call.call == 1; }));
        hub.send(call.connection, ApiStreamBegin{call.connection, 1, "ada"});
        auto event = std::make_shared<Event>();
        event->frame.userId = "ada";
        event->frame.body = wire::StreamToken{0, std::string(60000, 'x')};
        for (int i = 0; i < 400 && hub.count<ApiAborted>() == 0; ++i) {
            hub.send(call.connection, Broadcast{event, {call.connection.serial}});
            QTest::qWait(1);
        }
        QCOMPARE(hub.count<ApiAborted>(), 1);
    }

    void doesNotWaitForeverForTheHub()
    {
        EdgeSettings settings = quickSettings();
        settings.admission = 100ms;
        TestHub hub(settings);
        QVERIFY(hub.start());
        hub.stall();
        RawClient client(hub.port());
        const auto answer = client.ask(get("/chat/ws/c/s", "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                                                           "Sec-WebSocket-Version: 13\r\n"
                                                           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"));
        QCOMPARE(answer.status, 503);
        // The hub comes back and admits it: it hears at once that nobody is there.
        hub.listen();
        QVERIFY(until([&] { return hub.count<ConnectionGone>() == 1; }));
    }

    void stopsReadingWhileTheHubIsFull()
    {
        TestHub hub(quickSettings(), 4);
        QVERIFY(hub.start());
        hub.stall();
        std::vector<std::unique_ptr<RawClient>> clients;
        for (int i = 0; i < 20; ++i) {
            clients.push_back(std::make_unique<RawClient>(hub.port()));
            clients.back()->send(get("/livez"));
        }
        QTest::qWait(200);
        hub.listen();
        for (auto &client : clients)
            QCOMPARE(client->answer().status, 200);
    }

    void tellsNewcomersThatItIsFull()
    {
        EdgeSettings settings = quickSettings();
        settings.limits.maxConnections = 2;
        settings.limits.preAuthConnections = 0;
        settings.httpConnections = 1;
        TestHub hub(settings);
        QVERIFY(hub.start());
        std::vector<std::unique_ptr<RawClient>> clients;
        for (int i = 0; i < 3; ++i) {
            clients.push_back(std::make_unique<RawClient>(hub.port()));
            QCOMPARE(clients.back()->ask(get("/livez")).status, 200);
        }
        RawClient late(hub.port());
        const auto refused = late.ask(get("/livez"));
        QCOMPARE(refused.status, 503);
        QCOMPARE(refused.fields.at("retry-after"), std::string("5"));
        QVERIFY(late.waitClosed());
        clients.front()->socket().disconnectFromHost();
        QVERIFY(until([&] { return RawClient(hub.port()).ask(get("/livez")).status == 200; }));
    }

    void stopsAccepting()
    {
        TestHub hub;
        QVERIFY(hub.start());
        RawClient open(hub.port());
        QCOMPARE(open.ask(get("/livez")).status, 200);
        for (std::uint32_t edge = 0; edge < hub.edge().edgeCount(); ++edge)
            hub.edge().send(edge, StopAccepting{});
        QVERIFY(until([&] {
            RawClient late(hub.port());
            return late.waitClosed(200ms);
        }));
        QCOMPARE(open.ask(get("/livez")).status, 200);
    }

    void takesOverAListenerOfTheServiceManager()
    {
        EdgeSettings first = quickSettings();
        auto sockets = openListeningSockets(first);
        QVERIFY(sockets);
        const int descriptor = ::dup(sockets->sockets.front().get());
        EdgeSettings settings = quickSettings();
        settings.inheritedListeners = {descriptor};
        TestHub hub(settings);
        QVERIFY(hub.start());
        QCOMPARE(hub.port(), sockets->port);
        RawClient client(hub.port());
        QCOMPARE(client.ask(get("/livez")).status, 200);
    }

    void saysWhyItCannotListen()
    {
        TestHub hub;
        QVERIFY(hub.start());
        EdgeSettings settings = quickSettings();
        settings.port = hub.port();
        const auto sockets = openListeningSockets(settings);
        QVERIFY(!sockets);
        QVERIFY(sockets.error().message.find(std::to_string(hub.port())) != std::string::npos);
        QVERIFY(sockets.error().message.find("in use") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TstEdgeHttp)
#include "tst_edge_http.moc"
