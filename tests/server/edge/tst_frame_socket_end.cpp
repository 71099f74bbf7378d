// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/server/edge/frame_socket_bench.h"

using namespace orchestra;
using namespace std::chrono_literals;

/// How the connection of a FrameSocket ends: by either side, in order or not, and whoever still holds on to it.
class TstFrameSocketEnd : public QObject
{
    Q_OBJECT

private Q_SLOTS:
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
};

QTEST_GUILESS_MAIN(TstFrameSocketEnd)
#include "tst_frame_socket_end.moc"
