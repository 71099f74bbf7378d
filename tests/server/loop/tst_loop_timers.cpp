// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/loop/loop_timers.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;

class TstLoopTimers : public QObject
{
    Q_OBJECT

private:
    static std::vector<int> dueIds(const LoopTimers &queue, MonotonicTime now)
    {
        std::vector<LoopTimers::Ticket> tickets;
        queue.collectDue(now, tickets);
        std::vector<int> ids;
        for (const auto &ticket : tickets)
            ids.push_back(ticket.id);
        return ids;
    }
    static LoopTimers::Ticket only(const LoopTimers &queue, MonotonicTime now)
    {
        std::vector<LoopTimers::Ticket> tickets;
        queue.collectDue(now, tickets);
        return tickets.size() == 1 ? tickets.front() : LoopTimers::Ticket{};
    }

    // Not on any grid.
    const MonotonicTime start_{1'000'123'456'789ns};
    QObject owner_;

private Q_SLOTS:
    void listsDueTimersEarliestFirst()
    {
        LoopTimers queue;
        queue.add(1, 30ms, Qt::PreciseTimer, &owner_, start_);
        queue.add(2, 10ms, Qt::PreciseTimer, &owner_, start_);
        queue.add(3, 20ms, Qt::PreciseTimer, &owner_, start_);
        QCOMPARE(queue.nextDue(), std::optional(start_ + 10ms));
        QCOMPARE(dueIds(queue, start_ + 10ms - 1ns), std::vector<int>{});
        QCOMPARE(dueIds(queue, start_ + 25ms), (std::vector<int>{2, 3}));
        QCOMPARE(dueIds(queue, start_ + 30ms), (std::vector<int>{2, 3, 1}));
    }

    void keepsTheGraceOfEachType_data()
    {
        QTest::addColumn<int>("type");
        QTest::addColumn<int>("interval");
        QTest::addColumn<qint64>("latestNs");
        const qint64 ms = 1'000'000;
        for (const int interval : {0, 1, 7, 19, 20, 33, 250, 999, 1000, 30'000, 600'000}) {
            QTest::addRow("precise %d ms", interval) << int(Qt::PreciseTimer) << interval << qint64(0);
            QTest::addRow("coarse %d ms", interval) << int(Qt::CoarseTimer) << interval << interval * ms / 20;
            QTest::addRow("very coarse %d ms", interval) << int(Qt::VeryCoarseTimer) << interval << 1000 * ms - 1;
        }
    }
    void keepsTheGraceOfEachType()
    {
        QFETCH(int, type);
        QFETCH(int, interval);
        QFETCH(qint64, latestNs);
        for (int offset = 0; offset < 1000; ++offset) {
            LoopTimers queue;
            const MonotonicTime now = start_ + offset * 1'234'567ns;
            queue.add(1, std::chrono::milliseconds(interval), Qt::TimerType(type), &owner_, now);
            const auto late = *queue.nextDue() - now - std::chrono::milliseconds(interval);
            QVERIFY2(late >= 0ns && late.count() <= latestNs, qPrintable(QString::number(late.count())));
        }
    }

    void coarseTimersOfLikeIntervalShareAWakeUp()
    {
        LoopTimers queue;
        std::set<MonotonicTime> dues;
        for (int i = 0; i < 30; ++i) {
            queue.add(1, 1000ms + i * 1ms, Qt::CoarseTimer, &owner_, start_);
            dues.insert(*queue.nextDue());
        }
        QVERIFY(dues.size() <= 2);
    }

    void doesNotDrift_data()
    {
        QTest::addColumn<int>("type");
        QTest::newRow("precise") << int(Qt::PreciseTimer);
        QTest::newRow("coarse") << int(Qt::CoarseTimer);
    }
    void doesNotDrift()
    {
        QFETCH(int, type);
        LoopTimers queue;
        queue.add(1, 100ms, Qt::TimerType(type), &owner_, start_);
        for (int round = 1; round <= 1000; ++round) {
            const MonotonicTime due = *queue.nextDue();
            const auto late = due - (start_ + round * 100ms);
            QVERIFY(late >= 0ns && late <= 5ms);
            // Delivered a little late each time, as by a busy loop.
            const auto ticket = only(queue, due + 3ms);
            QCOMPARE(queue.begin(ticket, due + 3ms), &owner_);
            queue.end(ticket);
        }
    }

