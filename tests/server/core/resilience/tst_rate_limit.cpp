// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/resilience/rate_limit.h"

#include "tests/support/manual_clock.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;

class TstRateLimit : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void allowsABurstAndThenTheRate();
    void tellsWhenToComeBack();
    void aRefusalTakesNothing();
    void aDearerCallTakesMore();
    void keysDoNotDisturbEachOther();
    void theTableIsBounded();
    void whatIsKnownTooLateIsOwed();
    void whatIsGivenBackIsThereAgain();
    void aDebtHasAnEnd();
    void whatIsDearerThanTheBurstTakesAllThereIs();
};

void TstRateLimit::allowsABurstAndThenTheRate()
{
    ManualClock clock;
    RateLimit limit({20, 40});
    int allowed = 0;
    for (int i = 0; i < 100; ++i)
        allowed += limit.take(clock.now()).allowed ? 1 : 0;
    QCOMPARE(allowed, 40);
    clock.advance(1s);
    allowed = 0;
    for (int i = 0; i < 100; ++i)
        allowed += limit.take(clock.now()).allowed ? 1 : 0;
    QCOMPARE(allowed, 20);
    clock.advance(1h);
    QCOMPARE(limit.remaining(clock.now()), 40.0);
    QVERIFY(limit.isIdle(clock.now()));
}

void TstRateLimit::tellsWhenToComeBack()
{
    ManualClock clock;
    RateLimit limit({10, 1});
    QVERIFY(limit.take(clock.now()).allowed);
    const auto verdict = limit.take(clock.now());
    QVERIFY(!verdict.allowed);
    QVERIFY(verdict.retryAfter == 100ms);
    clock.advance(99ms);
    QVERIFY(!limit.take(clock.now()).allowed);
    clock.advance(1ms);
    QVERIFY(limit.take(clock.now()).allowed);
}

void TstRateLimit::aRefusalTakesNothing()
{
    ManualClock clock;
    RateLimit limit({1, 1});
    QVERIFY(limit.take(clock.now()).allowed);
    for (int i = 0; i < 1000; ++i)
        QVERIFY(!limit.take(clock.now()).allowed);
    clock.advance(1s);
    QVERIFY(limit.take(clock.now()).allowed);
}

void TstRateLimit::aDearerCallTakesMore()
{
    ManualClock clock;
    RateLimit limit({100, 100});
    QVERIFY(limit.take(clock.now(), 90).allowed);
    QVERIFY(!limit.take(clock.now(), 20).allowed);
    QVERIFY(limit.take(clock.now(), 10).allowed);
}

void TstRateLimit::keysDoNotDisturbEachOther()
{
    ManualClock clock;
    KeyedRateLimit limits({1, 1}, 100);
    QVERIFY(limits.take("ann", clock.now()).allowed);
    QVERIFY(!limits.take("ann", clock.now()).allowed);
    QVERIFY(limits.take("bob", clock.now()).allowed);
}

void TstRateLimit::theTableIsBounded()
{
    ManualClock clock;
    KeyedRateLimit limits({1, 1}, 3);
    for (const char *key : {"a", "b", "c"})
        QVERIFY(limits.take(key, clock.now()).allowed);
    QVERIFY(!limits.take("a", clock.now()).allowed); // used: now "b" is the oldest
    QVERIFY(limits.take("d", clock.now()).allowed);
    QCOMPARE(limits.size(), 3U);
    QVERIFY(!limits.take("a", clock.now()).allowed);
    QVERIFY(limits.take("b", clock.now()).allowed); // forgotten, so it begins anew
}

void TstRateLimit::whatIsKnownTooLateIsOwed()
{
    ManualClock clock;
    RateLimit limit({10, 100});
    QVERIFY(limit.take(clock.now()).allowed);
    limit.charge(clock.now(), 149);
    const auto verdict = limit.take(clock.now());
    QVERIFY(!verdict.allowed);
    QCOMPARE(verdict.retryAfter / 1ms, 5100);
    clock.advance(5100ms);
    QVERIFY(limit.take(clock.now()).allowed);
    QVERIFY(!limit.take(clock.now()).allowed);
}

void TstRateLimit::whatIsGivenBackIsThereAgain()
{
    ManualClock clock;
    RateLimit limit({1, 10});
    QVERIFY(limit.take(clock.now(), 10).allowed);
    limit.charge(clock.now(), -4);
    QCOMPARE(limit.remaining(clock.now()), 4.0);
    limit.charge(clock.now(), -1000); // never more than the burst
    QCOMPARE(limit.remaining(clock.now()), 10.0);
    QVERIFY(limit.take(clock.now(), 10).allowed);
    QVERIFY(!limit.take(clock.now()).allowed);
}

void TstRateLimit::aDebtHasAnEnd()
{
    ManualClock clock;
    RateLimit limit({1, 10});
    limit.charge(clock.now(), 1e9);
    QVERIFY(limit.take(clock.now()).retryAfter <= 1h + 10s);
}

void TstRateLimit::whatIsDearerThanTheBurstTakesAllThereIs()
{
    ManualClock clock;
    RateLimit limit({1, 10});
    QVERIFY(limit.take(clock.now(), 500).allowed);
    QVERIFY(!limit.take(clock.now()).allowed);
    clock.advance(5s);
    QVERIFY(!limit.take(clock.now(), 500).allowed);
    clock.advance(5s);
    QVERIFY(limit.take(clock.now(), 500).allowed);
}

QTEST_APPLESS_MAIN(TstRateLimit)
#include "tst_rate_limit.moc"
