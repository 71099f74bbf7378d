// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/resilience/adaptive_timeout.h"
#include "tests/support/manual_clock.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;

class TstAdaptiveTimeout : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void beginsWithTheLongestWait()
    {
        ManualClock clock;
        QCOMPARE(AdaptiveTimeout(TimeoutPolicy{}, clock).current(), 60s);
    }

    void followsTheMeanAndDeviationWhileSamplesAreFew()
    {
        ManualClock clock;
        AdaptiveTimeout timeout(TimeoutPolicy{}, clock);
        timeout.succeeded(4s);
        QCOMPARE(timeout.current(), 12s); // 4 + 4 x 2, as RFC 6298 begins
        timeout.succeeded(4s);
        QCOMPARE(timeout.current(), 10s); // the deviation shrinks by a quarter
    }

    void followsThePercentileOnceThereAreEnough()
    {
        ManualClock clock;
        AdaptiveTimeout timeout(TimeoutPolicy{}, clock);
        for (int i = 0; i < 198; ++i)
            timeout.succeeded(1s);
        for (int i = 0; i < 4; ++i)
            timeout.succeeded(10s);
        QVERIFY(timeout.current() >= 15s && timeout.current() < 15600ms); // 1.5 x p99, to a histogram's resolution
    }

    void forgetsWhatIsOlderThanFiveMinutes()
    {
        ManualClock clock;
        AdaptiveTimeout timeout(TimeoutPolicy{}, clock);
        for (int i = 0; i < 300; ++i)
            timeout.succeeded(20s);
        QVERIFY(timeout.current() >= 30s);
        clock.advance(6min);
        for (int i = 0; i < 300; ++i)
            timeout.succeeded(2s);
        QVERIFY(timeout.current() < 4s);
    }

    void doublesWithEachTimeoutAndNeverSpiralsDown()
    {
        ManualClock clock;
        AdaptiveTimeout timeout(TimeoutPolicy{}, clock);
        timeout.succeeded(1s);
        const auto before = timeout.current();
        timeout.timedOut(before);
        QVERIFY(timeout.current() >= 2 * before);
        for (int i = 0; i < 300; ++i)
            timeout.timedOut(timeout.current());
        QCOMPARE(timeout.current(), 60s);
    }

    void staysWithinItsBounds()
    {
        ManualClock clock;
        AdaptiveTimeout quick(TimeoutPolicy{}, clock);
        for (int i = 0; i < 300; ++i)
            quick.succeeded(1ms);
        QCOMPARE(quick.current(), 2s);
        AdaptiveTimeout slow(TimeoutPolicy{}, clock);
        for (int i = 0; i < 300; ++i)
            slow.succeeded(10min);
        QCOMPARE(slow.current(), 60s);
    }
};

QTEST_GUILESS_MAIN(TstAdaptiveTimeout)
#include "tst_adaptive_timeout.moc"