    void doesNotMakeUpForMissedPeriods()
    {
        LoopTimers queue;
        queue.add(1, 10ms, Qt::PreciseTimer, &owner_, start_);
        const MonotonicTime late = start_ + 1s;
        const auto ticket = only(queue, late);
        queue.begin(ticket, late);
        queue.end(ticket);
        QCOMPARE(queue.nextDue(), std::optional(late + 10ms));
    }

    void isNotDueWhileItIsBeingDelivered()
    {
        LoopTimers queue;
        queue.add(1, 0ms, Qt::PreciseTimer, &owner_, start_);
        const auto ticket = only(queue, start_);
        QCOMPARE(queue.begin(ticket, start_), &owner_);
        QCOMPARE(queue.nextDue(), std::nullopt);
        QCOMPARE(dueIds(queue, start_ + 1h), std::vector<int>{});
        QCOMPARE(queue.begin(ticket, start_ + 1h), nullptr);
        queue.end(ticket);
        QCOMPARE(dueIds(queue, start_), std::vector<int>{1});
    }

    void forgetsATicketWhoseTimerWasRemoved()
    {
        LoopTimers queue;
        queue.add(1, 5ms, Qt::PreciseTimer, &owner_, start_);
        const auto ticket = only(queue, start_ + 5ms);
        QVERIFY(queue.remove(1));
        QVERIFY(!queue.remove(1));
        QCOMPARE(queue.begin(ticket, start_ + 5ms), nullptr);
        queue.end(ticket);
        QCOMPARE(queue.nextDue(), std::nullopt);
    }

    void tellsARestartedTimerFromItsPredecessor()
    {
        LoopTimers queue;
        queue.add(1, 5ms, Qt::PreciseTimer, &owner_, start_);
        const auto ticket = only(queue, start_ + 5ms);
        QObject other;
        queue.add(1, 50ms, Qt::PreciseTimer, &other, start_ + 5ms);
        QCOMPARE(queue.begin(ticket, start_ + 60ms), nullptr);
        QCOMPARE(queue.nextDue(), std::optional(start_ + 55ms));
    }

    void survivesRemovalDuringItsDelivery()
    {
        LoopTimers queue;
        queue.add(1, 5ms, Qt::PreciseTimer, &owner_, start_);
        const auto ticket = only(queue, start_ + 5ms);
        queue.begin(ticket, start_ + 5ms);
        QVERIFY(queue.remove(1));
        queue.end(ticket);
        QCOMPARE(queue.nextDue(), std::nullopt);
        QCOMPARE(queue.remaining(1, start_), std::nullopt);
    }

    void removesTheTimersOfOneOwner()
    {
        LoopTimers queue;
        QObject other;
        queue.add(1, 5ms, Qt::PreciseTimer, &owner_, start_);
        queue.add(2, 6ms, Qt::CoarseTimer, &other, start_);
        queue.add(3, 7ms, Qt::VeryCoarseTimer, &owner_, start_);
        QCOMPARE(queue.timersOf(&owner_).size(), 2);
        QVERIFY(queue.removeAll(&owner_));
        QVERIFY(!queue.removeAll(&owner_));
        const auto left = queue.timersOf(&other);
        QCOMPARE(left.size(), 1);
        QCOMPARE(left.front().timerId, 2);
        QCOMPARE(left.front().interval, 6);
        QCOMPARE(left.front().timerType, Qt::CoarseTimer);
        QCOMPARE(queue.nextDue(), std::optional(start_ + 6ms));
    }

    void tellsWhatRemains()
    {
        LoopTimers queue;
        queue.add(1, 5ms, Qt::PreciseTimer, &owner_, start_);
        QCOMPARE(queue.remaining(1, start_ + 2ms), std::optional<std::chrono::nanoseconds>(3ms));
        QCOMPARE(queue.remaining(1, start_ + 9ms), std::optional<std::chrono::nanoseconds>(0ms));
        QCOMPARE(queue.remaining(2, start_), std::nullopt);
    }
};

QTEST_APPLESS_MAIN(TstLoopTimers)
#include "tst_loop_timers.moc"
