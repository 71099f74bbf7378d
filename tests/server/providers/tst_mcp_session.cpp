// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/mcp_session.h"
#include "shared/wire/error_table.h"
#include "shared/wire/json_reader.h"

#include <QTest>

#include <algorithm>

using namespace orchestra;

namespace {

/// Writes down what a session says.
class Heard final : public McpSessionListener
{
public:
    void send(McpMessage message) override { sent.push_back(std::move(message)); }
    void drop(std::uint64_t number) override { dropped.push_back(number); }
    void shakingHands(bool isOn) override { isShaking = isOn; }
    void answered(Ticket ticket, Result<wire::JsonValue> result, bool fault) override
    {
        ++answers;
        lastTicket = ticket;
        last = std::move(result);
        isServersFault = fault;
    }
    void progressed(Ticket, const ToolProgress &step) override { progress.push_back(step.done); }
    void toolsChanged() override { ++changes; }

    const McpMessage &latest() const { return sent.back(); }
    wire::JsonValue body() const { return *wire::JsonReader(64).readValue(sent.back().body); }
    std::string method() const { return std::string(body().textOf("method")); }
    std::string header(const std::string &name) const
    {
        for (const HttpHeader &header : sent.back().headers)
            if (header.name == name)
                return header.value;
        return {};
    }

    std::vector<McpMessage> sent;
    std::vector<std::uint64_t> dropped;
    std::vector<double> progress;
    Result<wire::JsonValue> last = wire::JsonValue();
    McpSession::Ticket lastTicket = 0;
    bool isServersFault = false;
    bool isShaking = false;
    int answers = 0;
    int changes = 0;
};

const std::string kDiscovered = "{\"resultType\":\"complete\",\"supportedVersions\":[\"2026-07-28\"],\"_meta\":{"
                                "\"io.modelcontextprotocol/serverInfo\":{\"name\":\"p\",\"version\":\"2\"}}}";

std::string response(std::uint64_t id, const std::string &result)
{
    return "{\"jsonrpc\":\"2.0\",\"id\":" + std::to_string(id) + ",\"result\":" + result + "}";
}

std::string failure(std::uint64_t id, int code, const std::string &data = "null")
{
    return "{\"jsonrpc\":\"2.0\",\"id\":" + std::to_string(id) + ",\"error\":{\"code\":" + std::to_string(code) +
           ",\"message\":\"no\",\"data\":" + data + "}}";
}

struct Bench
{
    explicit Bench(McpSession::Carrier carrier)
        : session(carrier, heard)
        , isHttp(carrier == McpSession::Carrier::Http)
    {
    }
    std::uint64_t number() const { return heard.latest().number; }
    /// The server's answer to what was sent last.
    void answer(const std::string &message)
    {
        const std::uint64_t exchange = number();
        session.take(isHttp ? exchange : 0, message);
        if (isHttp)
            session.over(exchange, Ok{});
    }
    McpSession::Ticket list() { return session.ask({.method = "tools/list", .mayRepeat = true}); }
    McpSession::Ticket call()
    {
        McpQuestion question{.method = "tools/call", .name = "add", .wantsProgress = true};
        question.params.set("name", "add");
        return session.ask(std::move(question));
    }
    void becomeModern() { answer(response(number(), kDiscovered)); }
    void becomeLegacy()
    {
        if (isHttp)
            session.refused(number(), 400, {}, makeError(Code::ProviderError, "HTTP 400"), false);
        else
            answer(failure(number(), -32601));
        if (isHttp)
            session.takeSessionId(number(), "abc");
        answer(response(number(), "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},\"serverInfo\":{\"name\":"
                                  "\"old\",\"version\":\"1\"}}"));
        // The notification is delivered.
        QCOMPARE(heard.sent.at(2).isRequest, false);
        session.over(heard.sent.at(2).number, Ok{});
    }

    Heard heard;
    McpSession session;
    const bool isHttp;
};

using Carrier = McpSession::Carrier;

} // namespace

