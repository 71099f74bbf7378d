// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/gatekeeper.h"

#include <QTest>

using namespace orchestra;

namespace {

RequestHead headWith(std::vector<HeaderField> fields, std::string path = "/")
{
    RequestHead head;
    head.method = "GET";
    head.path = std::move(path);
    head.fields = std::move(fields);
    return head;
}

Arrival from(const char *peer, bool isTls = false)
{
    return {*Address::parse(peer), 40000, isTls};
}

GateRules rules()
{
    return {{"chat.example.org"},
            {"https://app.example.org", "http://localhost:3000"},
            {*AddressRange::parse("10.0.0.0/8"), *AddressRange::parse("127.0.0.2")}};
}

int statusOf(const std::variant<Caller, HttpFailure> &verdict)
{
    return std::holds_alternative<Caller>(verdict) ? 200 : std::get<HttpFailure>(verdict).status;
}

const std::vector<HeaderField> kUpgrade{{"host", "localhost"},
                                        {"connection", "Upgrade"},
                                        {"upgrade", "websocket"},
                                        {"sec-websocket-version", "13"},
                                        {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="}};

} // namespace

class TstGatekeeper : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersOnlyToItsOwnNames_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<int>("status");
        QTest::newRow("localhost") << "localhost:8700" << 200;
        QTest::newRow("case") << "LOCALHOST" << 200;
        QTest::newRow("v4") << "127.0.0.1:8700" << 200;
        QTest::newRow("v4 other loopback") << "127.1.2.3" << 200;
        QTest::newRow("v6") << "[::1]:8700" << 200;
        QTest::newRow("configured") << "chat.example.org" << 200;
        QTest::newRow("configured with root label") << "chat.example.org.:8700" << 200;
        QTest::newRow("a literal that is not loopback") << "192.168.1.5:8700" << 403;
        QTest::newRow("rebound name") << "evil.example.com:8700" << 403;
        QTest::newRow("prefix of ours") << "chat.example.org.evil.com" << 403;
        QTest::newRow("suffix of ours") << "evilchat.example.org" << 403;
        QTest::newRow("localhost as a label") << "localhost.evil.com" << 403;
        QTest::newRow("another literal") << "10.9.9.9" << 403;
        QTest::newRow("empty") << "" << 403;
        QTest::newRow("bad port") << "localhost:x" << 403;
        QTest::newRow("port too big") << "localhost:65536" << 403;
        QTest::newRow("open bracket") << "[::1" << 403;
        QTest::newRow("octal literal") << "0177.0.0.1" << 403;
    }
    void answersOnlyToItsOwnNames()
    {
        QFETCH(QString, host);
        QFETCH(int, status);
        QCOMPARE(statusOf(examine(headWith({{"host", host.toStdString()}}), from("127.0.0.1"), rules())), status);
    }

