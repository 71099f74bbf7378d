// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/ws_client.h"

#include <QTest>

using namespace orchestra;
using namespace orchestra::test;
using namespace std::chrono_literals;

namespace {

EventPtr tokenFor(TestHub &hub, std::string user, std::uint64_t offset, std::string text)
{
    auto event = std::make_shared<Event>();
    event->frame.id = hub.ids().make<EventId>();
    event->frame.timestamp.ms = hub.clock().wallMs();
    event->frame.userId = std::move(user);
    event->frame.threadId = hub.ids().make<ThreadId>();
    event->frame.taskId = hub.ids().make<TaskId>();
    event->frame.epoch = 1;
    event->frame.offset = offset;
    event->frame.body = wire::StreamToken{offset, std::move(text)};
    return event;
}

wire::ServerFrame progressFor(TestHub &hub, std::string user, std::string text)
{
    wire::ServerFrame frame;
    frame.id = hub.ids().make<EventId>();
    frame.timestamp.ms = hub.clock().wallMs();
    frame.userId = std::move(user);
    frame.body = wire::SystemMessage{wire::SystemEvent::Degraded, std::move(text), {}, {}, {}};
    return frame;
}

std::string protobufPing(std::string id)
{
    std::string bytes;
    wire::encodeClientProtobuf(wire::Ping{std::move(id)}, bytes);
    return bytes;
}

/// The connection that the hub admitted last.
ConnectionKey lastOpened(TestHub &hub)
{
    return hub.all<SocketOpened>().back()->connection;
}

} // namespace

