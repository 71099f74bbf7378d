// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/link/chat_client.h"

#include "tests/support/manual_clock.h"
#include "tests/support/wire_peer.h"

#include <QSignalSpy>
#include <QTest>

using namespace orchestra;

/// A chat connection against a peer that a test plays.
class TstChatClient : public QObject
{
    Q_OBJECT

private:
    struct Bench
    {
        ManualClock clock;
        SystemRandom random;
        ChatPeer peer;
        ChatClient client{clock, random};
        int welcomes = 0;

        explicit Bench(ChatEncoding encoding = ChatEncoding::Json)
        {
            peer.onFrame = [this](const wire::ClientFrame &frame) {
                if (std::holds_alternative<wire::Hello>(frame))
                    peer.welcome(4);
            };
            QObject::connect(&client, &ChatClient::received, &client, [this](const wire::ServerFrame &frame) {
                welcomes += std::holds_alternative<wire::ResumeDone>(frame.body) ? 1 : 0;
            });
            ChatClient::Options options;
            options.endpoint = *Endpoint::parse(peer.address());
            options.token = QStringLiteral("secret");
            options.clientId = QStringLiteral("ann");
            options.sessionId = QStringLiteral("desk");
            options.encoding = encoding;
            client.connectTo(options);
        }
    };

private Q_SLOTS:
    void resumesFromWhatItHasSeen_data()
    {
        QTest::addColumn<int>("encoding");
        QTest::newRow("json") << static_cast<int>(ChatEncoding::Json);
        QTest::newRow("protobuf") << static_cast<int>(ChatEncoding::Protobuf);
    }
    void resumesFromWhatItHasSeen()
    {
        QFETCH(int, encoding);
        Bench bench(static_cast<ChatEncoding>(encoding));
        QTRY_COMPARE(bench.welcomes, 1);
        QCOMPARE(bench.peer.authorization(), QByteArray("Bearer secret"));
        QCOMPARE(bench.client.defaultThread(), std::optional(bench.peer.thread));
        QCOMPARE(bench.client.cursors().at(bench.peer.thread).offset, 4U);
        bench.peer.say(wire::StreamToken{0, "a"}, fixedId<TaskId>(1), 5);
        QTRY_COMPARE(bench.client.cursors().at(bench.peer.thread).offset, 5U);
        bench.client.cut();
        bench.client.reconnect();
        QTRY_COMPARE(bench.welcomes, 2);
        QCOMPARE(bench.peer.bodies<wire::Hello>().back().cursors.front().offset, 5U);
        QCOMPARE(bench.peer.unreadable, 0);
    }

    void missesNothingWhenItsHelloComesLate()
    {
        Bench bench;
        QTRY_COMPARE(bench.welcomes, 1);
        bench.peer.say(wire::StreamToken{0, "a"}, fixedId<TaskId>(1), 5);
        QTRY_COMPARE(bench.client.cursors().at(bench.peer.thread).offset, 5U);
        std::vector<std::uint64_t> seen;
        QObject::connect(&bench.client, &ChatClient::received, &bench.client, [&seen](const wire::ServerFrame &frame) {
            if (frame.offset)
                seen.push_back(*frame.offset);
        });
        // The server has given up waiting and goes on from what is now, before it has the hello with the cursor.
        bench.peer.onFrame = [&bench](const wire::ClientFrame &frame) {
            if (!std::holds_alternative<wire::Hello>(frame))
                return;
            bench.peer.welcome(7, false);
            bench.peer.say(wire::StreamToken{3, "d"}, fixedId<TaskId>(1), 8);
            wire::Welcome welcome;
            welcome.ref = std::get<wire::Hello>(frame).id;
            welcome.connectionId = fixedId<ConnectionId>(5);
            welcome.role = "tester";
            welcome.threads = {{bench.peer.thread, wire::ResumeOutcome::Replayed, 1, 5, 8}};
            bench.peer.say(welcome);
            for (std::uint64_t offset = 6; offset <= 8; ++offset)
                bench.peer.say(wire::StreamToken{offset - 5, "x"}, fixedId<TaskId>(1), offset);
            bench.peer.say(wire::ResumeDone{});
        };
        bench.client.cut();
        bench.client.reconnect();
        QTRY_COMPARE(bench.client.cursors().at(bench.peer.thread).offset, 8U);
        QCOMPARE(bench.peer.bodies<wire::Hello>().back().cursors.front().offset, 5U);
        QCOMPARE(seen, (std::vector<std::uint64_t>{6, 7, 8}));
    }

