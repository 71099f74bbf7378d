// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/frame_socket.h"
#include "tests/support/echo_thread.h"

#include <QEventLoop>
#include <QRegularExpression>
#include <QTest>
#include <QTimer>

#include <arpa/inet.h>
#include <fstream>
#include <random>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

WsFrame text(std::string payload, bool isFinal = true)
{
    return {.payload = std::move(payload), .isFinal = isFinal};
}

WsFrame more(std::string payload, bool isFinal)
{
    return {.opcode = WsFrame::Continuation, .payload = std::move(payload), .isFinal = isFinal};
}

/// A plain wire that counts the writes.
class CountingWire final : public Wire
{
public:
    CountingWire(int descriptor, int &writes)
        : wire_(openPlainWire(descriptor))
        , forward_(*this)
        , writes_(writes)
    {
        wire_->tell(&forward_);
    }

    bool isTls() const override { return false; }
    bool isReady() const override { return true; }
    std::ptrdiff_t read(std::span<char> buffer) override { return wire_->read(buffer); }
    bool resume() override { return wire_->resume(); }
    bool write(std::string_view bytes) override
    {
        ++writes_;
        return wire_->write(bytes);
    }
    std::size_t readAhead() const override { return wire_->readAhead(); }
    std::size_t unsent() const override { return wire_->unsent(); }
    void shutWrite() override { wire_->shutWrite(); }
    void finish() override { wire_->finish(); }
    bool isFinishing() const override { return wire_->isFinishing(); }
    void abort() override { wire_->abort(); }

private:
    struct Forward final : WireListener
    {
        explicit Forward(CountingWire &wire)
            : wire(wire)
        {
        }
        void onReadable() override { wire.listener()->onReadable(); }
        void onTaken() override { wire.listener()->onTaken(); }
        void onWireGone() override
        {
            if (wire.listener())
                wire.listener()->onWireGone();
        }
        CountingWire &wire;
    };

    const std::unique_ptr<Wire> wire_;
    Forward forward_;
    int &writes_;
};

/// A descriptor connected to `probe`.
int acceptFrom(WsProbe &probe)
{
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener, reinterpret_cast<sockaddr *>(&address), size);
    ::listen(listener, 1);
    ::getsockname(listener, reinterpret_cast<sockaddr *>(&address), &size);
    if (!probe.connect(ntohs(address.sin_port)))
        qFatal("cannot connect to oneself");
    const int descriptor = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
    ::close(listener);
    return descriptor;
}

std::uint64_t violations(EchoThread &server, FrameViolation violation)
{
    return server.run([&](EchoServer &s) { return s.pool().totals().violations[std::size_t(violation)]; });
}

EchoSettings settingsFor(bool isTls)
{
    EchoSettings settings;
    if (isTls)
        settings.tls = TestCertificate::make();
    return settings;
}

FrameSocket &only(EchoServer &server)
{
    return server.connections().front()->socket();
}

template <class Condition>
bool eventually(Condition condition, std::chrono::milliseconds patience = 10s)
{
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline)
            return false;
        std::this_thread::yield();
    }
    return true;
}

} // namespace

Q_DECLARE_METATYPE(orchestra::FrameViolation)

/// A FrameSocket under QWebSocketServer on a LoopThread, seen by a client that sends whatever it likes.
class TstFrameSocket : public QObject
{
    Q_OBJECT

private:
    static void wires()
    {
        QTest::addColumn<bool>("isTls");
        QTest::newRow("plain") << false;
        QTest::newRow("TLS") << true;
    }
    static bool isEmpty(EchoThread &server)
    {
        return eventually([&] { return server.run([](EchoServer &s) { return s.pool().size() == 0; }); });
    }

private Q_SLOTS:
    // --- the way in

    void echoesMessagesOfEveryKind_data() { wires(); }
    void echoesMessagesOfEveryKind()
    {
        QFETCH(bool, isTls);
        EchoThread server(settingsFor(isTls));
        WsProbe probe = server.open();
        for (const std::size_t size : {0U, 1U, 125U, 126U, 1000U, 65535U, 65536U}) {
            for (const unsigned opcode : {WsFrame::Text, WsFrame::Binary}) {
                QVERIFY(probe.send({.opcode = opcode, .payload = std::string(size, 'y')}));
                const auto answer = probe.read();
                QVERIFY(answer);
                QCOMPARE(answer->opcode, opcode);
                QVERIFY(!answer->isMasked && answer->isFinal);
                QCOMPARE(answer->payload.size(), size);
            }
        }
        QVERIFY(probe.send({.opcode = WsFrame::Ping, .payload = "are you there"}));
        const auto pong = probe.read();
        QVERIFY(pong);
        QCOMPARE(pong->opcode, unsigned(WsFrame::Pong));
        QCOMPARE(pong->payload, std::string("are you there"));
    }

    void losesNoFrameThatIsGluedToTheHandshake_data() { wires(); }
    void losesNoFrameThatIsGluedToTheHandshake()
    {
        QFETCH(bool, isTls);
        EchoThread server(settingsFor(isTls));
        for (int round = 0; round < 20; ++round) {
            const std::string glued = text("first").bytes() + text("second").bytes().substr(0, std::size_t(round));
            WsProbe probe = server.open(0, glued);
            QCOMPARE(probe.read()->payload, std::string("first"));
            QVERIFY(probe.send(text("second").bytes().substr(std::size_t(round) % text("second").bytes().size())) ||
                    true);
        }
    }