class TstEdgeChat : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // ---- the way in

    void upgradesWithEachSubprotocol_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("subprotocol");
        QTest::addColumn<int>("version");
        QTest::newRow("none") << "/chat/ws/ada/s%201"
                              << "" << 0;
        QTest::newRow("V1") << "/chat/ws/ada/s%201"
                            << "orchestra.v1.json" << 1;
        QTest::newRow("V2 JSON") << "/chat/ws/ada/s%201"
                                 << "orchestra.v2.json" << 2;
        QTest::newRow("V2 protobuf") << "/chat/ws/ada/s%201"
                                     << "orchestra.v2.protobuf" << 2;
        QTest::newRow("ops") << "/ops/ws"
                             << "orchestra.ops.v1.protobuf" << 0;
    }
    void upgradesWithEachSubprotocol()
    {
        QFETCH(QString, path);
        QFETCH(QString, subprotocol);
        QFETCH(int, version);
        TestHub hub;
        QVERIFY(hub.start());
        WsClient client(hub.port());
        const auto answer =
            client.upgrade(path.toStdString(),
                           "Origin: http://localhost\r\nAuthorization: Bearer ork_1\r\nX-Correlation-ID: abc\r\n" +
                               (subprotocol.isEmpty() ? "" : WsClient::offering("x.y, " + subprotocol.toStdString())));
        QCOMPARE(answer.status, 101);
        QCOMPARE(answer.fields.at("sec-websocket-accept"), std::string("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
        QVERIFY(!answer.fields.contains("access-control-allow-origin"));
        QCOMPARE(answer.fields.contains("sec-websocket-protocol"), !subprotocol.isEmpty());
        if (!subprotocol.isEmpty())
            QCOMPARE(answer.fields.at("sec-websocket-protocol"), subprotocol.toStdString());
        QVERIFY(until([&] { return hub.count<SocketOpened>() == 1; }));
        const AdmissionRequest &request = *hub.all<AdmissionRequest>().front();
        QCOMPARE(request.apiVersion, version);
        QCOMPARE(request.surface, path == QStringLiteral("/ops/ws") ? Surface::Ops : Surface::Chat);
        QCOMPARE(request.sessionId, path == QStringLiteral("/ops/ws") ? std::string() : std::string("s 1"));
        QCOMPARE(request.credential.reveal(), std::string("ork_1"));
        QCOMPARE(request.correlationId, std::string("abc"));
        QCOMPARE(request.peer.origin, std::string("http://localhost"));
        QCOMPARE(request.mayHello, false); // it has a credential
    }

    void refusesUpgradesWithAnHttpStatus_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("fields");
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("status");
        const auto byHub = [](const char *title, Code code, int status) {
            QTest::newRow(title) << "/chat/ws/c/s"
                                 << "" << static_cast<int>(code) << status;
        };
        byHub("unauthenticated", Code::Unauthenticated, 401);
        byHub("forbidden", Code::Forbidden, 403);
        byHub("too many of this user", Code::TooManyConnections, 429);
        byHub("full", Code::Full, 503);
        byHub("draining", Code::Draining, 503);
        QTest::newRow("foreign origin") << "/chat/ws/c/s"
                                        << "Origin: https://evil.example\r\n"
                                        << -1 << 403;
        QTest::newRow("cross-site") << "/chat/ws/c/s"
                                    << "Sec-Fetch-Site: cross-site\r\n"
                                    << -1 << 403;
        QTest::newRow("forwarded") << "/chat/ws/c/s"
                                   << "Via: 1.1 x\r\n"
                                   << -1 << 403;
        QTest::newRow("unknown subprotocol") << "/chat/ws/c/s"
                                             << "Sec-WebSocket-Protocol: graphql-ws\r\n"
                                             << -1 << 400;
        QTest::newRow("ops without subprotocol") << "/ops/ws"
                                                 << "" << -1 << 400;
        QTest::newRow("no session") << "/chat/ws/c"
                                    << "" << -1 << 404;
        QTest::newRow("bad name") << "/chat/ws/c/%00"
                                  << "" << -1 << 404;
        QTest::newRow("not a WebSocket") << "/livez"
                                         << "" << -1 << 200;
    }
    void refusesUpgradesWithAnHttpStatus()
    {
        QFETCH(QString, path);
        QFETCH(QString, fields);
        QFETCH(int, code);
        QFETCH(int, status);
        TestHub hub;
        hub.admit = [&](const AdmissionRequest &) -> Result<Admission> {
            return makeError(static_cast<Code>(code), "not today");
        };
        QVERIFY(hub.start());
        WsClient client(hub.port());
        const auto answer = client.upgrade(path.toStdString(), fields.toStdString());
        QCOMPARE(answer.status, status);
        if (status == 200)
            return;
        QCOMPARE(answer.fields.at("content-type"), std::string("application/problem+json"));
        QCOMPARE(answer.fields.contains("retry-after"), status == 503 || status == 429);
        QCOMPARE(answer.fields.contains("www-authenticate"), status == 401);
        QCOMPARE(hub.count<AdmissionRequest>(), code >= 0 ? 1 : 0);
        QTest::qWait(30);
        QCOMPARE(hub.count<ConnectionGone>(), 0); // nobody was admitted, nobody has gone
    }

    void losesNoFrameThatFollowsTheHandshakeAtOnce()
    {
        TestHub hub;
        QVERIFY(hub.start());
        WsClient client(hub.port());
        const auto answer = client.upgrade("/chat/ws/ada/s", WsClient::offering("orchestra.v2.json"),
                                           WsFrame{.payload = pingJson("p")}.bytes());
        QCOMPARE(answer.status, 101);
        QCOMPARE(*std::get<wire::Pong>(client.frame().frame.body).ref, std::string("p"));
    }

    void tellsTheHubOfWhoLeftBeforeItsWord()
    {
        TestHub hub;
        QVERIFY(hub.start());
        hub.stall();
        {
            WsClient client(hub.port());
            client.send(WsClient::request("/chat/ws/ada/s"));
            QTest::qWait(50);
            client.socket().abort();
            QTest::qWait(50);
        }
        hub.listen();
        QVERIFY(until([&] { return hub.count<ConnectionGone>() == 1; }));
        QCOMPARE(hub.count<SocketOpened>(), 0);
    }

    // ---- versions and encodings

    void answersPingsByItself()
    {
        TestHub hub;
        QVERIFY(hub.start());
        WsClient json(hub.port());
        QVERIFY(json.open());
        WsClient protobuf(hub.port());
        QVERIFY(protobuf.open("/chat/ws/ada/s", "orchestra.v2.protobuf"));
        WsClient old(hub.port());
        QVERIFY(old.open("/chat/ws/ada/s", "orchestra.v1.json"));
        for (std::uint64_t i = 1; i <= 3; ++i) {
            json.text(pingJson("p" + std::to_string(i)));
            protobuf.binary(protobufPing("b" + std::to_string(i)));
            old.text(R"({"type":"ping"})");
            const auto text = json.frame();
            QCOMPARE(*std::get<wire::Pong>(text.frame.body).ref, "p" + std::to_string(i));
            QCOMPARE(text.sequence, i);
            QCOMPARE(text.frame.userId, std::string("ada"));
            const auto binary = protobuf.frame();
            QCOMPARE(*std::get<wire::Pong>(binary.frame.body).ref, "b" + std::to_string(i));
            QCOMPARE(binary.sequence, i);
            QCOMPARE(old.next().payload, std::string(R"({"type":"pong"})"));
        }
        QCOMPARE(hub.count<ClientMessage>(), 0);
    }

    void letsTheFirstFrameDecide_data()
    {
        QTest::addColumn<QByteArray>("first");
        QTest::addColumn<bool>("binary");
        QTest::addColumn<int>("version");
        QTest::newRow("data object") << QByteArray(R"({"type":"chat","data":{"message":"Hello"}})") << false << 1;
        QTest::newRow("flat") << QByteArray(R"({"type":"chat","id":"1","content":"Hello"})") << false << 2;
        QTest::newRow("hello") << QByteArray(R"({"type":"hello","id":"h","versions":[2],"cursors":[]})") << false << 2;
        QTest::newRow("ping with an id") << QByteArray(R"({"type":"ping","id":"1"})") << false << 2;
        QTest::newRow("binary") << QByteArray::fromStdString(protobufPing("1")) << true << 2;
    }
    void letsTheFirstFrameDecide()
    {
        QFETCH(QByteArray, first);
        QFETCH(bool, binary);
        QFETCH(int, version);
        TestHub hub;
        QVERIFY(hub.start());
        WsClient client(hub.port());
        QVERIFY(client.open("/chat/ws/ada/s", ""));
        client.text(R"({"type":"ping"})");
        QCOMPARE(client.next().payload, std::string(R"({"type":"pong"})"));
        QCOMPARE(hub.count<VersionDecided>(), 0);
        if (binary)
            client.binary(first.toStdString());
        else
            client.text(first.toStdString());
        QVERIFY(until([&] { return hub.count<VersionDecided>() == 1; }));
        QCOMPARE(hub.all<VersionDecided>().front()->apiVersion, version);
        QCOMPARE(hub.all<VersionDecided>().front()->encoding, binary ? wire::Encoding::Protobuf : wire::Encoding::Json);
        if (version == 1) {
            QVERIFY(until([&] { return hub.count<ClientMessage>() == 1; }));
            QCOMPARE(std::get<wire::Chat>(hub.all<ClientMessage>().front()->frame).content, std::string("Hello"));
        }
    }

    void keepsToOneEncoding()
    {
        TestHub hub;
        QVERIFY(hub.start());
        WsClient json(hub.port());
        QVERIFY(json.open());
        json.binary(protobufPing("1"));
        QCOMPARE(json.closeCode(), std::uint16_t(1003));
        WsClient protobuf(hub.port());
        QVERIFY(protobuf.open("/chat/ws/ada/s", "orchestra.v2.protobuf"));
        protobuf.text(R"({"type":"ping","id":"1"})");
        QCOMPARE(protobuf.closeCode(), std::uint16_t(1003));
        QVERIFY(until([&] { return hub.count<ConnectionGone>() == 2; }));
        QCOMPARE(hub.all<ConnectionGone>().front()->closeCode, std::uint16_t(1003));
    }

    void encodesAnEventForEveryReader()
    {
        TestHub hub;
        QVERIFY(hub.start());
        std::vector<std::unique_ptr<WsClient>> clients;
        std::vector<std::uint64_t> serials;
        EdgeSettings settings;
        for (const char *subprotocol :
             {"orchestra.v2.json", "orchestra.v2.protobuf", "orchestra.v2.json", "orchestra.v1.json"}) {
            clients.push_back(std::make_unique<WsClient>(hub.port()));
            QVERIFY(clients.back()->open("/chat/ws/ada/s", subprotocol));
        }
        QVERIFY(until([&] { return hub.count<SocketOpened>() == 4; }));
        std::map<std::uint32_t, std::vector<std::uint64_t>> byEdge;
        for (const SocketOpened *opened : hub.all<SocketOpened>())
            byEdge[opened->connection.edge].push_back(opened->connection.serial);
        for (std::uint64_t offset = 1; offset <= 50; ++offset) {
            const EventPtr event = tokenFor(hub, "ada", offset, "word " + std::to_string(offset));
            for (const auto &[edge, all] : byEdge)
                hub.edge().send(edge, Broadcast{event, all});
        }
        for (std::uint64_t i = 1; i <= 50; ++i) {
            for (std::size_t c = 0; c < 3; ++c) {
                const auto decoded = clients[c]->frame();
                QCOMPARE(decoded.sequence, i);
                QCOMPARE(*decoded.frame.offset, i);
                QCOMPARE(std::get<wire::StreamToken>(decoded.frame.body).content, "word " + std::to_string(i));
            }
        }
        // Version 1 reconnects in mid-answer: it gets what follows, without numbers.
        const auto v1 = clients[3]->json();
        QCOMPARE(v1.textOf("type"), std::string_view("stream_token"));
        QVERIFY(!v1.find("sequence"));
    }

    // ---- isolation

    void stopsFramesOfOtherUsers()
    {
        TestHub hub;
        QVERIFY(hub.start());
        WsClient ada(hub.port());
        QVERIFY(ada.open("/chat/ws/ada/s"));
        QVERIFY(until([&] { return hub.count<SocketOpened>() == 1; }));
        const ConnectionKey key = lastOpened(hub);
        hub.send(key, Broadcast{tokenFor(hub, "eve", 1, "secret"), {key.serial}});
        hub.send(key, Unicast{key, progressFor(hub, "eve", "secret"), false});
        hub.send(key, ReplayPart{key, {tokenFor(hub, "eve", 2, "secret")}});
        hub.send(key, Unicast{key, progressFor(hub, "ada", "hers"), false});
        const auto frame = ada.frame();
        QCOMPARE(std::get<wire::SystemMessage>(frame.frame.body).message, std::string("hers"));
        QCOMPARE(frame.sequence, std::uint64_t(1));
        QVERIFY(until([&] { return hub.counters(key.edge).isolationViolations == 3; }));
        QCOMPARE(hub.log().count("isolation.violation"), 3);
    }

    // ---- limits

    void limitsTheRateOfMessages()
    {
        EdgeSettings settings = quickSettings();
        settings.limits.messageBurst = 5;
        settings.limits.messagesPerSecond = 0.5;
        settings.limits.rateRefusals = 10;
        TestHub hub(settings);
        QVERIFY(hub.start());
        WsClient client(hub.port());
        QVERIFY(client.open());
        for (int i = 0; i < 14; ++i)
            client.text(chatJson("c" + std::to_string(i), "x"));
        const auto refused = client.frame();
        const auto &error = std::get<wire::ErrorFrame>(refused.frame.body);
        QCOMPARE(error.code, Code::RateLimited);
        QCOMPARE(*error.ref, std::string("c5"));
        QVERIFY(error.retryable);
        QVERIFY(*error.retryAfterMs > 1000 && *error.retryAfterMs <= 2000);
        QCOMPARE(hub.count<ClientMessage>(), 5);
        client.text(pingJson("p"));
        QCOMPARE(client.closeCode(), std::uint16_t(4102));
        QVERIFY(until([&] { return hub.count<ConnectionGone>() == 1; }));
        QCOMPARE(hub.all<ConnectionGone>().front()->closeCode, std::uint16_t(4102));
    }

    void explainsMalformedFramesAndEndsThoseWhoKeepAtIt()
    {
        TestHub hub;
        QVERIFY(hub.start());
        WsClient client(hub.port());
        QVERIFY(client.open());
        client.text(R"({"type":"chat","id":"c1","content":7})");
        const auto answer = client.frame();
        const auto &error = std::get<wire::ErrorFrame>(answer.frame.body);
        QCOMPARE(error.code, Code::Invalid);
        QCOMPARE(*error.ref, std::string("c1"));
        QCOMPARE(error.errors.front().pointer, std::string("/content"));
        QVERIFY(error.correlationId);
        client.text(pingJson("p"));
        QCOMPARE(*std::get<wire::Pong>(client.frame().frame.body).ref, std::string("p"));
        const std::string deep = std::string(40, '[') + std::string(40, ']');
        for (const std::string &bad : {std::string("{"), std::string("[]"), std::string("\"x\""), deep,
                                       std::string(R"({"type":"nonsense","id":"x"})"), std::string(R"({"id":"x"})"),
                                       std::string(R"({"type":"chat","id":"","content":"x"})"), std::string("null")}) {
            client.text(bad);
            QCOMPARE(std::get<wire::ErrorFrame>(client.frame().frame.body).code, Code::Invalid);
        }
        client.text("{}"); // the tenth
        QCOMPARE(client.closeCode(), std::uint16_t(4009));
        QVERIFY(until([&] { return hub.counters(lastOpened(hub).edge).validationFailures.contains("INVALID"); }));
    }

    void measuresMessagesInBytes()
    {
        TestHub hub;
        QVERIFY(hub.start());
        const std::size_t around = chatJson("c", "").size();
        const auto chat = [&](std::size_t bytes) {
            std::string text;
            while (around + text.size() + 2 <= bytes)
                text += "\xc3\xa4"; // two bytes, one UTF-16 unit
            text += std::string(bytes - around - text.size(), 'x');
            return chatJson("c", text);
        };
        WsClient client(hub.port());
        QVERIFY(client.open());
        client.text(chat(65536));
        QVERIFY(until([&] { return hub.count<ClientMessage>() == 1; }));
        QCOMPARE(hub.all<ClientMessage>().front()->bytes, std::size_t(65536));
        client.text(chat(65537));
        QCOMPARE(client.closeCode(), std::uint16_t(1009));
        WsClient broken(hub.port());
        QVERIFY(broken.open());
        broken.text("\"\xc3\x28\"");
        QCOMPARE(broken.closeCode(), std::uint16_t(1007));
    }

    void waitsForAHello()
    {
        EdgeSettings settings = quickSettings();
        settings.limits.hello = 300ms;
        TestHub hub(settings);
        hub.admit = [&](const AdmissionRequest &request) -> Result<Admission> {
            return Admission{hub.ids().make<ConnectionId>(), {}, request.mayHello};
        };
        QVERIFY(hub.start());

        WsClient silent(hub.port());
        QVERIFY(silent.open());
        QVERIFY(hub.all<AdmissionRequest>().back()->mayHello);
        WsClient hasty(hub.port());
        QVERIFY(hasty.open());
        hasty.text(chatJson("c", "x"));
        const auto refused = hasty.frame();
        QCOMPARE(std::get<wire::ErrorFrame>(refused.frame.body).code, Code::Unauthenticated);
        QCOMPARE(*std::get<wire::ErrorFrame>(refused.frame.body).ref, std::string("c"));
        QCOMPARE(hasty.closeCode(), std::uint16_t(4001));
        WsClient large(hub.port());
        QVERIFY(large.open());
        large.text(helloJson(std::string(4096, 'x')));
        QCOMPARE(large.closeCode(), std::uint16_t(1009));
        QCOMPARE(silent.closeCode(), std::uint16_t(4008));
        QCOMPARE(hub.count<ClientMessage>(), 0);
    }

    void holdsWhatFollowsAHelloUntilItIsAnswered()
    {
        TestHub hub;
        hub.admit = [&](const AdmissionRequest &) -> Result<Admission> {
            return Admission{hub.ids().make<ConnectionId>(), {}, true};
        };
        QVERIFY(hub.start());
        WsClient client(hub.port());
        QVERIFY(client.open());
        client.send(WsFrame{.payload = helloJson("ork_x")}.bytes() + WsFrame{.payload = pingJson("p")}.bytes());
        QVERIFY(until([&] { return hub.count<ClientMessage>() == 1; }));
        const ConnectionKey key = lastOpened(hub);
        // Not even a frame of the user that it claims to be goes out before.
        hub.send(key, Broadcast{tokenFor(hub, "ada", 1, "secret"), {key.serial}});
        QTest::qWait(50);
        QVERIFY(client.received.empty());
        hub.send(key, Authenticated{key, Principal{"ada", Role::Client, false, "t", {}}});
        const auto pong = client.frame();
        QCOMPARE(*std::get<wire::Pong>(pong.frame.body).ref, std::string("p"));
        QCOMPARE(pong.frame.userId, std::string("ada"));
        // The small limit of the pool is lifted.
        client.text(chatJson("c", std::string(60000, 'x')));
        QVERIFY(until([&] { return hub.count<ClientMessage>() == 2; }));
    }

    void keepsThePoolOfThoseWithoutAHelloSmall()
    {
        TestHub hub;
        hub.admit = [&](const AdmissionRequest &) -> Result<Admission> {
            return Admission{hub.ids().make<ConnectionId>(), {}, true};
        };
        QVERIFY(hub.start());
        std::vector<std::unique_ptr<WsClient>> clients;
        for (int i = 0; i < 4; ++i) {
            clients.push_back(std::make_unique<WsClient>(hub.port()));
            QVERIFY(clients.back()->open());
        }
        WsClient fifth(hub.port());
        QCOMPARE(fifth.upgrade("/chat/ws/ada/s", WsClient::offering("orchestra.v2.json")).status, 503);
        QVERIFY(until([&] { return hub.count<ConnectionGone>() == 1; }));
        // One says who it is and leaves the pool, another leaves altogether.
        const ConnectionKey first = hub.all<SocketOpened>().front()->connection;
        hub.send(first, Authenticated{first, Principal{"ada", Role::Client, false, "t", {}}});
        clients.back()->socket().abort();
        QVERIFY(until([&] { return WsClient(hub.port()).open(); }));
        WsClient seventh(hub.port());
        QVERIFY(until([&] { return hub.count<ConnectionGone>() >= 2; }));
    }

    void endsIdleConnections()
    {
        EdgeSettings settings = quickSettings();
        settings.limits.idle = 300ms;
        TestHub hub(settings);
        QVERIFY(hub.start());
        WsClient idle(hub.port());
        QVERIFY(idle.open());
        WsClient busy(hub.port());
        QVERIFY(busy.open());
        WsClient console(hub.port());
        QVERIFY(console.open("/ops/ws", "orchestra.ops.v1.protobuf"));
        QTimer talking;
        QObject::connect(&talking, &QTimer::timeout, &talking,
                         [&] { busy.send(WsFrame{.opcode = WsFrame::Ping, .payload = {}}.bytes()); });
        talking.start(100);
        QCOMPARE(idle.closeCode(), std::uint16_t(4203));
        QTest::qWait(300);
        QVERIFY(!busy.isClosed());
        QVERIFY(!console.isClosed());
    }

    // ---- slow readers

    void endsReadersThatAreTooSlowAndNobodyElse()
    {
        TestHub hub;
        QVERIFY(hub.start());
        WsClient slow(hub.port());
        slow.socket().setReadBufferSize(4096);
        slow.isReading = false;
        slow.send(WsClient::request("/chat/ws/ada/s", WsClient::offering("orchestra.v2.json")));
        QVERIFY(until([&] { return hub.count<SocketOpened>() == 1; }));
        const ConnectionKey slowKey = lastOpened(hub);
        WsClient quick(hub.port());
        QVERIFY(quick.open());
        QVERIFY(until([&] { return hub.count<SocketOpened>() == 2; }));
        const ConnectionKey quickKey = lastOpened(hub);

        std::uint64_t sent = 0;
        while (hub.count<ConnectionGone>() == 0 && sent < 2000) {
            const EventPtr event = tokenFor(hub, "ada", ++sent, std::string(20000, 'x'));
            hub.send(slowKey, Unicast{slowKey, progressFor(hub, "ada", "droppable"), true});
            hub.send(slowKey, Broadcast{event, {slowKey.serial}});
            hub.send(quickKey, Broadcast{event, {quickKey.serial}});
            const auto decoded = quick.frame();
            QCOMPARE(decoded.sequence, sent);
        }
        QCOMPARE(hub.count<ConnectionGone>(), 1);
        QCOMPARE(hub.all<ConnectionGone>().front()->connection, slowKey);
        QCOMPARE(hub.all<ConnectionGone>().front()->closeCode, std::uint16_t(4101));
        QVERIFY(until([&] {
            std::uint64_t slowOnes = 0;
            std::uint64_t dropped = 0;
            for (auto &[edge, report] : hub.reports) {
                slowOnes += report.counters->slowConsumers;
                dropped += report.counters->droppedProgress;
            }
            return slowOnes == 1 && dropped > 0;
        }));
    }

    void asksForThePartAfterTheNext()
    {
        TestHub hub;
        QVERIFY(hub.start());
        WsClient client(hub.port());
        QVERIFY(client.open());
        QVERIFY(until([&] { return hub.count<SocketOpened>() == 1; }));
        const ConnectionKey key = lastOpened(hub);
        std::uint64_t offset = 0;
        for (int part = 1; part <= 3; ++part) {
            ReplayPart replay{key, {}};
            for (int i = 0; i < 10; ++i)
                replay.events.push_back(tokenFor(hub, "ada", ++offset, std::string(20000, 'x')));
            client.isReading = part != 2;
            hub.send(key, std::move(replay));
            if (part == 2) {
                // 200 kB against an unread socket: the kernel takes it all, so only a larger part would wait.
                client.isReading = true;
                Q_EMIT client.socket().readyRead();
            }
            QVERIFY(until([&] { return hub.count<PartDrained>() == part; }));
        }
        for (std::uint64_t i = 1; i <= offset; ++i)
            QCOMPARE(*client.frame().frame.offset, i);
        hub.send(key, ReplayPart{key, {}});
        QVERIFY(until([&] { return hub.count<PartDrained>() == 4; }));
    }

    void stopsReadingWhileTheHubIsFull()
    {
        TestHub hub(quickSettings(), 8);
        EdgeSettings settings;
        QVERIFY(hub.start());
        WsClient client(hub.port());
        QVERIFY(client.open());
        QVERIFY(until([&] { return hub.count<SocketOpened>() == 1; }));
        hub.stall();
        for (int i = 0; i < 30; ++i)
            client.text(chatJson("c" + std::to_string(i), "x"));
        QTest::qWait(150);
        hub.listen();
        QVERIFY(until([&] { return hub.count<ClientMessage>() == 30; }));
        for (int i = 0; i < 30; ++i)
            QCOMPARE(std::get<wire::Chat>(hub.all<ClientMessage>()[static_cast<std::size_t>(i)]->frame).id,
                     "c" + std::to_string(i));
        client.text(pingJson("p"));
        QVERIFY(std::holds_alternative<wire::Pong>(client.frame().frame.body));
    }

    void closesThoseWhomAFullEdgeCannotServe()
    {
        EdgeSettings settings = quickSettings();
        settings.threads = 1;
        settings.mailboxCapacity = 100;
        TestHub hub(settings);
        QVERIFY(hub.start());
        WsClient flooded(hub.port());
        QVERIFY(flooded.open());
        WsClient other(hub.port());
        QVERIFY(other.open());
        QVERIFY(until([&] { return hub.count<SocketOpened>() == 2; }));
        const ConnectionKey key = hub.all<SocketOpened>().front()->connection;
        const EventPtr event = tokenFor(hub, "ada", 1, std::string(2000, 'x'));
        // Faster than the edge can encode them: at some point the mailbox is full.
        for (int i = 0; i < 200000 && hub.edge().refused() == 0; ++i)
            hub.send(key, Unicast{key, event->frame, false});
        QVERIFY(hub.edge().refused() > 0);
        hub.send(key, Unicast{key, event->frame, false});
        QCOMPARE(flooded.closeCode(), std::uint16_t(4101));
        other.text(pingJson("p"));
        QVERIFY(std::holds_alternative<wire::Pong>(other.frame().frame.body));
        QVERIFY(until([&] { return hub.count<ConnectionGone>() == 1; }));
    }

    // ---- the end

    void closesWithTheCodeThatTheHubSays()
    {
        TestHub hub;
        QVERIFY(hub.start());
        WsClient client(hub.port());
        QVERIFY(client.open());
        QVERIFY(until([&] { return hub.count<SocketOpened>() == 1; }));
        const ConnectionKey key = lastOpened(hub);
        wire::ServerFrame drain = progressFor(hub, "ada", {});
        drain.body = wire::Drain{1500, "restart"};
        hub.send(key, Unicast{key, drain, false});
        hub.send(key, CloseConnection{key, 1001, "going away"});
        hub.send(key, Unicast{key, drain, false});
        hub.send(key, CloseConnection{key, 4007, "twice"});
        QCOMPARE(std::get<wire::Drain>(client.frame().frame.body).retryAfterMs, std::uint64_t(1500));
        QCOMPARE(client.closeCode(), std::uint16_t(1001));
        QCOMPARE(client.closeReason, std::string("going away"));
        client.send(closeFrame(1001).bytes());
        QVERIFY(client.waitClosed());
        QVERIFY(until([&] { return hub.count<ConnectionGone>() == 1; }));
        QCOMPARE(hub.all<ConnectionGone>().front()->closeCode, std::uint16_t(1001));
        QTest::qWait(30);
        QCOMPARE(hub.count<ConnectionGone>(), 1);
    }

    void tellsHowAPeerHasGone()
    {
        TestHub hub;
        QVERIFY(hub.start());
        WsClient polite(hub.port());
        QVERIFY(polite.open());
        polite.send(closeFrame(1000, "bye").bytes());
        QCOMPARE(polite.closeCode(), std::uint16_t(1000));
        QVERIFY(until([&] { return hub.count<ConnectionGone>() == 1; }));
        QCOMPARE(hub.all<ConnectionGone>().back()->closeCode, std::uint16_t(1000));
        QCOMPARE(hub.all<ConnectionGone>().back()->reason, std::string("bye"));
        WsClient rude(hub.port());
        QVERIFY(rude.open());
        rude.socket().abort();
        QVERIFY(until([&] { return hub.count<ConnectionGone>() == 2; }));
        QCOMPARE(hub.all<ConnectionGone>().back()->closeCode, std::uint16_t(1006));
    }

    void endsCleanlyWithOpenConnections()
    {
        std::vector<std::unique_ptr<WsClient>> clients;
        TestHub hub;
        QVERIFY(hub.start());
        for (int i = 0; i < 10; ++i) {
            clients.push_back(std::make_unique<WsClient>(hub.port()));
            QVERIFY(clients.back()->open());
        }
        hub.edge().stop();
        for (auto &client : clients)
            QVERIFY(client->waitClosed());
    }

    // ---- what is told about connections

    void reportsWhatConnectionsDo()
    {
        EdgeSettings settings = quickSettings();
        settings.threads = 1;
        TestHub hub(settings);
        QVERIFY(hub.start());
        WsClient client(hub.port());
        QVERIFY(client.open());
        client.text(pingJson("p"));
        QVERIFY(std::holds_alternative<wire::Pong>(client.frame().frame.body));
        const ConnectionKey key = lastOpened(hub);
        QVERIFY(until([&] { return hub.counters(0).framesOut == 1; }));
        QVERIFY(hub.reports[0].connections.empty()); // nobody watches
        hub.edge().send(0, WatchConnections{true});
        QVERIFY(until([&] { return hub.reports[0].connections.size() == 1; }));
        const ConnectionStats &stats = hub.reports[0].connections.front();
        QCOMPARE(stats.connection, key);
        QCOMPARE(stats.framesIn, std::uint64_t(1));
        QCOMPARE(stats.framesOut, std::uint64_t(1));
        QCOMPARE(stats.sequence, std::uint64_t(1));
        QVERIFY(stats.bytesIn > 20 && stats.bytesOut > 100);
        QVERIFY(until([&] { return hub.reports[0].connections.empty(); })); // nothing has changed since

        hub.edge().send(0, FramesWanted{key, 7});
        QVERIFY(until([&] { return hub.count<FrameHistory>() == 1; }));
        const FrameHistory &history = *hub.all<FrameHistory>().front();
        QCOMPARE(history.query, std::uint64_t(7));
        QCOMPARE(history.frames.size(), std::size_t(2));
        QCOMPARE(history.frames[0].type, std::string("ping"));
        QVERIFY(!history.frames[0].outbound);
        QCOMPARE(history.frames[1].type, std::string("pong"));
        QCOMPARE(history.frames[1].sequence, std::uint64_t(1));
        QCOMPARE(hub.counters(0).sequenceGaps, std::uint64_t(0));
        QCOMPARE(hub.counters(0).opened, std::uint64_t(1));
        QVERIFY(hub.counters(0).httpRequests.contains("GET /chat/ws/{client_id}/{session_id} 101 none"));
    }

    // ---- consoles

    void carriesOperationsFrames()
    {
        TestHub hub;
        QVERIFY(hub.start());
        WsClient console(hub.port());
        QVERIFY(console.open("/ops/ws", "orchestra.ops.v1.protobuf"));
        std::string bytes;
        wire::encodeOpsClient(wire::OpsPing{"p1"}, bytes);
        console.binary(bytes);
        QVERIFY(until([&] { return hub.count<OpsMessage>() == 1; }));
        QCOMPARE(std::get<wire::OpsPing>(hub.all<OpsMessage>().front()->frame).id, std::string("p1"));
        const ConnectionKey key = lastOpened(hub);
        wire::TopicSnapshot snapshot;
        snapshot.topic = wire::Topic::Breakers;
        snapshot.last = false;
        hub.send(key, OpsOut{key, snapshot});
        QVERIFY(until([&] { return hub.count<PartDrained>() == 1; }));
        snapshot.last = true;
        hub.send(key, OpsOut{key, snapshot});
        wire::JsonReader reader;
        for (std::uint64_t i = 1; i <= 2; ++i) {
            const auto decoded = wire::decodeOpsServer(reader, console.next().payload);
            QVERIFY(decoded);
            QCOMPARE(decoded->sequence, i);
            QCOMPARE(std::get<wire::TopicSnapshot>(decoded->frame).last, i == 2);
        }
        QTest::qWait(30);
        QCOMPARE(hub.count<PartDrained>(), 1);
        console.binary("\xff\xff\xff");
        const auto refused = wire::decodeOpsServer(reader, console.next().payload);
        QCOMPARE(std::get<wire::OpsReply>(refused->frame).error->code, Code::Invalid);
        console.text("{}");
        QCOMPARE(console.closeCode(), std::uint16_t(1003));
    }

    void letsAnOperatorIntoAFullServer()
    {
        EdgeSettings settings = quickSettings();
        settings.limits.maxConnections = 1;
        settings.limits.preAuthConnections = 0;
        settings.httpConnections = 1;
        settings.opsConnections = 2;
        TestHub hub(settings);
        QVERIFY(hub.start());
        WsClient first(hub.port());
        QVERIFY(first.open());
        WsClient second(hub.port());
        QVERIFY(second.open());
        WsClient third(hub.port());
        QCOMPARE(third.upgrade("/chat/ws/ada/s").status, 503);
        WsClient console(hub.port());
        QVERIFY(console.open("/ops/ws", "orchestra.ops.v1.protobuf"));
        WsClient otherConsole(hub.port());
        QVERIFY(otherConsole.open("/ops/ws", "orchestra.ops.v1.protobuf"));
        WsClient oneTooMany(hub.port());
        QCOMPARE(oneTooMany.upgrade("/ops/ws", WsClient::offering("orchestra.ops.v1.protobuf")).status, 503);
    }
};

QTEST_GUILESS_MAIN(TstEdgeChat)
#include "tst_edge_chat.moc"