    void countsASnapshotOnlyWhenItIsWhole()
    {
        Bench bench;
        QTRY_COMPARE(bench.welcomes, 1);
        wire::Snapshot part;
        part.epoch = 2;
        part.offset = 9;
        part.last = false;
        bench.peer.say(part);
        bench.peer.say(wire::Pong{});
        QTRY_COMPARE(bench.client.lastSequence(), 4U);
        QCOMPARE(bench.client.cursors().at(bench.peer.thread).epoch, 1U);
        part.part = 1;
        part.last = true;
        bench.peer.say(part);
        QTRY_COMPARE(bench.client.cursors().at(bench.peer.thread).epoch, 2U);
    }

    void givesEveryFrameAnIdAndDropsWhatCannotBeSent()
    {
        Bench bench;
        QCOMPARE(bench.client.send(wire::Chat{}), std::string());
        QTRY_COMPARE(bench.welcomes, 1);
        wire::Chat chat;
        chat.content = "hi";
        const std::string id = bench.client.send(chat);
        QVERIFY(!id.empty());
        chat.id = "mine";
        QCOMPARE(bench.client.send(chat), std::string("mine"));
        QVERIFY(!bench.client.send(wire::Ping{}).empty());
        QCOMPARE(bench.client.send(wire::ClientAck{}), std::string());
        QTRY_COMPARE(bench.peer.count<wire::Chat>(), 2);
        QCOMPARE(bench.peer.bodies<wire::Chat>().front().id, id);
        QCOMPARE(frameType(wire::ClientFrame(chat)), std::string_view("chat"));
    }

    void tellsOfGapsAndOfWhatItCannotRead()
    {
        Bench bench;
        QTRY_COMPARE(bench.welcomes, 1);
        QSignalSpy gaps(&bench.client, &ChatClient::sequenceGap);
        QSignalSpy malformed(&bench.client, &ChatClient::malformed);
        bench.peer.sendRaw("{\"type\":");
        QTRY_COMPARE(malformed.count(), 1);
        bench.peer.skipSequence(2);
        bench.peer.say(wire::Pong{});
        QTRY_COMPARE(gaps.count(), 1);
        QCOMPARE(gaps.constFirst().at(0).toULongLong(), 3U);
        QCOMPARE(gaps.constFirst().at(1).toULongLong(), 5U);
    }

    void saysHowAConnectionEnded()
    {
        Bench bench;
        QTRY_COMPARE(bench.welcomes, 1);
        QSignalSpy closed(&bench.client, &ChatClient::closed);
        bench.peer.close(4007, u"closed by an operator"_qs);
        QTRY_COMPARE(closed.count(), 1);
        QCOMPARE(closed.constFirst().at(0).toInt(), 4007);
        QCOMPARE(closed.constFirst().at(1).toString(), u"closed by an operator"_qs);
        QVERIFY(!bench.client.isOpen());
        bench.client.reconnect();
        QTRY_COMPARE(bench.welcomes, 2);
        bench.client.close();
        QTRY_COMPARE(closed.count(), 2);
        QCOMPARE(closed.last().at(0).toInt(), 1000);
        bench.client.reconnect();
        QTRY_COMPARE(bench.welcomes, 3);
        bench.peer.vanish();
        QTRY_COMPARE(closed.count(), 3);
        QCOMPARE(closed.last().at(0).toInt(), 1006);
    }
};

QTEST_GUILESS_MAIN(TstChatClient)
#include "tst_chat_client.moc"
