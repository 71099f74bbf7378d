// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/encoded_event.h"
#include "server/edge/http_exchange.h"
#include "server/edge/http_response.h"
#include "shared/base/random.h"
#include "shared/wire/error_table.h"
#include "tests/support/manual_clock.h"

#include <QTest>

using namespace orchestra;

namespace {

bool holds(const std::string &text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

RequestHead request(std::string method, std::string path, std::vector<HeaderField> fields = {})
{
    RequestHead head;
    head.method = std::move(method);
    head.path = std::move(path);
    head.fields = std::move(fields);
    head.fields.push_back({"host", "localhost"});
    return head;
}

} // namespace

class TstHttpResponse : public QObject
{
    Q_OBJECT

private:
    Exchange open(const RequestHead &head)
    {
        const Arrival arrival{*Address::parse("127.0.0.1"), 1234, false};
        return openExchange(head, arrival, {{}, {"https://app.example.org"}, {}}, ids_, clock_.now());
    }

    ManualClock clock_;
    SeededRandom random_{1};
    IdSource ids_{clock_, random_};

private Q_SLOTS:
    void writesAWholeResponse()
    {
        const std::string text = serialise({200, "application/json", "{}", {{"X-Two", "v"}}},
                                           {.corsOrigin = "https://a", .correlationId = "c", .date = 0});
        QVERIFY(text.starts_with("HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"));
        for (const char *field : {"Content-Type: application/json", "Content-Length: 2", "Cache-Control: no-store",
                                  "X-Content-Type-Options: nosniff", "X-Correlation-ID: c",
                                  "Access-Control-Allow-Origin: https://a", "Vary: Origin", "X-Two: v"})
            QVERIFY2(holds(text, std::string("\r\n") + field + "\r\n"), field);
        QVERIFY(text.ends_with("\r\n\r\n{}"));
        QVERIFY(!holds(text, "Connection:"));
    }

    void saysHowTheConnectionGoesOn()
    {
        QVERIFY(holds(serialise({204, {}, {}, {}}, {.keepsAlive = false}), "\r\nConnection: close\r\n"));
        QVERIFY(holds(serialise({204, {}, {}, {}}, {.isHttp11 = false}), "\r\nConnection: keep-alive\r\n"));
        QVERIFY(!holds(serialise({204, {}, {}, {}}, {}), "Content-Length"));
        QVERIFY(holds(serialise({200, "text/plain", "abc", {}}, {.omitsBody = true}), "Content-Length: 3\r\n"));
        QVERIFY(serialise({200, "text/plain", "abc", {}}, {.omitsBody = true}).ends_with("\r\n\r\n"));
    }

    void describesProblems()
    {
        Error error = makeError(Code::Full, "no room", "/a");
        error.retryAfterMs = 1;
        const HttpResponse full = problem(httpFailure(error), "c\"1");
        QCOMPARE(full.status, 503);
        QCOMPARE(full.contentType, std::string("application/problem+json"));
        QVERIFY(holds(full.body, "\"correlation_id\":\"c\\\"1\""));
        QVERIFY(holds(full.body, "[{\"pointer\":\"/a\",\"message\":\"no room\"}]"));
        QVERIFY(holds(serialise(full, {}), "\r\nRetry-After: 1\r\n"));
        QVERIFY(holds(serialise(problem(httpFailure(makeError(Code::Unauthenticated, "")), ""), {}),
                      "\r\nWWW-Authenticate: Bearer\r\n"));
        const std::string upgrade = serialise(problem({426, makeError(Code::Invalid, "")}, ""), {.keepsAlive = false});
        QVERIFY(holds(upgrade, "\r\nUpgrade: websocket\r\n"));
        QVERIFY(holds(upgrade, "\r\nConnection: Upgrade, close\r\n"));
        QVERIFY(holds(upgrade, "\r\nSec-WebSocket-Version: 13\r\n"));
    }