    void letsInOnlyItsOwnAndAllowedOrigins_data()
    {
        QTest::addColumn<QString>("origin");
        QTest::addColumn<QString>("site");
        QTest::addColumn<bool>("tls");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("cors");
        QTest::newRow("none") << ""
                              << "" << false << 200 << "";
        QTest::newRow("own") << "http://localhost:8700"
                             << "same-origin" << false << 200 << "";
        QTest::newRow("own, other scheme") << "https://localhost:8700"
                                           << "" << false << 403 << "";
        QTest::newRow("own over TLS") << "https://localhost:8700"
                                      << "" << true << 200 << "";
        QTest::newRow("own, other port") << "http://localhost:8701"
                                         << "" << false << 403 << "";
        QTest::newRow("own, no port") << "http://localhost"
                                      << "" << false << 403 << "";
        QTest::newRow("allowed") << "https://app.example.org"
                                 << "cross-site" << false << 200 << "https://app.example.org";
        QTest::newRow("allowed, default port") << "https://app.example.org:443"
                                               << "" << false << 200 << "https://app.example.org:443";
        QTest::newRow("allowed with a port") << "http://localhost:3000"
                                             << "same-site" << false << 200 << "http://localhost:3000";
        QTest::newRow("allowed, other scheme") << "http://app.example.org"
                                               << "" << false << 403 << "";
        QTest::newRow("allowed as a prefix") << "https://app.example.org.evil.com"
                                             << "" << false << 403 << "";
        QTest::newRow("subdomain of an allowed one") << "https://x.app.example.org"
                                                     << "" << false << 403 << "";
        QTest::newRow("user info") << "https://app.example.org@evil.com"
                                   << "" << false << 403 << "";
        QTest::newRow("null") << "null"
                              << "" << false << 403 << "";
        QTest::newRow("file") << "file://"
                              << "" << false << 403 << "";
        QTest::newRow("no-cors fetch of another site") << ""
                                                       << "cross-site" << false << 403 << "";
        QTest::newRow("no-cors fetch of the same site") << ""
                                                        << "same-site" << false << 403 << "";
        QTest::newRow("own page") << ""
                                  << "same-origin" << false << 200 << "";
        QTest::newRow("typed address") << ""
                                       << "none" << false << 200 << "";
        QTest::newRow("own origin of another site") << "http://localhost:8700"
                                                    << "same-site" << false << 403 << "";
    }
    void letsInOnlyItsOwnAndAllowedOrigins()
    {
        QFETCH(QString, origin);
        QFETCH(QString, site);
        QFETCH(bool, tls);
        QFETCH(int, status);
        QFETCH(QString, cors);
        std::vector<HeaderField> fields{{"host", "localhost:8700"}};
        if (!origin.isEmpty())
            fields.push_back({"origin", origin.toStdString()});
        if (!site.isEmpty())
            fields.push_back({"sec-fetch-site", site.toStdString()});
        const auto verdict = examine(headWith(fields), from("127.0.0.1", tls), rules());
        QCOMPARE(statusOf(verdict), status);
        if (status == 200)
            QCOMPARE(std::get<Caller>(verdict).corsOrigin, cors.toStdString());
        else
            QCOMPARE(std::get<HttpFailure>(verdict).error.code, Code::Origin);
    }

    void believesForwardingOnlyOfTrustedProxies_data()
    {
        QTest::addColumn<QString>("peer");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("address");
        QTest::addColumn<bool>("loopback");
        const auto row = [](const char *title, const char *peer, const char *name, const char *value, int status,
                            const char *address, bool loopback) {
            QTest::newRow(title) << peer << name << value << status << address << loopback;
        };
        row("nobody forwards", "127.0.0.1", "x-a", "b", 200, "127.0.0.1", true);
        row("stranger forwards", "203.0.113.9", "x-forwarded-for", "1.2.3.4", 403, "", false);
        row("loopback forwards", "127.0.0.1", "x-forwarded-for", "1.2.3.4", 403, "", false);
        row("stranger: forwarded", "127.0.0.1", "forwarded", "for=1.2.3.4", 403, "", false);
        row("stranger: via", "127.0.0.1", "via", "1.1 squid", 403, "", false);
        row("stranger: host", "127.0.0.1", "x-forwarded-host", "evil", 403, "", false);
        row("proxy forwards", "10.1.1.1", "x-forwarded-for", "1.2.3.4", 200, "1.2.3.4", false);
        row("nearest untrusted wins", "10.1.1.1", "x-forwarded-for", "6.6.6.6, 1.2.3.4, 10.2.2.2", 200, "1.2.3.4",
            false);
        row("a claimed loopback client is not local", "10.1.1.1", "x-forwarded-for", "127.0.0.1", 200, "127.0.0.1",
            false);
        row("forwarded", "10.1.1.1", "forwarded", "for=9.9.9.9;proto=https, for=\"[2001:db8::7]:4711\"", 200,
            "2001:db8::7", false);
        row("local proxy says nothing", "127.0.0.2", "x-a", "b", 200, "127.0.0.2", false);
        row("unreadable", "10.1.1.1", "x-forwarded-for", "unknown", 400, "", false);
    }
    void believesForwardingOnlyOfTrustedProxies()
    {
        QFETCH(QString, peer);
        QFETCH(QString, name);
        QFETCH(QString, value);
        QFETCH(int, status);
        QFETCH(QString, address);
        QFETCH(bool, loopback);
        const auto verdict = examine(headWith({{"host", "localhost"}, {name.toStdString(), value.toStdString()}}),
                                     from(peer.toUtf8().constData()), rules());
        QCOMPARE(statusOf(verdict), status);
        if (status != 200)
            return;
        QCOMPARE(std::get<Caller>(verdict).peer.address, address.toStdString());
        QCOMPARE(std::get<Caller>(verdict).peer.isLoopback, loopback);
    }

