// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/resilience/degradation.h"

#include "tests/support/manual_clock.h"

#include <QTest>

#include <cmath>

using namespace orchestra;
using namespace std::chrono_literals;
using Level = DegradationLevel;

namespace {

/// Looks every five seconds, as the server does.
struct Watch
{
    ManualClock clock;
    DegradationLadder degradation{{}, clock};
    std::vector<DegradationLadder::Change> changes;

    Watch()
    {
        degradation.onChange([this](const DegradationLadder::Change &change) { changes.push_back(change); });
    }
    void look(std::optional<double> load, int times = 1)
    {
        for (int i = 0; i < times; ++i) {
            clock.advance(5s);
            degradation.look({{"memory", load, "so much"}});
        }
    }
    /// Both inputs; the second may be missing.
    void lookAtBoth(double first, std::optional<double> second, int times = 1)
    {
        for (int i = 0; i < times; ++i) {
            clock.advance(5s);
            degradation.look({{"memory", first, "so much"}, {"queue", second, "so long"}});
        }
    }
    int level() const { return static_cast<int>(degradation.level()); }
};

} // namespace

class TstDegradation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void entersALevelAfterTwoBadLooks_data()
    {
        QTest::addColumn<QList<double>>("loads");
        QTest::addColumn<int>("level");
        QTest::newRow("low") << QList<double>{0.49, 0.49, 0.49} << 0;
        QTest::newRow("once") << QList<double>{0.1, 1.0} << 0;
        QTest::newRow("twice, but not in a row") << QList<double>{1.0, 0.1, 1.0} << 0;
        QTest::newRow("twice") << QList<double>{0.5, 0.5} << 1;
        QTest::newRow("just below") << QList<double>{0.69, 0.69} << 1;
        QTest::newRow("level 2 at once") << QList<double>{0.7, 0.7} << 2;
        QTest::newRow("level 3 at once") << QList<double>{0.9, 1.0} << 3;
        QTest::newRow("only what both ask for") << QList<double>{0.5, 1.0} << 1;
        QTest::newRow("and more when it goes on") << QList<double>{0.5, 1.0, 1.0, 1.0} << 3;
        QTest::newRow("never level 4 by itself") << QList<double>{1, 1, 1, 1, 1, 1} << 3;
    }
    void entersALevelAfterTwoBadLooks()
    {
        QFETCH(QList<double>, loads);
        QFETCH(int, level);
        Watch t;
        for (const double load : loads)
            t.look(load);
        QCOMPARE(t.level(), level);
    }

    void leavesALevelOnlyAfterACleanMinute()
    {
        Watch t;
        t.look(1.0, 2);
        QCOMPARE(t.level(), 3);
        t.look(0.62, 12); // 0.9 * 0.7 = 0.63: twelve looks are 55 seconds
        QCOMPARE(t.level(), 3);
        t.look(0.62);
        QCOMPARE(t.level(), 2);
        t.look(0.3, 11);
        QCOMPARE(t.level(), 2); // one level at a time, each with a minute of its own
        t.look(0.3);
        QCOMPARE(t.level(), 1);
        t.look(0.3, 12);
        QCOMPARE(t.level(), 0);
        QCOMPARE(t.changes.size(), 4U);
    }

    void oneBadLookBeginsTheMinuteAnew()
    {
        Watch t;
        t.look(0.5, 2);
        t.look(0.3, 11);
        t.look(0.36); // 0.5 * 0.7 = 0.35
        t.look(0.3, 12);
        QCOMPARE(t.level(), 1);
        t.look(0.3);
        QCOMPARE(t.level(), 0);
    }

    void doesNotFlutterBetweenEnterAndExit()
    {
        Watch t;
        t.look(0.5, 2);
        for (int i = 0; i < 500; ++i)
            t.look(i % 2 == 0 ? 0.36 : 0.49);
        QCOMPARE(t.level(), 1);
        QCOMPARE(t.changes.size(), 1U);
    }

    void whatIsNotMeasuredHoldsTheLevel()
    {
        Watch t;
        t.look(0.8, 2);
        t.look(std::nullopt, 100);
        QCOMPARE(t.level(), 2);
        QVERIFY(!t.degradation.row().score);
        t.look(std::nan(""), 100);
        QCOMPARE(t.level(), 2);
        t.lookAtBoth(0.0, std::nullopt, 100); // half a picture is no good news
        QCOMPARE(t.level(), 2);
        t.lookAtBoth(0.0, 0.0, 13);
        QCOMPARE(t.level(), 1);
        t.lookAtBoth(1.0, std::nullopt, 2); // but bad news is bad news
        QCOMPARE(t.level(), 3);
    }

    void theWorstInputCounts()
    {
        Watch t;
        t.lookAtBoth(0.2, 0.75, 2);
        QCOMPARE(t.level(), 2);
        const wire::DegradationRow row = t.degradation.row();
        QCOMPARE(row.cause, std::string("queue: so long"));
        QCOMPARE(*row.score, 0.75);
        QCOMPARE(row.inputs.size(), 2U);
        QCOMPARE(row.name, std::string("constrained"));
        t.look(7.5, 2);
        QCOMPARE(*t.degradation.row().score, 1.0);
    }

    void aPinHoldsItsLevelUntilItEnds()
    {
        Watch t;
        t.degradation.pin(Level::Maintenance, "ann", "upgrade", 60s);
        QCOMPARE(t.level(), 4);
        const wire::DegradationRow row = t.degradation.row();
        QVERIFY(row.pinned);
        QCOMPARE(*row.actor, std::string("ann"));
        QCOMPARE(row.cause, std::string("upgrade"));
        QCOMPARE(row.pinnedUntil->ms, t.clock.wallMs() + 60000);
        QVERIFY(*t.degradation.nextPoll() == t.clock.now() + 60s);
        t.look(1.0, 11);
        QCOMPARE(t.level(), 4);
        QCOMPARE(*t.degradation.row().automaticLevel, 3U); // it goes on looking
        t.look(1.0);
        QCOMPARE(t.level(), 3);
        QVERIFY(!t.degradation.isPinned());
        QCOMPARE(t.changes.back().cause, std::string("the pin has ended"));
        QVERIFY(t.changes.back().actor.empty());
    }

    void aPinHoldsNormalToo()
    {
        Watch t;
        t.degradation.pin(Level::Normal, "ann", "a test", 1h);
        t.look(1.0, 10);
        QCOMPARE(t.level(), 0);
        t.degradation.unpin("ann", "done");
        QCOMPARE(t.level(), 3);
        QCOMPARE(t.changes.back().actor, std::string("ann"));
    }

    void eachLevelTakesMoreAwayThanTheOneBefore()
    {
        for (int i = 1; i < 5; ++i) {
            const DegradationEffects less = effectsOf(static_cast<Level>(i - 1));
            const DegradationEffects more = effectsOf(static_cast<Level>(i));
            QVERIFY(more.allowsSwarm <= less.allowsSwarm);
            QVERIFY(more.allowsOptionalTools <= less.allowsOptionalTools);
            QVERIFY(more.allowsTools <= less.allowsTools);
            QVERIFY(more.contextShare <= less.contextShare);
            QVERIFY(more.concurrencyShare <= less.concurrencyShare);
            QVERIFY(more.limitsRuns >= less.limitsRuns);
            QVERIFY(more.allowsTurns <= less.allowsTurns);
            QVERIFY(!shedAt(static_cast<Level>(i)).empty());
            QVERIFY(!noteOf(static_cast<Level>(i)).empty());
        }
        QVERIFY(shedAt(Level::Normal).empty());
        QVERIFY(!effectsOf(Level::Reduced).allowsSwarm);
        QVERIFY(effectsOf(Level::Essential).allowsTurns);
        QVERIFY(!effectsOf(Level::Maintenance).allowsTurns);
    }
};

QTEST_APPLESS_MAIN(TstDegradation)
#include "tst_degradation.moc"
