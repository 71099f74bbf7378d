// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/schedule.h"

#include "tests/support/manual_clock.h"

#include <QTest>

#include <string>

using namespace orchestra;
using namespace std::chrono_literals;

class TstSchedule : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void runsInTheOrderOfTheirInstants();
    void runsTimersOfOneInstantInTheOrderOfTheirStart();
    void doesNotRunWhatWasStopped();
    void aCallbackMayStopAnother();
    void whatACallbackStartsWaitsForTheNextRound();
    void tellsWhenTheEarliestInstantMovesForward();
    void aTimerDiesWithItsOwner();
    void startingAgainReplaces();
};

void TstSchedule::runsInTheOrderOfTheirInstants()
{
    ManualClock clock;
    Schedule schedule(clock);
    std::string ran;
    schedule.start(20ms, [&] { ran += 'b'; });
    schedule.start(10ms, [&] { ran += 'a'; });
    schedule.start(30ms, [&] { ran += 'c'; });
    QCOMPARE(schedule.runDue(), 0U);
    clock.advance(25ms);
    QCOMPARE(schedule.runDue(), 2U);
    QCOMPARE(ran, std::string("ab"));
    QVERIFY(*schedule.nextDue() == clock.now() + 5ms);
    clock.advance(5ms);
    schedule.runDue();
    QCOMPARE(ran, std::string("abc"));
    QVERIFY(!schedule.nextDue());
}

void TstSchedule::runsTimersOfOneInstantInTheOrderOfTheirStart()
{
    ManualClock clock;
    Schedule schedule(clock);
    std::string ran;
    for (const char c : std::string("abcdef"))
        schedule.start(10ms, [&ran, c] { ran += c; });
    clock.advance(10ms);
    schedule.runDue();
    QCOMPARE(ran, std::string("abcdef"));
}

void TstSchedule::doesNotRunWhatWasStopped()
{
    ManualClock clock;
    Schedule schedule(clock);
    bool ran = false;
    const auto handle = schedule.start(1ms, [&] { ran = true; });
    schedule.stop(handle);
    schedule.stop(handle);
    schedule.stop(0);
    clock.advance(1s);
    QCOMPARE(schedule.runDue(), 0U);
    QVERIFY(!ran);
}

void TstSchedule::aCallbackMayStopAnother()
{
    ManualClock clock;
    Schedule schedule(clock);
    bool ran = false;
    Schedule::Handle second = 0;
    schedule.start(1ms, [&] { schedule.stop(second); });
    second = schedule.start(1ms, [&] { ran = true; });
    clock.advance(1ms);
    QCOMPARE(schedule.runDue(), 1U);
    QVERIFY(!ran);
    QCOMPARE(schedule.size(), 0U);
}

void TstSchedule::whatACallbackStartsWaitsForTheNextRound()
{
    ManualClock clock;
    Schedule schedule(clock);
    int ran = 0;
    std::function<void()> again = [&] {
        ++ran;
        schedule.start(0ms, again);
    };
    schedule.start(0ms, again);
    QCOMPARE(schedule.runDue(), 1U);
    QCOMPARE(schedule.runDue(), 1U);
    QCOMPARE(ran, 2);
}

void TstSchedule::tellsWhenTheEarliestInstantMovesForward()
{
    ManualClock clock;
    Schedule schedule(clock);
    int told = 0;
    schedule.onEarlier([&] { ++told; });
    schedule.start(10ms, [] {});
    schedule.start(20ms, [] {});
    QCOMPARE(told, 1);
    schedule.start(5ms, [] {});
    QCOMPARE(told, 2);
}

void TstSchedule::aTimerDiesWithItsOwner()
{
    ManualClock clock;
    Schedule schedule(clock);
    bool ran = false;
    {
        Alarm alarm(schedule);
        alarm.start(1ms, [&] { ran = true; });
        QVERIFY(alarm.isRunning());
    }
    clock.advance(1s);
    schedule.runDue();
    QVERIFY(!ran);
}

void TstSchedule::startingAgainReplaces()
{
    ManualClock clock;
    Schedule schedule(clock);
    std::string ran;
    Alarm alarm(schedule);
    alarm.start(1ms, [&] { ran += 'a'; });
    alarm.start(2ms, [&] { ran += 'b'; });
    clock.advance(1s);
    schedule.runDue();
    QCOMPARE(ran, std::string("b"));
    QVERIFY(!alarm.isRunning());
}

QTEST_APPLESS_MAIN(TstSchedule)
#include "tst_schedule.moc"
