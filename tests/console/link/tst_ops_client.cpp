// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/link/ops_client.h"

#include "tests/console/models/rows.h"

#include <QSignalSpy>
#include <QTest>

using namespace orchestra;
using wire::Topic;

/// The operator's link against a peer that a test plays.
class TstOpsClient : public QObject
{
    Q_OBJECT

private:
    static wire::Subscribe to(Topic topic)
    {
        wire::Subscribe subscribe;
        subscribe.topic = topic;
        return subscribe;
    }
    static wire::Rows breakers(std::initializer_list<const char *> names)
    {
        wire::Rows rows;
        for (const char *name : names) {
            wire::BreakerRow row;
            row.name = name;
            rows.breakers.push_back(row);
        }
        return rows;
    }

private Q_SLOTS:
    void isLiveOnceItIsWelcomeAndEveryTopicHasCome()
    {
        ManualClock clock;
        SystemRandom random;
        OpsPeer peer;
        OpsClient client(clock, random);
        client.subscribe(to(Topic::Breakers));
        QCOMPARE(client.link().phase(), LinkPhase::Idle);
        client.connectTo(*Endpoint::parse(peer.address()), u"secret"_qs);
        QCOMPARE(client.link().phase(), LinkPhase::Connecting);
        QTRY_COMPARE(peer.count<wire::Subscribe>(), 1);
        QCOMPARE(peer.authorization(), QByteArray("Bearer secret"));
        QCOMPARE(peer.path(), u"/ops/ws"_qs);
        QCOMPARE(client.link().phase(), LinkPhase::Syncing);
        wire::OpsWelcome welcome;
        welcome.serverName = "eu";
        peer.send(welcome);
        QTRY_VERIFY(client.welcome().has_value());
        QCOMPARE(client.link().phase(), LinkPhase::Syncing);
        peer.sendSnapshot(Topic::Breakers, 3, breakers({"a"}), 1);
        QTRY_COMPARE(client.link().phase(), LinkPhase::Live);
        QCOMPARE(client.lastFrameAt(), clock.wallMs());
    }

    void subscribesAgainAfterAReconnectAndForgetsWhatWasUnsubscribed()
    {
        LinkedPeer linked;
        QTRY_VERIFY(linked.isLive());
        linked.client.subscribe(to(Topic::Breakers));
        linked.client.subscribe(to(Topic::Flags));
        QTRY_VERIFY(linked.client.mirror().isSynced(Topic::Flags));
        linked.client.unsubscribe(Topic::Flags);
        linked.client.unsubscribe(Topic::Audit);
        QTRY_COMPARE(linked.peer.count<wire::Unsubscribe>(), 1);
        linked.peer.vanish();
        QTRY_COMPARE(linked.client.link().phase(), LinkPhase::Lost);
        QVERIFY(!linked.client.mirror().isSynced(Topic::Breakers));
        linked.peer.received.clear();
        linked.client.retryNow();
        QTRY_VERIFY(linked.isLive());
        QCOMPARE(linked.peer.count<wire::Subscribe>(), 1);
        QCOMPARE(linked.peer.bodies<wire::Subscribe>().front().topic, Topic::Breakers);
    }

