// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/server/edge/frame_socket_bench.h"

using namespace orchestra;
using namespace std::chrono_literals;

namespace {

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

} // namespace

/// What a FrameSocket takes from its peer, and how much it keeps for one that does not read.
class TstFrameSocketLimits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
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
};

QTEST_GUILESS_MAIN(TstFrameSocketLimits)
#include "tst_frame_socket_limits.moc"
