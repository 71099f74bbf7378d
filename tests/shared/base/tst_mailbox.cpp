// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/mailbox.h"
#include "tests/support/manual_clock.h"

#include <QTest>

#include <atomic>
#include <memory>
#include <semaphore>
#include <thread>

using namespace orchestra;
using namespace std::chrono_literals;

class TstMailbox : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void handsOverEverythingInOrder();
    void wakesOncePerBatch();
    void refusesWhenFullAndLeavesTheValueAlone();
    void refusesWhenClosedButStillDrains();
    void tellsHowLongTheOldestWaited();
    void keepsTheOrderOfEachOfManyWriters();
    void losesNoWakeUp();

private:
    ManualClock clock_;
};

void TstMailbox::handsOverEverythingInOrder()
{
    Mailbox<int> mailbox(10, clock_);
    std::vector<int> batch{99};
    QVERIFY(mailbox.push(1) && mailbox.push(2) && mailbox.push(3));
    QCOMPARE(mailbox.size(), std::size_t(3));
    mailbox.drain(batch);
    QVERIFY((batch == std::vector<int>{1, 2, 3}));
    mailbox.drain(batch);
    QVERIFY(batch.empty());
}

void TstMailbox::wakesOncePerBatch()
{
    Mailbox<int> mailbox(10, clock_);
    int wakes = 0;
    mailbox.onWake([&wakes] { ++wakes; });
    std::vector<int> batch;
    for (int round = 1; round <= 3; ++round) {
        for (int i = 0; i < 5; ++i)
            QVERIFY(mailbox.push(std::move(i)));
        QCOMPARE(wakes, round);
        mailbox.drain(batch);
    }
}

void TstMailbox::refusesWhenFullAndLeavesTheValueAlone()
{
    Mailbox<std::unique_ptr<int>> mailbox(2, clock_);
    QCOMPARE(mailbox.capacity(), std::size_t(2));
    QVERIFY(mailbox.push(std::make_unique<int>(1)) && mailbox.push(std::make_unique<int>(2)));
    auto third = std::make_unique<int>(3);
    QVERIFY(!mailbox.push(std::move(third)));
    QVERIFY(third && *third == 3);
    std::vector<std::unique_ptr<int>> batch;
    mailbox.drain(batch);
    QCOMPARE(batch.size(), std::size_t(2));
    QVERIFY(mailbox.push(std::move(third)));
    QVERIFY(!third);
}

void TstMailbox::refusesWhenClosedButStillDrains()
{
    Mailbox<int> mailbox(10, clock_);
    QVERIFY(mailbox.push(1));
    mailbox.close();
    QVERIFY(!mailbox.push(2));
    std::vector<int> batch;
    mailbox.drain(batch);
    QVERIFY((batch == std::vector<int>{1}));
}

void TstMailbox::tellsHowLongTheOldestWaited()
{
    Mailbox<int> mailbox(10, clock_);
    std::vector<int> batch;
    QVERIFY(mailbox.drain(batch) == 0ns);
    QVERIFY(mailbox.push(1));
    clock_.advance(7ms);
    QVERIFY(mailbox.push(2));
    clock_.advance(3ms);
    QVERIFY(mailbox.drain(batch) == 10ms);
    clock_.advance(5ms);
    QVERIFY(mailbox.push(3));
    clock_.advance(1ms);
    QVERIFY(mailbox.drain(batch) == 1ms);
}

void TstMailbox::keepsTheOrderOfEachOfManyWriters()
{
    struct Value
    {
        int writer;
        int number;
    };
    constexpr int kWriters = 4;
    constexpr int kValues = 20000;
    Mailbox<Value> mailbox(256, clock_);
    std::vector<std::thread> writers;
    for (int writer = 0; writer < kWriters; ++writer) {
        writers.emplace_back([&mailbox, writer] {
            for (int number = 0; number < kValues; ++number) {
                while (!mailbox.push(Value{writer, number}))
                    std::this_thread::yield();
            }
        });
    }
    std::vector<int> next(kWriters, 0);
    std::vector<Value> batch;
    bool inOrder = true;
    std::size_t largest = 0;
    for (int seen = 0; seen < kWriters * kValues; seen += static_cast<int>(batch.size())) {
        mailbox.drain(batch);
        largest = std::max(largest, batch.size());
        for (const Value &value : batch)
            inOrder = inOrder && value.number == next[static_cast<std::size_t>(value.writer)]++;
    }
    for (std::thread &writer : writers)
        writer.join();
    QVERIFY(inOrder);
    QVERIFY(largest <= 256);
    QCOMPARE(mailbox.size(), std::size_t(0));
}

void TstMailbox::losesNoWakeUp()
{
    // The reader sleeps until it is woken: one lost wake-up and this test would hang (and time out).
    constexpr int kValues = 50000;
    Mailbox<int> mailbox(64, clock_);
    std::counting_semaphore<> awake(0);
    std::atomic<int> wakes = 0;
    mailbox.onWake([&] {
        ++wakes;
        awake.release();
    });
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 2; ++writer) {
        writers.emplace_back([&mailbox] {
            for (int i = 0; i < kValues; ++i) {
                while (!mailbox.push(int(i)))
                    std::this_thread::yield();
            }
        });
    }
    int batches = 0;
    std::vector<int> batch;
    for (int seen = 0; seen < 2 * kValues; seen += static_cast<int>(batch.size())) {
        awake.acquire();
        mailbox.drain(batch);
        ++batches;
    }
    for (std::thread &writer : writers)
        writer.join();
    QCOMPARE(batches, wakes.load());
}

QTEST_GUILESS_MAIN(TstMailbox)
#include "tst_mailbox.moc"