    void bringsBackEveryKindOfAnswer()
    {
        LinkedPeer linked;
        QTRY_VERIFY(linked.isLive());
        linked.peer.onFrame = [&](const wire::OpsClientFrame &frame) {
            if (const auto *query = std::get_if<wire::SeriesQuery>(&frame))
                linked.peer.send(wire::SeriesReply{query->id, {{"clients", 1, {1}, {2}, {}}}});
            else if (const auto *ask = std::get_if<wire::AuditQuery>(&frame))
                linked.peer.send(wire::AuditReply{ask->id, {}});
            else if (const auto *who = std::get_if<wire::ConnectionQuery>(&frame))
                linked.peer.send(wire::ConnectionReply{who->id, {}});
            else if (const auto *breaker = std::get_if<wire::BreakerQuery>(&frame))
                linked.peer.send(wire::BreakerReply{breaker->id, {{.breaker = breaker->breaker}}, 9});
            else if (const auto *tool = std::get_if<wire::ToolQuery>(&frame))
                linked.peer.send(wire::ToolReply{tool->id, wire::ToolDescription{.name = tool->name}});
        };
        int series = 0;
        int audits = 0;
        int details = 0;
        linked.client.querySeries({"clients"}, std::chrono::minutes(5), [&](Result<wire::SeriesReply> reply) {
            series = reply ? static_cast<int>(reply->series.size()) : -1;
        });
        linked.client.queryAudit("ollama", 7, 20, [&](Result<wire::AuditReply> reply) { audits = reply ? 1 : -1; });
        linked.client.queryConnection(fixedId<ConnectionId>(1), [&](Result<wire::ConnectionReply> reply) {
            details = reply && !reply->detail ? 1 : -1;
        });
        std::string breaker;
        std::string tool;
        linked.client.queryBreaker("store", 7, 20, [&](Result<wire::BreakerReply> reply) {
            breaker = reply && reply->nextIndex == 9 ? reply->transitions.at(0).breaker : "?";
        });
        linked.client.queryTool("files/read", [&](Result<wire::ToolReply> reply) {
            tool = reply && reply->tool ? reply->tool->name : "?";
        });
        QTRY_VERIFY(series != 0 && audits != 0 && details != 0 && !breaker.empty() && !tool.empty());
        QCOMPARE(breaker, std::string("store"));
        QCOMPARE(tool, std::string("files/read"));
        QCOMPARE(linked.peer.bodies<wire::BreakerQuery>().front().beforeIndex, 7U);
        QCOMPARE(series, 1);
        QCOMPARE(audits, 1);
        QCOMPARE(details, 1);
        QCOMPARE(linked.peer.bodies<wire::SeriesQuery>().front().rangeS, 300U);
        QCOMPARE(linked.peer.bodies<wire::AuditQuery>().front().target, std::string("ollama"));
    }

    void saysWhyAnAnswerWillNotCome()
    {
        LinkedPeer linked;
        std::optional<Code> code;
        const auto keep = [&](Result<wire::SeriesReply> reply) {
            if (!reply)
                code = reply.error().code;
        };
        linked.client.querySeries({}, std::chrono::seconds(1), keep);
        QCOMPARE(code, std::optional(Code::NotReady));
        QTRY_VERIFY(linked.isLive());
        linked.client.querySeries({}, std::chrono::seconds(1), keep);
        QTRY_COMPARE(linked.peer.count<wire::SeriesQuery>(), 1);
        linked.peer.send(wire::AuditReply{linked.peer.bodies<wire::SeriesQuery>().front().id, {}});
        QTRY_COMPARE(code, std::optional(Code::Invalid));
        linked.client.querySeries({}, std::chrono::seconds(1), keep);
        linked.client.leave();
        QCOMPARE(code, std::optional(Code::ProviderUnavailable));
        QCOMPARE(linked.client.link().phase(), LinkPhase::Idle);
        linked.peer.send(wire::SeriesReply{"nobody asked", {}});
    }

    void asksForAFreshSnapshotWhenADeltaDoesNotFollow()
    {
        LinkedPeer linked;
        QTRY_VERIFY(linked.isLive());
        linked.client.subscribe(to(Topic::Breakers));
        QTRY_VERIFY(linked.client.mirror().isSynced(Topic::Breakers));
        linked.peer.onFrame = {};
        linked.peer.sendDelta(Topic::Breakers, 5, breakers({"b"}), {}, 1);
        QTRY_COMPARE(linked.peer.count<wire::Subscribe>(), 2);
        for (std::uint64_t base = 6; base < 10; ++base)
            linked.peer.sendDelta(Topic::Breakers, base, breakers({"b"}), {}, 1);
        QTest::qWait(50);
        QCOMPARE(linked.peer.count<wire::Subscribe>(), 2);
        linked.clock.advance(std::chrono::seconds(5));
        linked.peer.sendDelta(Topic::Breakers, 10, breakers({"b"}), {}, 1);
        QTRY_COMPARE(linked.peer.count<wire::Subscribe>(), 3);
        linked.peer.sendSnapshot(Topic::Breakers, 11, breakers({"a", "b"}), 2);
        QTRY_COMPARE(linked.client.mirror().breakers().size(), 2U);
    }