    void hidesQtsOriginHeader()
    {
        EchoThread server;
        WsProbe probe;
        QVERIFY(probe.connect(server.port()));
        QVERIFY(probe.upgrade("/", "Origin: http://evil.example\r\n"));
        const QString reply = QString::fromStdString(probe.reply());
        QVERIFY(!reply.contains(QLatin1String("Access-Control")));
        QVERIFY(reply.contains(QLatin1String("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")));
    }

    void showsTheEngineAConnectedSocket()
    {
        EchoThread server;
        WsProbe probe = server.open();
        server.run([&](EchoServer &s) {
            QWebSocket &engine = s.connections().front()->engine();
            QVERIFY(engine.isValid());
            QCOMPARE(engine.state(), QAbstractSocket::ConnectedState);
        });
    }

    void endsAHandshakeThatQtRefuses()
    {
        EchoThread server;
        WsProbe probe;
        QVERIFY(probe.connect(server.port()));
        QVERIFY(probe.send("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                           "Sec-WebSocket-Version: 13\r\n\r\n"));
        QVERIFY(probe.waitForEnd());
        QVERIFY(isEmpty(server));
    }

    void givesUpAHandshakeThatNobodyCompletes()
    {
        EchoThread server;
        WsProbe probe;
        const int descriptor = acceptFrom(probe);
        server.run([&](EchoServer &s) { new FrameSocket(s.pool(), s.settings().limits, openPlainWire(descriptor)); });
        server.clock.advance(9s);
        QVERIFY(!probe.waitForEnd(100ms));
        server.clock.advance(2s);
        QVERIFY(probe.waitForEnd());
        QVERIFY(isEmpty(server));
        QCOMPARE(violations(server, FrameViolation::HandshakeTooSlow), std::uint64_t(1));
    }

    // --- inbound

    void mergesFragmentsBeforeQtSeesThem()
    {
        EchoThread server;
        WsProbe probe = server.open();
        const std::string euro = "\xe2\x82\xac";
        QVERIFY(probe.send(text(euro.substr(0, 1), false)));
        QVERIFY(probe.send({.opcode = WsFrame::Ping, .payload = "in between"}));
        QCOMPARE(probe.read()->payload, std::string("in between"));
        QVERIFY(probe.send(more(euro.substr(1, 1), false)));
        QVERIFY(probe.send(more(euro.substr(2), true)));
        const auto answer = probe.read();
        QVERIFY(answer);
        QCOMPARE(answer->payload, euro);
    }

    void keepsTheOrderOfManyMessagesInAnySegments_data() { wires(); }
    void keepsTheOrderOfManyMessagesInAnySegments()
    {
        QFETCH(bool, isTls);
        EchoThread server(settingsFor(isTls));
        WsProbe probe = server.open();
        std::mt19937 random(7);
        std::string stream;
        constexpr int kMessages = 2000;
        for (int i = 0; i < kMessages; ++i) {
            const std::string payload = std::to_string(i) + std::string(random() % 400, '.');
            if (i % 3 == 0)
                stream += text(payload.substr(0, 2), false).bytes() +
                          more(payload.substr(std::min<std::size_t>(2, payload.size())), true).bytes();
            else
                stream += text(payload).bytes();
        }
        std::thread writer([&] {
            for (std::size_t at = 0; at < stream.size();) {
                const std::size_t size = std::min<std::size_t>(1 + random() % 3000, stream.size() - at);
                if (!probe.send(std::string_view(stream).substr(at, size)))
                    return;
                at += size;
            }
        });
        writer.join();
        for (int i = 0; i < kMessages; ++i) {
            const auto answer = probe.read();
            QVERIFY(answer);
            QCOMPARE(std::atoi(answer->payload.c_str()), i);
        }
    }

    void closesWithTheCodeOfTheViolation_data()
    {
        QTest::addColumn<bool>("isTls");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("code");
        for (const bool isTls : {false, true}) {
            const auto row = [&](const char *name, const std::string &bytes, int code) {
                QTest::addRow("%s, %s", isTls ? "TLS" : "plain", name)
                    << isTls << QByteArray::fromStdString(bytes) << code;
            };
            row("unmasked", WsFrame{.payload = "x", .isMasked = false}.bytes(), 1002);
            row("reserved bit", WsFrame{.payload = "x", .reservedBits = 4}.bytes(), 1002);
            row("opcode", WsFrame{.opcode = 5, .payload = "x"}.bytes(), 1002);
            row("stray continuation", more("x", true).bytes(), 1002);
            row("long ping", WsFrame{.opcode = WsFrame::Ping, .payload = std::string(126, 'x')}.bytes(), 1002);
            row("bad length", WsFrame{.payload = "x", .lengthBytes = 8}.bytes(), 1002);
            row("too big", text(std::string(65537, 'x')).bytes(), 1009);
            row("claims to be too big", WsFrame{.payload = "", .claimedLength = 1ULL << 40}.bytes(), 1009);
            row("not UTF-8", text("\xff").bytes(), 1007);
            row("cut UTF-8", text("\xe2\x82").bytes(), 1007);
            row("cut UTF-8 in fragments", text("\xe2", false).bytes() + more("\x82", true).bytes(), 1007);
            row("close with a bad code", closeFrame(999).bytes(), 1002);
            row("close of one byte", WsFrame{.opcode = WsFrame::Close, .payload = "x"}.bytes(), 1002);
            std::string empties = text("", false).bytes();
            for (int i = 0; i < 20; ++i)
                empties += more("", false).bytes();
            row("empty fragments", empties, 4009);
            std::string pings;
            for (int i = 0; i < 30; ++i)
                pings += WsFrame{.opcode = WsFrame::Ping, .payload = "x"}.bytes();
            row("pings", pings, 4009);
        }
    }
    void closesWithTheCodeOfTheViolation()
    {
        QFETCH(bool, isTls);
        QFETCH(QByteArray, bytes);
        QFETCH(int, code);
        EchoThread server(settingsFor(isTls));
        WsProbe probe = server.open();
        // What came before the violation is served, what comes after is not.
        QVERIFY(probe.send(text("before").bytes() + bytes.toStdString() + text("after").bytes()));
        const auto answer = probe.read();
        QVERIFY(answer);
        QCOMPARE(answer->payload, std::string("before"));
        const auto close = probe.readClose();
        QVERIFY(close);
        QCOMPARE(int(*close), code);
        if (code == 1007) // Qt's own finding, so the stream goes on and an answer is waited for
            QVERIFY(probe.send(closeFrame(*close)));
        QVERIFY(probe.waitForEnd());
        QVERIFY(probe.hasEndedInOrder());
        QVERIFY(isEmpty(server));
    }

    void lingersSoThatTheCloseArrives()
    {
        // The client is still sending when it is refused: closing at once would reset the connection under it.
        EchoThread server;
        WsProbe probe = server.open();
        QVERIFY(probe.send(text(std::string(4'000'000, 'x'))));
        const auto close = probe.readClose();
        QVERIFY(close);
        QCOMPARE(*close, std::uint16_t(1009));
        QVERIFY(probe.waitForEnd());
        QVERIFY(probe.hasEndedInOrder());
        QVERIFY(server.run([](EchoServer &s) { return s.pool().totals().bytesIn; }) >= 4'000'000);
    }

    void doesNotLingerForEver()
    {
        EchoThread server;
        WsProbe probe = server.open();
        QVERIFY(!probe.send(text(std::string(64'000'000, 'x'))));
        QVERIFY(isEmpty(server));
        QVERIFY(server.run([](EchoServer &s) { return s.pool().totals().bytesIn; }) < 16'000'000);

        // Nor with one who trickles: the close deadline holds for it too.
        WsProbe slow = server.open();
        QVERIFY(slow.send(WsFrame{.payload = "x", .isMasked = false}.bytes()));
        QVERIFY(slow.readClose());
        for (int i = 0; i < 40 && slow.send("x"); ++i) {
            server.clock.advance(100ms);
            std::this_thread::sleep_for(5ms);
        }
        QVERIFY(isEmpty(server));
    }

    void tellsTheOwnerBeforeItCloses()
    {
        std::vector<FrameViolation> seen;
        EchoThread server({}, [&](EchoServer &s) {
            s.onOpened([&](EchoConnection &c) {
                c.violated = [&](FrameViolation violation) {
                    seen.push_back(violation);
                    c.engine().close(static_cast<QWebSocketProtocol::CloseCode>(4007), QStringLiteral("mine"));
                };
            });
        });
        WsProbe probe = server.open();
        QVERIFY(probe.send({.payload = "x", .isMasked = false}));
        const auto close = probe.read();
        QVERIFY(close);
        QCOMPARE(closeCodeOf(*close), std::uint16_t(4007));
        QCOMPARE(close->payload.substr(2), std::string("mine"));
        QVERIFY(probe.waitForEnd());
        QCOMPARE(seen, std::vector<FrameViolation>{FrameViolation::Unmasked});
    }

    void givesAMessageTenSeconds_data() { wires(); }
    void givesAMessageTenSeconds()
    {
        QFETCH(bool, isTls);
        EchoThread server(settingsFor(isTls));
        WsProbe probe = server.open();
        const std::string bytes = text("a slow message").bytes();
        for (std::size_t i = 0; i < 9; ++i) {
            QVERIFY(probe.send(bytes.substr(i, 1)));
            QVERIFY(eventually(
                [&] { return server.run([&](EchoServer &s) { return only(s).counters().bytesIn; }) == i + 1; }));
            server.clock.advance(1s);
        }
        QVERIFY(!probe.readClose(100ms));
        server.clock.advance(2s);
        const auto close = probe.readClose();
        QVERIFY(close);
        QCOMPARE(*close, std::uint16_t(4101));
        QVERIFY(probe.waitForEnd());
        QCOMPARE(violations(server, FrameViolation::MessageTooSlow), std::uint64_t(1));
    }

    void doesNotHurryAnIdleConnection()
    {
        EchoThread server;
        WsProbe probe = server.open();
        QVERIFY(probe.send(text("x")));
        QVERIFY(probe.read());
        server.clock.advance(24h);
        QVERIFY(!probe.readClose(100ms));
        QVERIFY(probe.send(text("y")));
        QVERIFY(probe.read());
    }

    void takesNewLimits()
    {
        EchoSettings settings;
        settings.limits.messageBytes = 100;
        static const FrameLimits kMore;
        EchoThread server(settings);
        WsProbe small = server.open();
        QVERIFY(small.send(text(std::string(101, 'x'))));
        QCOMPARE(*small.readClose(), std::uint16_t(1009));
        QVERIFY(small.waitForEnd());
        QVERIFY(isEmpty(server));

        WsProbe large = server.open();
        server.run([](EchoServer &s) { only(s).setLimits(kMore); });
        QVERIFY(large.send(text(std::string(60'000, 'x'))));
        QCOMPARE(large.read()->payload.size(), std::size_t(60'000));
    }

    // --- pausing

    void holdsBackMessagesWhilePaused_data() { wires(); }
    void holdsBackMessagesWhilePaused()
    {
        QFETCH(bool, isTls);
        std::vector<std::string> got;
        EchoThread server(settingsFor(isTls), [&](EchoServer &s) {
            s.onOpened([&](EchoConnection &c) {
                // Pauses in the handler of every message, as an edge does whose mailbox is full.
                QObject::connect(&c.engine(), &QWebSocket::textMessageReceived, &c.engine(),
                                 [&](const QString &message) {
                                     got.push_back(message.toStdString());
                                     c.socket().pauseReading();
                                 });
            });
        });
        WsProbe probe = server.open();
        std::string stream;
        for (int i = 0; i < 10; ++i)
            stream += i % 2 ? text(std::to_string(i), false).bytes() + more("", true).bytes()
                            : text(std::to_string(i)).bytes();
        QVERIFY(probe.send(stream + closeFrame(1000).bytes()));
        for (std::size_t i = 1; i <= 10; ++i) {
            QVERIFY(eventually([&] { return server.run([&](EchoServer &) { return got.size(); }) == i; }));
            server.clock.advance(30s); // no deadline runs while it is paused
            QVERIFY(!probe.readClose(20ms));
            QCOMPARE(server.run([&](EchoServer &) { return got.size(); }), i);
            server.run([](EchoServer &s) { only(s).resumeReading(); });
        }
        QCOMPARE(got, (std::vector<std::string>{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}));
        QCOMPARE(*probe.readClose(), std::uint16_t(1000));
        QVERIFY(probe.waitForEnd());
        QVERIFY(isEmpty(server));
    }

    void countsTheMessageDeadlineWithoutThePause()
    {
        EchoThread server;
        WsProbe probe = server.open();
        const std::string bytes = text("hello").bytes();
        QVERIFY(probe.send(bytes.substr(0, 3)));
        QVERIFY(eventually([&] { return server.run([](EchoServer &s) { return only(s).counters().bytesIn; }) == 3; }));
        server.clock.advance(6s);
        server.run([](EchoServer &s) { only(s).pauseReading(); });
        server.clock.advance(60s);
        server.run([](EchoServer &s) { only(s).resumeReading(); });
        server.clock.advance(3s);
        QVERIFY(!probe.readClose(50ms));
        server.clock.advance(2s);
        QCOMPARE(*probe.readClose(), std::uint16_t(4101));
    }

    void leavesTheBytesWithThePeerWhilePaused_data() { wires(); }
    void leavesTheBytesWithThePeerWhilePaused()
    {
        QFETCH(bool, isTls);
        EchoThread server(settingsFor(isTls));
        WsProbe probe = server.open();
        server.run([](EchoServer &s) { only(s).pauseReading(); });
        const std::string chunk = text(std::string(60'000, 'x')).bytes();
        std::size_t sent = 0;
        // Until the kernel's buffers are full for good.
        for (int idle = 0; idle < 20;) {
            const std::size_t size = probe.sendSome(chunk);
            sent += size;
            idle = size == 0 ? idle + 1 : 0;
            if (size == 0)
                std::this_thread::sleep_for(10ms);
            QVERIFY(sent < 100'000'000);
        }
        if (isTls) {
            const std::size_t ahead = server.run([](EchoServer &s) { return only(s).wire().readAhead(); });
            // QSslSocket looks at its limit before it decrypts a batch, not after.
            QVERIFY2(ahead <= 3 * 65536, qPrintable(QString::number(ahead)));
        }
        const auto before = server.cpu();
        std::this_thread::sleep_for(200ms);
        QVERIFY(server.cpu() - before < 20ms); // waiting, not spinning
    }

    // --- outbound

    void sendsTheFramesOfATurnWithOneWrite()
    {
        EchoThread server;
        WsProbe probe;
        const int descriptor = acceptFrom(probe);
        int writes = 0;
        QWebSocketServer *engines = nullptr;
        FrameSocket *socket = nullptr;
        std::unique_ptr<QWebSocket> engine;
        server.run([&](EchoServer &s) {
            socket = new FrameSocket(s.pool(), s.settings().limits, std::make_unique<CountingWire>(descriptor, writes));
            socket->offerHandshake(
                "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: "
                "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                {});
            engines = new QWebSocketServer(QStringLiteral("x"), QWebSocketServer::NonSecureMode, &s);
            QObject::connect(engines, &QWebSocketServer::newConnection, engines, [&] {
                engine.reset(engines->nextPendingConnection());
                socket->start(*engine);
            });
            engines->handleConnection(socket);
        });
        QVERIFY(probe.readReply());
        server.run([&](EchoServer &) { writes = 0; });
        server.run([&](EchoServer &) {
            for (int i = 0; i < 20; ++i) {
                engine->sendTextMessage(QString::number(i));
                socket->writeFrame(std::string_view("\x81\x03", 2), "raw", "");
            }
        });
        for (int i = 0; i < 20; ++i) {
            QCOMPARE(probe.read()->payload, std::to_string(i));
            QCOMPARE(probe.read()->payload, std::string("raw"));
        }
        server.run([&](EchoServer &) {
            QCOMPARE(writes, 1);
            QCOMPARE(socket->counters().framesOut, std::uint64_t(20));
            engine.reset();
        });
    }

    void tellsWhenItHasDrained_data() { wires(); }
    void tellsWhenItHasDrained()
    {
        QFETCH(bool, isTls);
        int drained = 0;
        EchoThread server(settingsFor(isTls), [&](EchoServer &s) {
            s.onOpened([&](EchoConnection &c) { c.drained = [&] { ++drained; }; });
        });
        WsProbe probe = server.open(4096);
        const auto write = [&](std::size_t bytes) {
            return server.run([&](EchoServer &s) {
                std::string head;
                appendFrameHead(FrameEncoding::Binary, bytes, head);
                only(s).writeFrame(head, std::string(bytes, 'x'), {});
                return only(s).bytesUnsent();
            });
        };
        QVERIFY(write(1000) >= 1000);
        QVERIFY(probe.read());
        QVERIFY(write(60'000) >= 60'000); // below the mark: nobody needs to know
        QVERIFY(probe.read());
        QCOMPARE(server.run([&](EchoServer &) { return drained; }), 0);
        QVERIFY(write(1'500'000) >= 1'500'000);
        const auto frame = probe.read();
        QVERIFY(frame);
        QCOMPARE(frame->payload.size(), std::size_t(1'500'000));
        QVERIFY(eventually([&] { return server.run([&](EchoServer &) { return drained; }) == 1; }));
        QCOMPARE(server.run([](EchoServer &s) { return only(s).bytesUnsent(); }), std::size_t(0));
    }

    void stopsReadingAboveTheHighWaterMark_data() { wires(); }
    void stopsReadingAboveTheHighWaterMark()
    {
        QFETCH(bool, isTls);
        // A server without back-pressure of its own: every message is answered through Qt.
        EchoThread server(settingsFor(isTls), [](EchoServer &s) {
            s.onOpened([](EchoConnection &c) {
                QObject::disconnect(&c.engine(), &QWebSocket::textMessageReceived, &c, nullptr);
                QObject::connect(&c.engine(), &QWebSocket::textMessageReceived, &c.engine(),
                                 [&c](const QString &message) { c.engine().sendTextMessage(message); });
            });
        });
        WsProbe probe = server.open(4096);
        constexpr int kMessages = 1000;
        std::string stream;
        for (int i = 0; i < kMessages; ++i)
            stream += text(std::to_string(i) + std::string(20'000, '.')).bytes();
        std::size_t sent = 0;
        for (int idle = 0; idle < 20;) {
            const std::size_t size = probe.sendSome(std::string_view(stream).substr(sent));
            sent += size;
            idle = size == 0 ? idle + 1 : 0;
            if (size == 0)
                std::this_thread::sleep_for(10ms);
        }
        QVERIFY(sent < stream.size());
        // One read, 128 KiB at most, may come on top of the mark.
        const auto unsent = server.run([](EchoServer &s) { return only(s).bytesUnsent(); });
        QVERIFY2(unsent <= 256 * 1024 + 128 * 1024 + 32 * 1024, qPrintable(QString::number(unsent)));
        // And it goes on when the peer reads again, in order and without loss.
        int received = 0;
        const auto deadline = std::chrono::steady_clock::now() + 30s;
        while (received < kMessages && std::chrono::steady_clock::now() < deadline) {
            if (sent < stream.size())
                sent += probe.sendSome(std::string_view(stream).substr(sent));
            while (const auto answer = probe.read(1ms))
                QCOMPARE(std::atoi(answer->payload.c_str()), received++);
        }
        QCOMPARE(received, kMessages);
    }

    void cutsAPeerThatTakesNothing_data() { wires(); }
    void cutsAPeerThatTakesNothing()
    {
        QFETCH(bool, isTls);
        EchoThread server(settingsFor(isTls));
        WsProbe probe = server.open(4096);
        const auto send = [](EchoServer &s) {
            s.connections().front()->engine().sendBinaryMessage(QByteArray(1'900'000, 'x'));
        };
        server.run(send);
        // Until the kernel has taken what it can.
        for (std::size_t last = 0, still = 0; still < 20;) {
            const std::size_t unsent = server.run([](EchoServer &s) { return only(s).bytesUnsent(); });
            still = unsent == last ? still + 1 : 0;
            last = unsent;
            std::this_thread::sleep_for(5ms);
        }
        server.clock.advance(9s);
        std::this_thread::sleep_for(50ms);
        QCOMPARE(server.run([](EchoServer &s) { return s.pool().size(); }), std::size_t(1));
        server.clock.advance(2s);
        QVERIFY(isEmpty(server));
        QCOMPARE(violations(server, FrameViolation::WriteStalled), std::uint64_t(1));
    }

    void doesNotCutAPeerThatTakesLittleByLittle()
    {
        EchoThread server;
        WsProbe probe = server.open(4096);
        server.run(
            [](EchoServer &s) { s.connections().front()->engine().sendBinaryMessage(QByteArray(1'900'000, 'x')); });
        std::size_t unsent = server.run([](EchoServer &s) { return only(s).bytesUnsent(); });
        while (unsent > 0) {
            server.clock.advance(9s);
            probe.read(1ms); // takes what has come so far
            std::size_t now = unsent;
            QVERIFY(eventually([&] {
                probe.read(1ms);
                now = server.run(
                    [](EchoServer &s) { return s.connections().empty() ? ~std::size_t(0) : only(s).bytesUnsent(); });
                return now != unsent;
            }));
            QVERIFY(now < unsent);
            unsent = now;
        }
    }

    void cutsAtTheHardCap_data() { wires(); }
    void cutsAtTheHardCap()
    {
        QFETCH(bool, isTls);
        EchoThread server(settingsFor(isTls));
        WsProbe probe = server.open(4096);
        server.run([](EchoServer &s) {
            // Within one turn, and from inside QtWebSockets' own write: everything above the cap is swallowed.
            QWebSocket &engine = s.connections().front()->engine();
            FrameSocket &socket = only(s);
            for (int i = 0; i < 100; ++i) {
                engine.sendBinaryMessage(QByteArray(100'000, 'x'));
                QVERIFY(socket.bytesUnsent() <= s.settings().limits.unsentCap);
            }
            QCOMPARE(engine.state(), QAbstractSocket::ConnectedState); // not inside the write
        });
        QVERIFY(isEmpty(server));
        QCOMPARE(violations(server, FrameViolation::UnsentOverflow), std::uint64_t(1));
        QVERIFY(!probe.readClose());
    }

    // --- the way out

    void answersThePeersClose_data() { wires(); }
    void answersThePeersClose()
    {
        QFETCH(bool, isTls);
        EchoThread server(settingsFor(isTls));
        WsProbe probe = server.open();
        QVERIFY(probe.send(text("last").bytes() + closeFrame(3001, "bye").bytes() + text("swallowed").bytes()));
        QCOMPARE(probe.read()->payload, std::string("last"));
        const auto close = probe.read();
        QVERIFY(close);
        QCOMPARE(close->opcode, unsigned(WsFrame::Close));
        QCOMPARE(closeCodeOf(*close), std::uint16_t(3001));
        QVERIFY(!probe.read());
        QVERIFY(probe.hasEndedInOrder());
        QVERIFY(isEmpty(server));
    }

    void waitsForThePeersAnswerToAClose_data() { wires(); }
    void waitsForThePeersAnswerToAClose()
    {
        QFETCH(bool, isTls);
        EchoThread server(settingsFor(isTls));
        WsProbe probe = server.open();
        server.run(
            [](EchoServer &s) { s.connections().front()->engine().close(QWebSocketProtocol::CloseCodeGoingAway); });
        QCOMPARE(*probe.readClose(), std::uint16_t(1001));
        QVERIFY(!probe.waitForEnd(50ms));
        // What was under way is read, but nobody hears of it.
        QVERIFY(probe.send(text("too late").bytes() + closeFrame(1001).bytes()));
        QVERIFY(probe.waitForEnd());
        QVERIFY(probe.hasEndedInOrder());
        QVERIFY(isEmpty(server));
    }

    void doesNotWaitLongForThePeersAnswer_data() { wires(); }
    void doesNotWaitLongForThePeersAnswer()
    {
        QFETCH(bool, isTls);
        EchoThread server(settingsFor(isTls));
        WsProbe probe = server.open();
        server.run(
            [](EchoServer &s) { s.connections().front()->engine().close(QWebSocketProtocol::CloseCodeGoingAway); });
        QCOMPARE(*probe.readClose(), std::uint16_t(1001));
        server.clock.advance(1s);
        QVERIFY(!probe.waitForEnd(50ms));
        server.clock.advance(2s);
        QVERIFY(probe.waitForEnd());
        QVERIFY(isEmpty(server));
    }

    void sendsNothingAfterAClose_data() { wires(); }
    void sendsNothingAfterAClose()
    {
        QFETCH(bool, isTls);
        EchoThread server(settingsFor(isTls));
        WsProbe probe = server.open();
        server.run([](EchoServer &s) {
            QWebSocket &engine = s.connections().front()->engine();
            FrameSocket &socket = only(s);
            const auto late = [&socket] { socket.writeFrame(std::string_view("\x81\x04", 2), "late", {}); };
            QObject::connect(&engine, &QWebSocket::aboutToClose, &engine, late);
            socket.writeFrame(std::string_view("\x81\x04", 2), "soon", {});
            engine.close(QWebSocketProtocol::CloseCodeNormal);
            late();
            engine.sendTextMessage(QStringLiteral("later"));
        });
        QCOMPARE(probe.read()->payload, std::string("soon"));
        QCOMPARE(probe.read()->opcode, unsigned(WsFrame::Close));
        QVERIFY(probe.send(closeFrame(1000)));
        QVERIFY(!probe.read());
        QVERIFY(probe.unread().empty());
    }

    void closesWhatIsStillUnsentBeforeItEnds()
    {
        EchoThread server;
        WsProbe probe = server.open(4096);
        server.run([](EchoServer &s) {
            QWebSocket &engine = s.connections().front()->engine();
            engine.sendBinaryMessage(QByteArray(1'000'000, 'x'));
            engine.close(QWebSocketProtocol::CloseCodeNormal);
        });
        QVERIFY(probe.send(closeFrame(1000)));
        std::size_t received = 0;
        auto frame = probe.read();
        for (; frame && frame->opcode != WsFrame::Close; frame = probe.read())
            received += frame->payload.size();
        QCOMPARE(received, std::size_t(1'000'000));
        QVERIFY(frame);
        QCOMPARE(closeCodeOf(*frame), std::uint16_t(1000));
        QVERIFY(probe.waitForEnd());
        QVERIFY(isEmpty(server));
    }

    void noticesAPeerThatHasGone_data()
    {
        QTest::addColumn<bool>("isTls");
        QTest::addColumn<bool>("withReset");
        QTest::newRow("plain, orderly") << false << false;
        QTest::newRow("plain, reset") << false << true;
        QTest::newRow("TLS, orderly") << true << false;
        QTest::newRow("TLS, reset") << true << true;
    }
    void noticesAPeerThatHasGone()
    {
        QFETCH(bool, isTls);
        QFETCH(bool, withReset);
        EchoThread server(settingsFor(isTls));
        for (int i = 0; i < 20; ++i) {
            WsProbe probe = server.open();
            probe.send(text("half a message").bytes().substr(0, std::size_t(i) % 10));
            probe.close(withReset);
        }
        QVERIFY(isEmpty(server));
        QVERIFY(eventually([&] { return server.run([](EchoServer &s) { return s.closedConnections(); }) == 20; }));
        const auto totals = server.run([](EchoServer &s) { return s.pool().totals(); });
        QCOMPARE(totals.opened, std::uint64_t(20));
        QCOMPARE(totals.closed, std::uint64_t(20));
    }

    void readsWhatThePeerSaidBeforeItLeft_data() { wires(); }
    void readsWhatThePeerSaidBeforeItLeft()
    {
        QFETCH(bool, isTls);
        int messages = 0;
        EchoThread server(settingsFor(isTls), [&](EchoServer &s) {
            s.onOpened([&](EchoConnection &c) {
                QObject::connect(&c.engine(), &QWebSocket::textMessageReceived, &c.engine(), [&] { ++messages; });
            });
        });
        WsProbe probe = server.open();
        std::string stream;
        for (int i = 0; i < 500; ++i)
            stream += text(std::string(500, 'x')).bytes();
        QVERIFY(probe.send(stream));
        probe.closeForWriting();
        QVERIFY(isEmpty(server));
        QCOMPARE(server.run([&](EchoServer &) { return messages; }), 500);
    }

    void survivesTheEndOfItsEngine_data() { wires(); }
    void survivesTheEndOfItsEngine()
    {
        QFETCH(bool, isTls);
        EchoThread server(settingsFor(isTls));
        WsProbe probe = server.open();
        server.run([](EchoServer &s) { s.destroy(*s.connections().front()); });
        QCOMPARE(*probe.readClose(), std::uint16_t(1001));
        QVERIFY(probe.send(closeFrame(1001)));
        QVERIFY(probe.waitForEnd());
        QVERIFY(isEmpty(server));
    }

    void survivesAnEngineThatIsUsedAfterTheEnd()
    {
        std::unique_ptr<QWebSocket> kept;
        EchoThread server({}, [&](EchoServer &s) {
            s.onOpened(
                [](EchoConnection &c) { QObject::disconnect(&c.engine(), &QWebSocket::disconnected, &c, nullptr); });
        });
        WsProbe probe = server.open();
        probe.close();
        QVERIFY(isEmpty(server));
        server.run([](EchoServer &s) {
            EchoConnection &connection = *s.connections().front();
            QVERIFY(!connection.isConnected());
            QWebSocket &engine = connection.engine();
            QCOMPARE(engine.state(), QAbstractSocket::UnconnectedState);
            engine.sendTextMessage(QStringLiteral("is anybody there"));
            engine.ping();
            engine.flush();
            QCOMPARE(engine.bytesToWrite(), 0);
            engine.close();
            engine.abort();
        });
    }

    void survivesAnEngineThatIsUsedInItsLastSignal()
    {
        EchoThread server({}, [&](EchoServer &s) {
            s.onOpened([](EchoConnection &c) {
                QObject::connect(&c.engine(), &QWebSocket::disconnected, &c.engine(), [&c] {
                    c.engine().sendTextMessage(QStringLiteral("one more thing"));
                    c.engine().close();
                    c.engine().abort();
                });
            });
        });
        WsProbe probe = server.open();
        probe.close();
        QVERIFY(isEmpty(server));
    }

    void abortsWithoutAWord_data() { wires(); }
    void abortsWithoutAWord()
    {
        QFETCH(bool, isTls);
        EchoThread server(settingsFor(isTls), [](EchoServer &s) {
            s.onOpened([](EchoConnection &c) {
                QObject::connect(&c.engine(), &QWebSocket::textMessageReceived, &c.engine(),
                                 [&c] { c.engine().abort(); });
            });
        });
        WsProbe probe = server.open();
        // From inside a message handler, with more messages behind.
        QVERIFY(probe.send(text("1").bytes() + text("2").bytes() + text("3").bytes()));
        QVERIFY(!probe.readClose());
        QVERIFY(isEmpty(server));
    }

    void closesFromInsideAMessageHandler()
    {
        int messages = 0;
        EchoThread server({}, [&](EchoServer &s) {
            s.onOpened([&](EchoConnection &c) {
                QObject::connect(&c.engine(), &QWebSocket::textMessageReceived, &c.engine(), [&] {
                    ++messages;
                    c.engine().close(static_cast<QWebSocketProtocol::CloseCode>(4000));
                });
            });
        });
        WsProbe probe = server.open();
        QVERIFY(probe.send(text("1").bytes() + text("2").bytes()));
        QCOMPARE(*probe.readClose(), std::uint16_t(4000));
        QVERIFY(probe.send(closeFrame(4000)));
        QVERIFY(probe.waitForEnd());
        QVERIFY(isEmpty(server));
        QCOMPARE(messages, 1);
    }

    // --- the pool

    void sharesItsBufferWithANestedLoop()
    {
        // Nobody should run a nested loop, but a library may; the other connections must not write over its messages.
        EchoThread server({}, [](EchoServer &s) {
            s.onOpened([](EchoConnection &c) {
                QObject::connect(&c.engine(), &QWebSocket::textMessageReceived, &c.engine(),
                                 [](const QString &message) {
                                     if (!message.startsWith(QLatin1String("nest")))
                                         return;
                                     QEventLoop loop;
                                     QTimer::singleShot(50, &loop, &QEventLoop::quit);
                                     loop.exec();
                                 });
            });
        });
        WsProbe a = server.open();
        WsProbe b = server.open();
        QVERIFY(a.send(text("nest").bytes() + text(std::string(1000, 'a')).bytes()));
        for (int i = 0; i < 50; ++i)
            QVERIFY(b.send(text(std::string(30'000, 'b'))));
        QCOMPARE(a.read()->payload, std::string("nest"));
        QCOMPARE(a.read()->payload, std::string(1000, 'a'));
        for (int i = 0; i < 50; ++i)
            QCOMPARE(b.read()->payload, std::string(30'000, 'b'));
    }

    void takesItsSocketsWithIt()
    {
        SystemClock clock;
        WsProbe probe;
        const int descriptor = acceptFrom(probe);
        {
            FrameSocketPool pool(clock);
            new FrameSocket(pool, FrameLimits(), openPlainWire(descriptor));
            QCOMPARE(pool.size(), std::size_t(1));
        }
        QVERIFY(probe.waitForEnd(1s));
    }

    void refusesADescriptorThatIsNotOne() { QVERIFY(!openPlainWire(-1)); }

    void countsWhatItMoves()
    {
        EchoThread server;
        WsProbe probe = server.open();
        const std::string in = text("a", false).bytes() + more("b", true).bytes() +
                               WsFrame{.opcode = WsFrame::Ping, .payload = ""}.bytes();
        QVERIFY(probe.send(in));
        QVERIFY(probe.read());
        QVERIFY(probe.read());
        server.run([&](EchoServer &s) {
            const FrameCounters &counters = only(s).counters();
            QCOMPARE(counters.framesIn, std::uint64_t(3));
            QCOMPARE(counters.bytesIn, std::uint64_t(in.size()));
            QCOMPARE(counters.framesOut, std::uint64_t(1)); // the pong is Qt's
            QCOMPARE(s.pool().totals().framesIn, counters.framesIn);
            QCOMPARE(s.pool().totals().bytesIn, counters.bytesIn);
            QCOMPARE(s.pool().totals().bytesOut, counters.bytesOut);
            QVERIFY(counters.bytesOut > 100); // the 101 as well
        });
        const MonotonicTime before = server.run([](EchoServer &s) { return only(s).counters().lastActivity; });
        server.clock.advance(5s);
        QVERIFY(probe.send(text("x")));
        QVERIFY(probe.read());
        QCOMPARE(server.run([](EchoServer &s) { return only(s).counters().lastActivity; }) - before, 5s);
    }

    // --- everything at once

    void survivesRandomClients_data() { wires(); }
    void survivesRandomClients()
    {
        QFETCH(bool, isTls);
        EchoSettings settings = settingsFor(isTls);
        settings.limits.controlBurst = 1'000'000;
        EchoThread server(settings);
        std::mt19937 random(2024);
        const auto upTo = [&](unsigned n) { return unsigned(random() % (n + 1)); };
        for (int client = 0; client < 120; ++client) {
            WsProbe probe = server.open();
            std::string stream;
            std::vector<std::string> expected;
            for (unsigned m = 0; m < 1 + upTo(20); ++m) {
                const std::string payload(upTo(4) == 0 ? upTo(65536) : upTo(300), char('a' + m % 26));
                if (random() % 2) {
                    stream += text(payload).bytes();
                } else {
                    const std::size_t cut = payload.size() / 2;
                    stream += text(payload.substr(0, cut), false).bytes();
                    if (random() % 2)
                        stream += WsFrame{.opcode = WsFrame::Pong, .payload = "p"}.bytes();
                    stream += more(payload.substr(cut), true).bytes();
                }
                expected.push_back(payload);
            }
            const bool isBroken = client % 3 == 0;
            if (isBroken) {
                for (unsigned i = 0; i < 1 + upTo(3); ++i)
                    stream[random() % stream.size()] ^= char(1U << upTo(7));
            }
            bool isAlive = true;
            for (std::size_t at = 0; isAlive && at < stream.size();) {
                const std::size_t size = std::min<std::size_t>(1 + upTo(upTo(1) ? 20'000 : 50), stream.size() - at);
                isAlive = probe.send(std::string_view(stream).substr(at, size));
                at += size;
                if (client % 7 == 0 && random() % 3 == 0)
                    server.clock.advance(500ms);
            }
            if (client % 5 == 4) {
                probe.close(client % 2 == 0);
                continue;
            }
            if (isBroken)
                continue;
            for (const std::string &payload : expected) {
                const auto answer = probe.read();
                QVERIFY(answer);
                QVERIFY(answer->payload == payload);
            }
        }
        QVERIFY(isEmpty(server));
        // And it serves the next one as if nothing had happened.
        WsProbe probe = server.open();
        QVERIFY(probe.send(text("fine?")));
        QCOMPARE(probe.read()->payload, std::string("fine?"));
    }
};

QTEST_GUILESS_MAIN(TstFrameSocket)
#include "tst_frame_socket.moc"