    void aProxysTlsDecidesTheOwnOrigin()
    {
        const auto verdict = examine(headWith({{"host", "chat.example.org"},
                                               {"x-forwarded-for", "1.2.3.4"},
                                               {"x-forwarded-proto", "https"},
                                               {"origin", "https://chat.example.org"}}),
                                     from("10.1.1.1"), rules());
        QCOMPARE(statusOf(verdict), 200);
        QVERIFY(std::get<Caller>(verdict).peer.isTls);
    }

    void readsBearerTokens_data()
    {
        QTest::addColumn<QString>("value");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("token");
        QTest::newRow("plain") << "Bearer ork_abc" << 200 << "ork_abc";
        QTest::newRow("scheme has no case") << "bEARER ork_abc" << 200 << "ork_abc";
        QTest::newRow("basic") << "Basic dTpw" << 401 << "";
        QTest::newRow("empty") << "Bearer " << 401 << "";
        QTest::newRow("no blank") << "Bearer" << 401 << "";
        QTest::newRow("two tokens") << "Bearer a b" << 401 << "";
        QTest::newRow("not ASCII") << QStringLiteral("Bearer \u00e4") << 401 << "";
    }
    void readsBearerTokens()
    {
        QFETCH(QString, value);
        QFETCH(int, status);
        QFETCH(QString, token);
        const auto verdict = examine(headWith({{"host", "localhost"}, {"authorization", value.toStdString()}}),
                                     from("127.0.0.1"), rules());
        QCOMPARE(statusOf(verdict), status);
        if (status == 200)
            QCOMPARE(std::get<Caller>(verdict).credential.reveal(), token.toStdString());
    }

