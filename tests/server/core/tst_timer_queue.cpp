// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/timer_queue.h"

#include "tests/support/manual_clock.h"

#include <QTest>

#include <string>

using namespace orchestra;
using namespace std::chrono_literals;

class TstTimerQueue : public QObject
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

void TstTimerQueue::runsInTheOrderOfTheirInstants()
{
    ManualClock clock;
    TimerQueue queue(clock);
    std::string ran;
    queue.start(20ms, [&] { ran += 'b'; });
    queue.start(10ms, [&] { ran += 'a'; });
    queue.start(30ms, [&] { ran += 'c'; });
    QCOMPARE(queue.runDue(), 0U);
    clock.advance(25ms);
    QCOMPARE(queue.runDue(), 2U);
    QCOMPARE(ran, std::string("ab"));
    QVERIFY(*queue.nextDue() == clock.now() + 5ms);
    clock.advance(5ms);
    queue.runDue();
    QCOMPARE(ran, std::string("abc"));
    QVERIFY(!queue.nextDue());
}

void TstTimerQueue::runsTimersOfOneInstantInTheOrderOfTheirStart()
{
    ManualClock clock;
    TimerQueue queue(clock);
    std::string ran;
    for (const char c : std::string("abcdef"))
        queue.start(10ms, [&ran, c] { ran += c; });
    clock.advance(10ms);
    queue.runDue();
    QCOMPARE(ran, std::string("abcdef"));
}

void TstTimerQueue::doesNotRunWhatWasStopped()
{
    ManualClock clock;
    TimerQueue queue(clock);
    bool ran = false;
    const auto handle = queue.start(1ms, [&] { ran = true; });
    queue.stop(handle);
    queue.stop(handle);
    queue.stop(0);
    clock.advance(1s);
    QCOMPARE(queue.runDue(), 0U);
    QVERIFY(!ran);
}

void TstTimerQueue::aCallbackMayStopAnother()
{
    ManualClock clock;
    TimerQueue queue(clock);
    bool ran = false;
    TimerQueue::Handle second = 0;
    queue.start(1ms, [&] { queue.stop(second); });
    second = queue.start(1ms, [&] { ran = true; });
    clock.advance(1ms);
    QCOMPARE(queue.runDue(), 1U);
    QVERIFY(!ran);
    QCOMPARE(queue.size(), 0U);
}

void TstTimerQueue::whatACallbackStartsWaitsForTheNextRound()
{
    ManualClock clock;
    TimerQueue queue(clock);
    int ran = 0;
    std::function<void()> again = [&] {
        ++ran;
        queue.start(0ms, again);
    };
    queue.start(0ms, again);
    QCOMPARE(queue.runDue(), 1U);
    QCOMPARE(queue.runDue(), 1U);
    QCOMPARE(ran, 2);
}

void TstTimerQueue::tellsWhenTheEarliestInstantMovesForward()
{
    ManualClock clock;
    TimerQueue queue(clock);
    int told = 0;
    queue.onEarlier([&] { ++told; });
    queue.start(10ms, [] {});
    queue.start(20ms, [] {});
    QCOMPARE(told, 1);
    queue.start(5ms, [] {});
    QCOMPARE(told, 2);
}

void TstTimerQueue::aTimerDiesWithItsOwner()
{
    ManualClock clock;
    TimerQueue queue(clock);
    bool ran = false;
    {
        Timer timer(queue);
        timer.start(1ms, [&] { ran = true; });
        QVERIFY(timer.isRunning());
    }
    clock.advance(1s);
    queue.runDue();
    QVERIFY(!ran);
}

void TstTimerQueue::startingAgainReplaces()
{
    ManualClock clock;
    TimerQueue queue(clock);
    std::string ran;
    Timer timer(queue);
    timer.start(1ms, [&] { ran += 'a'; });
    timer.start(2ms, [&] { ran += 'b'; });
    clock.advance(1s);
    queue.runDue();
    QCOMPARE(ran, std::string("b"));
    QVERIFY(!timer.isRunning());
}

QTEST_APPLESS_MAIN(TstTimerQueue)
#include "tst_timer_queue.moc"
