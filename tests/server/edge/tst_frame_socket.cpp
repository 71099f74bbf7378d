// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/server/edge/frame_socket_bench.h"

#include <QEventLoop>
#include <QRegularExpression>
#include <QTimer>

#include <random>

using namespace orchestra;
using namespace std::chrono_literals;

/// A FrameSocket under QWebSocketServer on a LoopThread, seen by a client that sends whatever it likes: the way in,
/// messages, pauses and the pool. What limits say and how it ends have tests of their own.
class TstFrameSocket : public QObject
{
    Q_OBJECT

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