class TstMcpSession : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void asksFirstInTheNewerWay_data()
    {
        QTest::addColumn<int>("carrier");
        QTest::newRow("http") << int(Carrier::Http);
        QTest::newRow("pipe") << int(Carrier::Pipe);
    }
    void asksFirstInTheNewerWay()
    {
        QFETCH(int, carrier);
        Bench t{Carrier(carrier)};
        const auto ticket = t.list();
        QCOMPARE(t.heard.sent.size(), std::size_t(1));
        QCOMPARE(t.heard.method(), std::string("server/discover"));
        QVERIFY(t.heard.isShaking);
        t.becomeModern();
        QVERIFY(!t.heard.isShaking);
        QCOMPARE(t.session.protocol(), std::string("2026-07-28"));
        QCOMPARE(t.session.product(), std::string("p 2"));
        // Every request stands for itself: what was waiting carries the version, and who we are.
        QCOMPARE(t.heard.method(), std::string("tools/list"));
        const wire::JsonValue body = t.heard.body();
        QCOMPARE(*body.at("/params/_meta/io.modelcontextprotocol~1protocolVersion")->text(), std::string("2026-07-28"));
        QVERIFY(body.at("/params/_meta/io.modelcontextprotocol~1clientCapabilities")->isObject());
        if (t.isHttp) {
            QCOMPARE(t.heard.header("MCP-Protocol-Version"), std::string("2026-07-28"));
            QCOMPARE(t.heard.header("Mcp-Method"), std::string("tools/list"));
            QVERIFY(t.heard.header("MCP-Session-Id").empty());
        } else {
            QVERIFY(t.heard.latest().headers.empty());
        }
        t.answer(response(t.number(), "{\"tools\":[]}"));
        QCOMPARE(t.heard.answers, 1);
        QCOMPARE(t.heard.lastTicket, ticket);
        QVERIFY(t.heard.last && t.heard.last->find("tools"));
    }

    void namesTheToolInAHeader()
    {
        Bench t(Carrier::Http);
        t.list();
        t.becomeModern();
        McpQuestion question{.method = "tools/call", .name = "b\xc3\xa4r", .headers = {{"Mcp-Param-Region", "eu"}}};
        t.session.ask(std::move(question));
        QCOMPARE(t.heard.header("Mcp-Name"), std::string("=?base64?YsOkcg==?="));
        QCOMPARE(t.heard.header("Mcp-Param-Region"), std::string("eu"));
    }

    void introducesItselfToAnOlderServer_data() { asksFirstInTheNewerWay_data(); }
    void introducesItselfToAnOlderServer()
    {
        QFETCH(int, carrier);
        Bench t{Carrier(carrier)};
        t.list();
        t.becomeLegacy();
        QCOMPARE(t.heard.sent.size(), std::size_t(4));
        QVERIFY(t.heard.sent[1].body.find("\"initialize\"") != std::string::npos);
        QVERIFY(t.heard.sent[2].body.find("notifications/initialized") != std::string::npos);
        QCOMPARE(t.heard.method(), std::string("tools/list"));
        QVERIFY(!t.heard.body().at("/params/_meta"));
        QCOMPARE(t.session.protocol(), std::string("2025-06-18"));
        if (t.isHttp) {
            QCOMPARE(t.heard.header("MCP-Protocol-Version"), std::string("2025-06-18"));
            QCOMPARE(t.heard.header("MCP-Session-Id"), std::string("abc"));
            QVERIFY(t.heard.header("Mcp-Method").empty());
            // The introduction itself belongs to no session and says no version in a header.
            QVERIFY(t.heard.sent[1].headers.empty());
        }
    }

    void waitsForTheOlderServerToTakeTheConfirmation()
    {
        Bench t(Carrier::Http);
        t.list();
        t.session.refused(t.number(), 400, {}, makeError(Code::ProviderError, "HTTP 400"), false);
        t.answer(response(t.number(), "{\"protocolVersion\":\"2025-06-18\"}"));
        QCOMPARE(t.heard.sent.size(), std::size_t(3));
        QVERIFY(!t.session.isReady());
        t.session.over(t.number(), Ok{});
        QVERIFY(t.session.isReady());
        QCOMPARE(t.heard.sent.size(), std::size_t(4));
    }

    void triesTheOlderWayWhenAProgramIsSilent()
    {
        Bench t(Carrier::Pipe);
        t.list();
        const std::uint64_t discovery = t.number();
        t.session.discoveryTimedOut();
        QCOMPARE(t.heard.method(), std::string("initialize"));
        // It was only slow to start: its late word counts.
        t.session.take(0, response(discovery, kDiscovered));
        QVERIFY(t.session.isReady());
        QCOMPARE(t.session.protocol(), std::string("2026-07-28"));
        t.session.take(0, failure(discovery + 1, -32601)); // of the introduction
        QCOMPARE(t.heard.answers, 0);
        QVERIFY(t.session.isReady());
    }

    void takesARefusalOfTheVersionForAWord_data()
    {
        QTest::addColumn<QByteArray>("data");
        QTest::addColumn<QByteArray>("next");
        QTest::newRow("speaks older ones too")
            << QByteArray("{\"supported\":[\"2025-11-25\"]}") << QByteArray("initialize");
        QTest::newRow("speaks what nobody knows") << QByteArray("{\"supported\":[\"2031-01-01\"]}") << QByteArray();
    }
    void takesARefusalOfTheVersionForAWord()
    {
        QFETCH(QByteArray, data);
        QFETCH(QByteArray, next);
        Bench t(Carrier::Http);
        t.list();
        t.session.refused(t.number(), 400, failure(t.number(), -32022, data.toStdString()),
                          makeError(Code::ProviderError, "HTTP 400"), false);
        if (!next.isEmpty()) {
            QCOMPARE(t.heard.method(), next.toStdString());
            return;
        }
        QCOMPARE(t.heard.answers, 1);
        QCOMPARE(t.heard.last.error().code, Code::UnsupportedVersion);
        QVERIFY(!t.heard.isServersFault);
    }

    void doesNotSpeakOtherwiseToWhoWillNotHaveIt_data()
    {
        QTest::addColumn<int>("status");
        for (const int status : {401, 403, 429, 503, 301})
            QTest::newRow(qPrintable(QString::number(status))) << status;
    }
    void doesNotSpeakOtherwiseToWhoWillNotHaveIt()
    {
        QFETCH(int, status);
        Bench t(Carrier::Http);
        t.list();
        t.session.refused(t.number(), status, {}, makeError(Code::ProviderError, "HTTP"), status >= 500);
        QCOMPARE(t.heard.sent.size(), std::size_t(1));
        QCOMPARE(t.heard.answers, 1);
        QCOMPARE(t.heard.isServersFault, status >= 500);
        // The next question tries again from the beginning.
        t.list();
        QCOMPARE(t.heard.method(), std::string("server/discover"));
    }

    void introducesItselfAgainWhenItsSessionIsForgotten_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("as the protocol says") << 404 << QByteArray();
        QTest::newRow("404 with an error") << 404
                                           << QByteArray("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32001,"
                                                         "\"message\":\"Session not found\"}}");
        QTest::newRow("as many servers do") << 400
                                            << QByteArray("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32000,"
                                                          "\"message\":\"No valid session ID provided\"}}");
    }
    void introducesItselfAgainWhenItsSessionIsForgotten()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        Bench t(Carrier::Http);
        t.list();
        t.becomeLegacy();
        t.answer(response(t.number(), "{\"tools\":[]}"));
        const auto ticket = t.call();
        const std::string asked = t.heard.latest().body;
        t.session.refused(t.number(), status, body.toStdString(), makeError(Code::NotFound, "HTTP"), false);
        QCOMPARE(t.heard.method(), std::string("initialize"));
        QVERIFY(t.heard.latest().headers.empty());
        t.session.takeSessionId(t.number(), "def");
        t.answer(response(t.number(), "{\"protocolVersion\":\"2025-06-18\"}"));
        t.session.over(t.number(), Ok{});
        QCOMPARE(t.heard.method(), std::string("tools/call"));
        QCOMPARE(t.heard.header("MCP-Session-Id"), std::string("def"));
        QVERIFY(t.heard.latest().body != asked); // under a new id
        t.answer(response(t.number(), "{\"content\":[]}"));
        QCOMPARE(t.heard.lastTicket, ticket);
        QVERIFY(t.heard.last);
    }

    void introducesItselfOnceForAllThatItsSessionHeld_data()
    {
        QTest::addColumn<bool>("late");
        QTest::newRow("refused while it introduces itself") << false;
        QTest::newRow("refused after it has") << true;
    }
    void introducesItselfOnceForAllThatItsSessionHeld()
    {
        QFETCH(bool, late);
        Bench t(Carrier::Http);
        t.list();
        t.becomeLegacy();
        t.answer(response(t.number(), "{\"tools\":[]}"));
        t.call();
        const std::uint64_t first = t.number();
        t.call();
        const std::uint64_t second = t.number();
        const auto refuse = [&t](std::uint64_t exchange) {
            t.session.refused(exchange, 404, {}, makeError(Code::NotFound, "HTTP 404"), false);
        };
        refuse(first);
        const std::size_t introduction = t.heard.sent.size();
        QCOMPARE(t.heard.method(), std::string("initialize"));
        if (!late)
            refuse(second);
        t.session.takeSessionId(t.number(), "def");
        t.answer(response(t.number(), "{\"protocolVersion\":\"2025-06-18\"}"));
        t.session.over(t.number(), Ok{});
        if (late)
            refuse(second);
        // The confirmation, then both questions under the new session.
        QCOMPARE(t.heard.sent.size(), introduction + 3);
        for (std::size_t i = introduction + 1; i < t.heard.sent.size(); ++i) {
            const McpMessage &sent = t.heard.sent[i];
            QVERIFY(sent.body.find("tools/call") != std::string::npos);
            QVERIFY(std::ranges::find(sent.headers, HttpHeader{"MCP-Session-Id", "def"}) != sent.headers.end());
        }
        QCOMPARE(t.heard.answers, 1);
    }

    void doesNotRepeatForEver()
    {
        Bench t(Carrier::Http);
        t.list();
        t.becomeLegacy();
        int repeats = 0;
        while (t.heard.answers == 0 && repeats < 20) {
            ++repeats;
            t.session.refused(t.number(), 404, {}, makeError(Code::NotFound, "HTTP 404"), false);
            if (t.heard.method() != "initialize")
                break;
            t.session.takeSessionId(t.number(), "x");
            t.answer(response(t.number(), "{\"protocolVersion\":\"2025-06-18\"}"));
            t.session.over(t.number(), Ok{});
        }
        QCOMPARE(t.heard.answers, 1);
        QVERIFY(repeats <= 3);
    }

    void findsOutAgainWhenTheServerWasReplacedByAnOlderOne()
    {
        Bench t(Carrier::Http);
        t.list();
        t.becomeModern();
        t.answer(response(t.number(), "{\"tools\":[]}"));
        t.list();
        t.session.refused(t.number(), 400, "Bad Request", makeError(Code::ProviderError, "HTTP 400"), false);
        QCOMPARE(t.heard.method(), std::string("server/discover"));
    }

    void tellsTheServerOfACancelledCall()
    {
        Bench pipe(Carrier::Pipe);
        pipe.list();
        pipe.becomeModern();
        const auto ticket = pipe.call();
        const std::uint64_t id = pipe.number();
        pipe.session.cancel(ticket, "enough");
        QCOMPARE(pipe.heard.method(), std::string("notifications/cancelled"));
        QCOMPARE(pipe.heard.body().at("/params/requestId")->integer().value_or(0), std::int64_t(id));
        pipe.session.take(0, response(id, "{\"content\":[]}"));
        QCOMPARE(pipe.heard.answers, 0);

        // Over HTTP the newer servers hear of it by the end of the exchange alone, the older ones by both.
        Bench modern(Carrier::Http);
        modern.list();
        modern.becomeModern();
        const auto second = modern.call();
        const std::uint64_t exchange = modern.number();
        modern.session.cancel(second, "enough");
        QCOMPARE(modern.number(), exchange);
        QCOMPARE(modern.heard.dropped.back(), exchange);
        Bench legacy(Carrier::Http);
        legacy.list();
        legacy.becomeLegacy();
        const auto third = legacy.call();
        const std::uint64_t last = legacy.number();
        legacy.session.cancel(third, "enough");
        QCOMPARE(legacy.heard.method(), std::string("notifications/cancelled"));
        QCOMPARE(legacy.heard.dropped.back(), last);
    }

    void passesOnProgressThatGrows()
    {
        Bench t(Carrier::Pipe);
        t.list();
        t.becomeModern();
        t.call();
        const std::string token = std::to_string(t.number());
        QCOMPARE(t.heard.body().at("/params/_meta/progressToken")->integer().value_or(0), std::int64_t(t.number()));
        for (const char *step : {"1", "2", "2", "1.5", "3"})
            t.session.take(0, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{"
                              "\"progressToken\":" +
                                  token + ",\"progress\":" + step + ",\"total\":10}}");
        QCOMPARE(t.heard.progress, (std::vector<double>{1, 2, 3}));
    }

    void answersWhatAnOlderServerAsks()
    {
        Bench t(Carrier::Pipe);
        t.list();
        t.becomeLegacy();
        t.session.take(0, "{\"jsonrpc\":\"2.0\",\"id\":\"q1\",\"method\":\"ping\"}");
        QCOMPARE(t.heard.latest().body, std::string("{\"jsonrpc\":\"2.0\",\"id\":\"q1\",\"result\":{}}"));
        t.session.take(0, "{\"jsonrpc\":\"2.0\",\"id\":\"q2\",\"method\":\"sampling/createMessage\",\"params\":{}}");
        QVERIFY(t.heard.latest().body.find("-32601") != std::string::npos);
        t.session.take(0, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");
        QCOMPARE(t.heard.changes, 1);
    }

    void tellsFailuresOfTheServerFromItsAnswers_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("means");
        QTest::addColumn<bool>("fault");
        QTest::newRow("unknown tool") << -32602 << int(Code::Invalid) << false;
        QTest::newRow("unknown method") << -32601 << int(Code::UnsupportedType) << false;
        QTest::newRow("internal") << -32603 << int(Code::ProviderError) << true;
        QTest::newRow("its own") << -32050 << int(Code::ProviderError) << false;
    }
    void tellsFailuresOfTheServerFromItsAnswers()
    {
        QFETCH(int, code);
        QFETCH(int, means);
        QFETCH(bool, fault);
        Bench t(Carrier::Pipe);
        t.call();
        t.becomeModern();
        t.answer(failure(t.number(), code));
        QCOMPARE(t.heard.answers, 1);
        QCOMPARE(int(t.heard.last.error().code), means);
        QCOMPARE(t.heard.isServersFault, fault);
    }

    void endsEverythingWhenTheServerIsGone()
    {
        Bench t(Carrier::Pipe);
        t.list();
        t.becomeModern();
        t.call();
        t.session.lost(makeError(Code::ProviderUnavailable, "gone"));
        QCOMPARE(t.heard.answers, 2);
        QCOMPARE(t.heard.changes, 1);
        QVERIFY(t.heard.isServersFault);
        QVERIFY(!t.session.isReady());
        t.session.lost(makeError(Code::ProviderUnavailable, "gone"));
        QCOMPARE(t.heard.changes, 1); // it was not there
        t.call();
        QCOMPARE(t.heard.method(), std::string("server/discover"));
    }

    void ignoresWhatIsNoMessageOnAPipe()
    {
        Bench t(Carrier::Pipe);
        t.list();
        for (const char *line : {"Welcome!", "42", "{\"id\":1}", "{\"jsonrpc\":\"2.0\",\"id\":999,\"result\":{}}"})
            t.session.take(0, line);
        QCOMPARE(t.heard.answers, 0);
        QCOMPARE(t.session.strayLines(), std::uint64_t(2));
        t.becomeModern();
        QVERIFY(t.session.isReady());
    }

    void endsAnExchangeThatSaysNothing()
    {
        Bench t(Carrier::Http);
        t.list();
        t.becomeModern();
        t.session.over(t.number(), Ok{});
        QCOMPARE(t.heard.answers, 1);
        QCOMPARE(t.heard.last.error().code, Code::ProviderError);
        t.call();
        t.answer("<html>");
        QCOMPARE(t.heard.answers, 2);
        QVERIFY(t.heard.isServersFault);
    }
};

QTEST_GUILESS_MAIN(TstMcpSession)
#include "tst_mcp_session.moc"