    void tellsOfAFrameThatCannotBeReadAndGoesOn()
    {
        LinkedPeer linked;
        QTRY_VERIFY(linked.isLive());
        QSignalSpy malformed(&linked.client, &OpsClient::malformed);
        linked.peer.sendRaw("\xff\xff not a frame");
        QTRY_COMPARE(malformed.count(), 1);
        QVERIFY(linked.isLive());
    }

    void staysAwayAfterACodeThatMeansSoUntilItIsTold()
    {
        LinkedPeer linked;
        QTRY_VERIFY(linked.isLive());
        linked.peer.close(4001, u"token revoked"_qs);
        QTRY_COMPARE(linked.client.link().phase(), LinkPhase::Denied);
        QCOMPARE(linked.client.link().closeReason(), std::string("token revoked"));
        linked.clock.advance(std::chrono::minutes(5));
        QTest::qWait(600);
        QCOMPARE(linked.peer.connections(), 1);
        linked.client.retryNow();
        QTRY_COMPARE(linked.peer.connections(), 2);
        QTRY_VERIFY(linked.isLive());
    }

    void comesBackByItselfAfterABrokenLink()
    {
        LinkedPeer linked;
        QTRY_VERIFY(linked.isLive());
        linked.peer.vanish();
        QTRY_COMPARE(linked.client.link().phase(), LinkPhase::Lost);
        QCOMPARE(linked.client.link().closeCode(), 1006);
        linked.clock.advance(LinkState::kLongestDelay);
        QTRY_VERIFY(linked.isLive());
        QCOMPARE(linked.peer.connections(), 2);
    }

    void isStaleWhenNothingComesAndThenGivesUp()
    {
        LinkedPeer linked;
        QTRY_VERIFY(linked.isLive());
        linked.peer.onFrame = {};
        linked.clock.advance(LinkState::kStaleAfter);
        QTRY_COMPARE(linked.client.link().phase(), LinkPhase::Stale);
        QTRY_VERIFY(linked.peer.count<wire::OpsPing>() > 0);
        linked.peer.send(wire::OpsPong{"x", {}});
        QTRY_VERIFY(linked.isLive());
        linked.clock.advance(LinkState::kStaleAfter);
        QTRY_COMPARE(linked.client.link().phase(), LinkPhase::Stale);
        linked.clock.advance(LinkState::kGiveUpAfter);
        QTRY_COMPARE(linked.client.link().phase(), LinkPhase::Lost);
    }

    void forgetsOneServerForAnother()
    {
        LinkedPeer linked;
        QTRY_VERIFY(linked.isLive());
        linked.client.subscribe(to(Topic::Breakers));
        QTRY_VERIFY(linked.client.mirror().isSynced(Topic::Breakers));
        linked.peer.sendDelta(Topic::Breakers, 1, breakers({"only here"}), {}, 1);
        QTRY_COMPARE(linked.client.mirror().breakers().size(), 1U);
        OpsPeer other;
        other.welcome("viewer");
        linked.client.connectTo(*Endpoint::parse(other.address()), {});
        QVERIFY(linked.client.mirror().breakers().empty());
        QVERIFY(!linked.client.welcome().has_value());
        QTRY_VERIFY(linked.isLive());
        QCOMPARE(linked.client.welcome()->role, std::string("viewer"));
        QCOMPARE(other.authorization(), QByteArray());
    }

    void neverReachesWhereNobodyListens()
    {
        ManualClock clock;
        SystemRandom random;
        QString address;
        {
            const OpsPeer peer;
            address = peer.address();
        }
        OpsClient client(clock, random);
        client.connectTo(*Endpoint::parse(address), {});
        QTRY_COMPARE(client.link().phase(), LinkPhase::Lost);
        QCOMPARE(client.link().closeCode(), 1006);
        QVERIFY(!client.link().closeReason().empty());
    }
};

QTEST_GUILESS_MAIN(TstOpsClient)
#include "tst_ops_client.moc"