    void takesCorrelationIdsOfTheRightForm()
    {
        const auto id = [](const char *name, std::string value) {
            return correlationIdOf(headWith({{name, std::move(value)}}));
        };
        QCOMPARE(*id("x-correlation-id", "Ab.9_:-"), std::string("Ab.9_:-"));
        QCOMPARE(*id("x-correlation-id", std::string(128, 'a')), std::string(128, 'a'));
        QVERIFY(!id("x-correlation-id", std::string(129, 'a')));
        QVERIFY(!id("x-correlation-id", ""));
        QVERIFY(!id("x-correlation-id", "a b"));
        QVERIFY(!id("x-correlation-id", "a\"b"));
        const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        QCOMPARE(*id("traceparent", "00-" + trace + "-00f067aa0ba902b7-01"), trace);
        QVERIFY(!id("traceparent", "ff-" + trace + "-00f067aa0ba902b7-01"));
        QVERIFY(!id("traceparent", "00-" + trace + "-00f067aa0ba902b7-01-x"));
        QCOMPARE(*id("traceparent", "01-" + trace + "-00f067aa0ba902b7-01-x"), trace);
        QVERIFY(!id("traceparent", "00-00000000000000000000000000000000-00f067aa0ba902b7-01"));
        QVERIFY(!id("traceparent", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"));
    }

    void knowsJson()
    {
        for (const char *type : {"application/json", "Application/JSON", "application/json; charset=utf-8",
                                 "application/json;charset=\"UTF-8\"", "application/json ;"})
            QVERIFY2(isJsonContent(type), type);
        for (const char *type : {"", "text/plain", "application/jsonx", "application/json; charset=latin1",
                                 "text/plain; application/json", "application/x-www-form-urlencoded"})
            QVERIFY2(!isJsonContent(type), type);
    }

    void wantsAProperHandshake_data()
    {
        QTest::addColumn<int>("index");
        QTest::addColumn<QString>("value");
        QTest::addColumn<int>("status");
        QTest::newRow("proper") << 0 << "localhost" << 200;
        QTest::newRow("no upgrade in Connection") << 1 << "keep-alive" << 426;
        QTest::newRow("upgrade to something else") << 2 << "h2c" << 426;
        QTest::newRow("version 8") << 3 << "8" << 426;
        QTest::newRow("version missing") << 3 << "" << 426;
        QTest::newRow("short key") << 4 << "dGhlIHNhbXBsZQ==" << 400;
        QTest::newRow("key is no base64") << 4 << "dGhlIHNhbXBsZSBub25jZ!==" << 400;
    }
    void wantsAProperHandshake()
    {
        QFETCH(int, index);
        QFETCH(QString, value);
        QFETCH(int, status);
        auto fields = kUpgrade;
        fields[static_cast<std::size_t>(index)].value = value.toStdString();
        const auto violation = handshakeViolation(headWith(fields));
        QCOMPARE(violation ? violation->status : 200, status);
        auto post = headWith(kUpgrade);
        post.method = "POST";
        QCOMPARE(handshakeViolation(post)->status, 426);
    }

    void choosesTheSubprotocol_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("offered");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("chosen");
        QTest::addColumn<int>("version");
        QTest::addColumn<bool>("mayHello");
        const auto row = [](const char *title, const char *path, const char *offered, int status,
                            const char *chosen = "", int version = 0, bool mayHello = false) {
            QTest::newRow(title) << path << offered << status << chosen << version << mayHello;
        };
        row("none", "/chat/ws/c/s", "", 200);
        row("V1", "/chat/ws/c/s", "orchestra.v1.json", 200, "orchestra.v1.json", 1);
        row("V2 JSON", "/chat/ws/c/s", "orchestra.v2.json", 200, "orchestra.v2.json", 2, true);
        row("V2 protobuf", "/chat/ws/c/s", "orchestra.v2.protobuf", 200, "orchestra.v2.protobuf", 2, true);
        row("first known", "/chat/ws/c/s", "x.y, orchestra.v2.protobuf, orchestra.v1.json", 200,
            "orchestra.v2.protobuf", 2, true);
        row("unknown only", "/chat/ws/c/s", "orchestra.v3.json", 400);
        row("ops on chat", "/chat/ws/c/s", "orchestra.ops.v1.protobuf", 400);
        row("ops", "/ops/ws", "orchestra.ops.v1.protobuf", 200, "orchestra.ops.v1.protobuf");
        row("ops without", "/ops/ws", "", 400);
        row("escaped names", "/chat/ws/a%20b/s%2F1", "", 200);
        row("no session", "/chat/ws/c", "", 404);
        row("empty session", "/chat/ws/c/", "", 400);
        row("empty client", "/chat/ws//s", "", 400);
        row("too deep", "/chat/ws/c/s/t", "", 404);
        row("other path", "/chat", "", 404);
        row("control in a name", "/chat/ws/c%0a/s", "", 400);
    }
    void choosesTheSubprotocol()
    {
        QFETCH(QString, path);
        QFETCH(QString, offered);
        QFETCH(int, status);
        QFETCH(QString, chosen);
        QFETCH(int, version);
        QFETCH(bool, mayHello);
        std::vector<HeaderField> fields;
        if (!offered.isEmpty())
            fields.push_back({"sec-websocket-protocol", offered.toStdString()});
        const auto read = readUpgrade(headWith(fields, path.toStdString()));
        if (status != 200) {
            QCOMPARE(std::get<HttpFailure>(read).status, status);
            return;
        }
        const auto &wish = std::get<UpgradeWish>(read);
        QCOMPARE(wish.subprotocol, chosen.toStdString());
        QCOMPARE(wish.apiVersion, version);
        QCOMPARE(wish.mayHello, mayHello);
    }

    void decodesTheNamesInThePath()
    {
        const auto wish = std::get<UpgradeWish>(readUpgrade(headWith({}, "/chat/ws/a%20b/s%2F1")));
        QCOMPARE(wish.clientId, std::string("a b"));
        QCOMPARE(wish.sessionId, std::string("s/1"));
        const auto tooLong = readUpgrade(headWith({}, "/chat/ws/" + std::string(129, 'a') + "/s"));
        QCOMPARE(std::get<HttpFailure>(tooLong).status, 400);
    }
};

QTEST_APPLESS_MAIN(TstGatekeeper)
#include "tst_gatekeeper.moc"
