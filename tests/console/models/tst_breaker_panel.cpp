// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/breaker_panel.h"

#include "shared/wire/series_names.h"
#include "tests/console/models/rows.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace orchestra;
using wire::BreakerState;
using wire::Topic;

/// The breakers screen, against a peer that a test plays.
class TstBreakerPanel : public QObject
{
    Q_OBJECT

private:
    struct Bench : LinkedPeer
    {
        ViewRange range{clock, nullptr};
        SeriesFeed feed{client, range, nullptr};
        BreakerPanel panel{client, feed, range, clock, nullptr};
        QAbstractItemModelTester cards{panel.cards(), QAbstractItemModelTester::FailureReportingMode::Fatal};
        QAbstractItemModelTester lanes{panel.lanes(), QAbstractItemModelTester::FailureReportingMode::Fatal};
        std::uint64_t revision = 1;

        void show(std::vector<wire::BreakerRow> breakers)
        {
            wire::Rows rows;
            rows.breakers = std::move(breakers);
            const std::size_t count = rows.breakers.size();
            peer.sendSnapshot(Topic::Breakers, ++revision, std::move(rows), count);
        }
        WallMs ago(int seconds) const { return clock.wallMs() - seconds * 1000; }
        wire::BreakerRow row(const std::string &name, BreakerState state = BreakerState::Closed) const
        {
            wire::BreakerRow out;
            out.name = name;
            out.state = state;
            out.since = {ago(90)};
            out.calls = 20;
            out.failures = 12;
            out.failureRate = 0.6;
            out.threshold = 0.5;
            out.outcomes = "oofff";
            out.cause = "12 of 20 calls failed";
            out.revision = 4;
            return out;
        }
    };

    static void begin(Bench &bench)
    {
        QTRY_VERIFY(bench.isLive());
        bench.panel.setActive(true);
        QTRY_VERIFY(bench.client.mirror().isSynced(Topic::Breakers));
    }

private Q_SLOTS:
    void asksForNothingWhileNobodyLooks()
    {
        Bench bench;
        QTRY_VERIFY(bench.isLive());
        QVERIFY(!bench.peer.subscription(Topic::Breakers));
        bench.panel.setActive(true);
        QTRY_VERIFY(bench.peer.subscription(Topic::Breakers));
        QTRY_VERIFY(bench.peer.subscription(Topic::Metrics));
        bench.client.watch(Topic::Breakers); // another screen
        bench.panel.setActive(false);
        QTRY_COMPARE(bench.peer.count<wire::Unsubscribe>(), 1);
        QCOMPARE(bench.peer.bodies<wire::Unsubscribe>()[0].topic, Topic::Metrics);
        bench.client.unwatch(Topic::Breakers);
        QTRY_COMPARE(bench.peer.count<wire::Unsubscribe>(), 2);
    }

    void looksAtTheWorstFirstAndSaysWhyItIsSo()
    {
        Bench bench;
        begin(bench);
        QCOMPARE(bench.panel.content()->kind(), static_cast<int>(Content::Loading));
        wire::BreakerRow open = bench.row("n8n", BreakerState::Open);
        open.nextProbeAt = wire::Timestamp{bench.ago(-12)};
        wire::BreakerRow unused = bench.row("unused");
        unused.calls = 0;
        unused.outcomes.clear();
        bench.show({bench.row("a"), open, unused});
        QTRY_COMPARE(bench.panel.cards()->count(), 3);
        QCOMPARE(bench.panel.content()->kind(), static_cast<int>(Content::Ready));
        QCOMPARE(bench.panel.headText(), u"1 open, 1 closed, 1 without calls"_qs);
        QCOMPARE(bench.panel.currentKey(), u"n8n"_qs);
        QCOMPARE(bench.panel.currentRow(), 1);
        const BreakerTile &card = bench.panel.cards()->rows()[1];
        QVERIFY(card.isCurrent);
        QCOMPARE(card.causeText, u"12 of 20 calls failed"_qs);
        QCOMPARE(card.nextText, u"Probe in 12 s"_qs);
        QCOMPARE(card.spoken, u"n8n, Open (refusing), 60 % failed, 12 of 20 calls failed, Probe in 12 s"_qs);
        bench.clock.advance(std::chrono::seconds(5));
        bench.panel.tick();
        QCOMPARE(bench.panel.cards()->rows()[1].nextText, u"Probe in 7 s"_qs);
        QCOMPARE(bench.panel.subtitle(), u"Open (refusing) for 95 s"_qs);
        QCOMPARE(bench.panel.status(), static_cast<int>(Health::Bad));
        QVERIFY(bench.panel.raw().contains(u"\"n8n\""_qs));
        bench.panel.select(0);
        QCOMPARE(bench.panel.currentKey(), u"a"_qs);
        QVERIFY(!bench.panel.cards()->rows()[1].isCurrent);
    }