    void cutsStreamsIntoChunks()
    {
        QCOMPARE(chunk("hello"), std::string("5\r\nhello\r\n"));
        QCOMPARE(chunk(std::string(255, 'x')).substr(0, 4), std::string("ff\r\n"));
        QCOMPARE(chunk({}), std::string("0\r\n\r\n"));
        QVERIFY(holds(serialiseStreamHead({200, "text/event-stream", {}, {}}, {}), "Transfer-Encoding: chunked\r\n"));
        QVERIFY(!holds(serialiseStreamHead({200, "text/event-stream", {}, {}}, {.isHttp11 = false}), "chunked"));
    }

    void writesEventsOfAStream()
    {
        wire::ServerFrame frame;
        frame.epoch = 2;
        frame.offset = 9;
        frame.body = wire::StreamToken{0, "a\nb"};
        EncodedEvent durable(frame);
        const std::string text = eventStreamFrame(durable, 4);
        QVERIFY(text.starts_with("id: 2:9\nevent: stream_token\ndata: {"));
        QVERIFY(text.ends_with("\"sequence\":4}\n\n"));
        QCOMPARE(std::ranges::count(text, '\n'), 4);
        frame.offset.reset();
        EncodedEvent passing(frame);
        QVERIFY(eventStreamFrame(passing, 1).starts_with("event: ")); // nothing to resume from
        QCOMPARE(durable.json().get(), durable.json().get());         // encoded once
    }

    void openingAnExchangeFindsWhatIsAskedFor()
    {
        const Exchange found = open(request("GET", "/api/v2/tasks", {{"x-client-id", "ada"}, {"accept", "a/b"}}));
        QVERIFY(found.route && !found.immediate);
        QCOMPARE(found.route->id, std::string_view("tasks"));
        QCOMPARE(found.userName, std::string("ada"));
        QCOMPARE(found.apiVersion, 2);
        QVERIFY(found.keepsAlive);
        QVERIFY(!found.correlationId.empty());
        QVERIFY(open(request("HEAD", "/livez")).omitsBody);
        const Exchange waiting =
            open(request("POST", "/chat",
                         {{"content-length", "2"}, {"content-type", "application/json"}, {"expect", "100-Continue"}}));
        QVERIFY(waiting.route && waiting.expectsContinue);
    }

    void openingAnExchangeRefusesWithAReason_data()
    {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        QTest::addColumn<int>("status");
        const auto row = [](const char *title, const char *method, const char *path, const char *name,
                            const char *value,
                            int status) { QTest::newRow(title) << method << path << name << value << status; };
        row("no such path", "GET", "/x", "a", "b", 404);
        row("wrong method", "DELETE", "/livez", "a", "b", 405);
        row("OPTIONS without an origin", "OPTIONS", "/chat", "access-control-request-method", "POST", 405);
        row("preflight", "OPTIONS", "/chat", "origin", "https://app.example.org", 405);
        row("body without a type", "POST", "/api/v2/ws-ticket", "content-length", "2", 415);
        row("no body", "POST", "/chat", "content-length", "0", 400);
        row("empty user", "GET", "/livez", "x-client-id", "", 400);
        row("user is no UTF-8", "GET", "/livez", "x-client-id", "\xff", 400);
        row("long user", "GET", "/livez", "x-client-id",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaa"
            "aaaaaaaaaaaaaaaaaaaa",
            400);
    }
    void openingAnExchangeRefusesWithAReason()
    {
        QFETCH(QString, method);
        QFETCH(QString, path);
        QFETCH(QString, name);
        QFETCH(QString, value);
        QFETCH(int, status);
        std::string bytes = value.toStdString();
        if (qstrcmp(QTest::currentDataTag(), "user is no UTF-8") == 0)
            bytes = "\xff";
        const Exchange exchange =
            open(request(method.toStdString(), path.toStdString(), {{name.toStdString(), bytes}}));
        QVERIFY(exchange.immediate);
        QCOMPARE(exchange.immediate->status, status);
    }
};

QTEST_APPLESS_MAIN(TstHttpResponse)
#include "tst_http_response.moc"