    void drawsTheStatesOverTime()
    {
        Bench bench;
        begin(bench);
        wire::BreakerRow row = bench.row("store", BreakerState::HalfOpen);
        row.history = {{{bench.ago(200)}, BreakerState::Closed, BreakerState::Open, "5 failures in a row"},
                       {{bench.ago(80)}, BreakerState::Open, BreakerState::HalfOpen, "the wait is over"}};
        bench.show({row});
        QTRY_COMPARE(bench.panel.lanes()->rowCount(), 1);
        const BreakerLane &lane = bench.panel.lanes()->rows()[0];
        QCOMPARE(lane.nowText, u"half-open"_qs);
        QCOMPARE(lane.spanStatus, (QList<int>{Health::Bad, Health::Warn})); // before its start nothing is known
        QCOMPARE(lane.spans[0].x(), static_cast<qreal>(bench.ago(200)));
        QCOMPARE(lane.spans[0].y(), static_cast<qreal>(bench.ago(80)));
        QCOMPARE(lane.spanTexts[0], u"open 2 min"_qs);
        QCOMPARE(lane.spans[1].y(), bench.range.toMs());
        const auto &moves = bench.panel.moves()->rows();
        QCOMPARE(moves.size(), std::size_t(2));
        QCOMPARE(moves[0].name, u"Half-open (probing)"_qs);
        QCOMPARE(moves[0].tookText, u"80 s"_qs);
        QVERIFY(moves[1].whyText.endsWith(u"5 failures in a row"_qs));
        // A span that began before the range is cut at its edge.
        bench.clock.advance(std::chrono::minutes(14));
        bench.range.tick(qQNaN());
        bench.panel.tick();
        const BreakerLane &later = bench.panel.lanes()->rows()[0];
        QCOMPARE(later.spans[0].x(), std::max(bench.range.fromMs(), static_cast<qreal>(row.history[0].at.ms)));
    }

    void tellsOfAWholeDayAndGoesOn()
    {
        Bench bench;
        QTRY_VERIFY(bench.isLive());
        const auto move = [&](int seconds, BreakerState from, BreakerState to, const char *cause) {
            return wire::BreakerTransition{"store", from, to, {bench.ago(seconds)}, cause, {}, {}};
        };
        auto forced = move(7000, BreakerState::Closed, BreakerState::ForcedOpen, "disk");
        forced.actor = "olga";
        bench.peer.onFrame = [&](const wire::OpsClientFrame &frame) {
            const auto *query = std::get_if<wire::BreakerQuery>(&frame);
            if (query && query->beforeIndex == 0)
                bench.peer.send(wire::BreakerReply{
                    query->id,
                    {move(6000, BreakerState::ForcedOpen, BreakerState::Closed, "the override has ended"), forced},
                    7});
            else if (query)
                bench.peer.send(
                    wire::BreakerReply{query->id,
                                       {move(8000, BreakerState::Open, BreakerState::Closed, "probes passed"),
                                        move(8060, BreakerState::Closed, BreakerState::Open, "5 failures in a row")},
                                       0});
        };
        bench.panel.setActive(true);
        bench.range.setPreset(ViewRange::Hours6);
        bench.range.tick(qQNaN());
        bench.show({bench.row("store")});
        QTRY_COMPARE(bench.panel.moves()->rowCount(), 4);
        QCOMPARE(bench.peer.bodies<wire::BreakerQuery>().back().beforeIndex, 7U);
        const auto &moves = bench.panel.moves()->rows();
        QCOMPARE(moves[0].name, u"Closed (passing)"_qs);
        QVERIFY(moves[1].whyText.endsWith(u", by olga: disk"_qs));
        QCOMPARE(moves[3].tookText, u"60 s"_qs);
        QCOMPARE(bench.panel.movesNote(), u"4 changes in 24 hours."_qs);
        QCOMPARE(bench.panel.cards()->rows()[0].dayText, u"2× in 24 h"_qs);
        QVERIFY(bench.panel.cards()->rows()[0].spoken.endsWith(u", opened 2× in 24 h"_qs));
        QCOMPARE(bench.panel.lanes()->rows()[0].spanStatus,
                 (QList<int>{Health::Bad, Health::Ok, Health::Bad, Health::Ok}));

        // What the row tells of is taken once, also what was known before.
        wire::BreakerRow row = bench.row("store", BreakerState::Open);
        row.history = {{{bench.ago(6000)}, BreakerState::ForcedOpen, BreakerState::Closed, "the override has ended"},
                       {{bench.ago(5)}, BreakerState::Closed, BreakerState::Open, "6 of 10 calls failed"}};
        bench.show({row});
        QTRY_COMPARE(bench.panel.moves()->rowCount(), 5);
        QVERIFY(bench.panel.moves()->rows()[0].whyText.endsWith(u"6 of 10 calls failed"_qs));
        bench.show({row});
        bench.panel.tick();
        QCOMPARE(bench.panel.moves()->rowCount(), 5);
        // A day later it is forgotten.
        bench.clock.advance(std::chrono::hours(24) - std::chrono::seconds(6500));
        bench.panel.tick();
        QCOMPARE(bench.panel.moves()->rowCount(), 2);
    }

    void asksForTheDayAnewWhenTheLinkIsBack()
    {
        Bench bench;
        begin(bench);
        QTRY_COMPARE(bench.peer.count<wire::BreakerQuery>(), 1);
        bench.panel.setActive(false);
        bench.peer.vanish();
        QTRY_VERIFY(!bench.isLive());
        bench.client.retryNow();
        QTRY_VERIFY(bench.isLive());
        QCOMPARE(bench.peer.count<wire::BreakerQuery>(), 1); // nobody looks
        bench.panel.setActive(true);
        QTRY_COMPARE(bench.peer.count<wire::BreakerQuery>(), 2);
        bench.peer.vanish();
        QTRY_VERIFY(!bench.isLive());
        bench.client.retryNow();
        QTRY_COMPARE(bench.peer.count<wire::BreakerQuery>(), 3);
    }

    void offersOnlyWhatCanBeDone()
    {
        Bench bench;
        begin(bench);
        QCOMPARE(bench.panel.openAction()->reason(), u"Select a breaker first"_qs);
        wire::BreakerRow forced = bench.row("store", BreakerState::ForcedOpen);
        forced.overrideUntil = wire::Timestamp{bench.ago(-600)};
        forced.actor = "olga";
        bench.show({forced});
        QTRY_COMPARE(bench.panel.currentKey(), u"store"_qs);
        QVERIFY(!bench.panel.openAction()->isAvailable());
        QVERIFY(!bench.panel.probeAction()->isAvailable());
        QVERIFY(bench.panel.closeAction()->isAvailable());
        QVERIFY(bench.panel.resetAction()->isAvailable());
        QVERIFY(bench.panel.cards()->rows()[0].nextText.endsWith(u"by olga"_qs));
        bench.show({bench.row("store", BreakerState::Open)});
        QTRY_VERIFY(bench.panel.probeAction()->isAvailable());
        QCOMPARE(bench.panel.probeAction()->title(), u"Probe store now"_qs);
        QCOMPARE(bench.panel.resetAction()->reason(), u"Nothing is forced"_qs);
        bench.panel.setActionReason(u"prod is read-only"_qs);
        QCOMPARE(bench.panel.openAction()->reason(), u"prod is read-only"_qs);
        bench.panel.setTerm(99);
        QCOMPARE(bench.panel.termLength(), std::chrono::seconds(3600));
    }

    void holdsWhatComesWhilePaused()
    {
        Bench bench;
        begin(bench);
        bench.show({bench.row("store")});
        QTRY_COMPARE(bench.panel.cards()->count(), 1);
        bench.range.setPaused(true);
        bench.show({bench.row("store", BreakerState::Open)});
        QTRY_COMPARE(bench.range.heldText(), u"+1"_qs);
        bench.panel.tick();
        QCOMPARE(bench.panel.cards()->rows()[0].status, static_cast<int>(Health::Ok));
        bench.range.setPaused(false);
        QCOMPARE(bench.panel.cards()->rows()[0].status, static_cast<int>(Health::Bad));
    }
};

QTEST_GUILESS_MAIN(TstBreakerPanel)
#include "tst_breaker_panel.moc"
