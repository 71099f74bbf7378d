// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/loop/epoll_dispatcher.h"
#include "server/loop/loop_thread.h"
#include "server/loop/mailbox_reader.h"
#include "tests/support/manual_clock.h"

#include <QCoreApplication>
#include <QTest>
#include <QThread>

#include <atomic>
#include <future>
#include <numeric>
#include <thread>

using namespace orchestra;
using namespace std::chrono_literals;

// The main thread here runs on Qt's own dispatcher, as that of a program with a console would.
class TstMailboxReader : public QObject
{
    Q_OBJECT

private:
    SystemClock clock_;

private Q_SLOTS:
    void handsOverWhatWaitsInOneBatch()
    {
        Mailbox<int> mailbox(10, clock_);
        MailboxReader<int> reader(mailbox);
        std::vector<std::vector<int>> batches;
        reader.start([&](std::vector<int> &batch) { batches.push_back(batch); });
        for (int i = 0; i < 3; ++i)
            QVERIFY(mailbox.push(int(i)));
        QVERIFY(batches.empty());
        QCoreApplication::processEvents();
        QCOMPARE(batches, (std::vector<std::vector<int>>{{0, 1, 2}}));
        QVERIFY(mailbox.push(3));
        QCoreApplication::processEvents();
        QCOMPARE(batches.size(), std::size_t(2));
    }

    void handsOverWhatWasPushedBeforeItStarted()
    {
        Mailbox<int> mailbox(10, clock_);
        MailboxReader<int> reader(mailbox);
        QVERIFY(mailbox.push(7));
        std::vector<int> got;
        reader.start([&](std::vector<int> &batch) { got = batch; });
        QCoreApplication::processEvents();
        QCOMPARE(got, std::vector<int>{7});
    }

    void isSilentAfterStop()
    {
        Mailbox<int> mailbox(10, clock_);
        MailboxReader<int> reader(mailbox);
        int calls = 0;
        reader.start([&](std::vector<int> &) { ++calls; });
        QVERIFY(mailbox.push(1));
        reader.stop();
        QVERIFY(mailbox.push(2));
        QCoreApplication::processEvents();
        QCOMPARE(calls, 0);
        reader.start([&](std::vector<int> &batch) { calls += int(batch.size()); });
        QCoreApplication::processEvents();
        QCOMPARE(calls, 2);
    }

    void mayBeStoppedByItsOwnHandler()
    {
        Mailbox<int> mailbox(10, clock_);
        MailboxReader<int> reader(mailbox);
        int calls = 0;
        reader.start([&](std::vector<int> &) {
            ++calls;
            reader.stop();
        });
        QVERIFY(mailbox.push(1));
        QCoreApplication::processEvents();
        QVERIFY(mailbox.push(2));
        QCoreApplication::processEvents();
        QCOMPARE(calls, 1);
    }

    void mayBeDrainedByItsOwnHandler()
    {
        Mailbox<int> mailbox(10, clock_);
        MailboxReader<int> reader(mailbox);
        std::vector<int> got;
        reader.start([&](std::vector<int> &batch) {
            got.insert(got.end(), batch.begin(), batch.end());
            if (batch.front() == 1) {
                QVERIFY(mailbox.push(2));
                reader.drain();
            }
            got.push_back(-batch.front());
        });
        QVERIFY(mailbox.push(1));
        QCoreApplication::processEvents();
        QCOMPARE(got, (std::vector<int>{1, 2, -2, -1}));
    }

    void survivesAMailboxThatIsPushedAfterItsEnd()
    {
        Mailbox<int> mailbox(10, clock_);
        {
            MailboxReader<int> reader(mailbox);
            reader.start([](std::vector<int> &) { QFAIL("nobody is there"); });
        }
        QVERIFY(mailbox.push(1));
        QCoreApplication::processEvents();
        QCOMPARE(mailbox.size(), std::size_t(1));
    }

    void recordsHowLongTheOldestWaited()
    {
        ManualClock clock;
        Mailbox<int> mailbox(10, clock);
        MailboxReader<int> reader(mailbox);
        reader.start([](std::vector<int> &) {});
        QVERIFY(mailbox.push(1));
        clock.advance(250us);
        QVERIFY(mailbox.push(2));
        clock.advance(50us);
        QCoreApplication::processEvents();
        QCOMPARE(reader.wait().count(), std::uint64_t(1));
        QCOMPARE(reader.wait().max(), std::uint64_t(300));
        QCOMPARE(reader.takeWait().count(), std::uint64_t(1));
        QCOMPARE(reader.wait().count(), std::uint64_t(0));
    }

    void losesNothingBetweenManyWritersAndOneReader_data()
    {
        QTest::addColumn<bool>("onEpoll");
        QTest::newRow("Qt's own dispatcher") << false;
        QTest::newRow("epoll dispatcher") << true;
    }
    void losesNothingBetweenManyWritersAndOneReader()
    {
        QFETCH(bool, onEpoll);
        constexpr int kWriters = 4;
        constexpr int kEach = 50'000;
        Mailbox<int> mailbox(1000, clock_);
        MailboxReader<int> reader(mailbox);
        std::vector<int> next(kWriters, 0);
        std::atomic<int> total = 0;
        std::atomic<bool> inOrder = true;
        std::unique_ptr<QThread> thread(QThread::create([&] {
            reader.start([&](std::vector<int> &batch) {
                for (const int value : batch) {
                    int &expected = next[std::size_t(value / kEach)];
                    inOrder = inOrder && value % kEach == expected;
                    ++expected;
                }
                if ((total += int(batch.size())) == kWriters * kEach)
                    QThread::currentThread()->quit();
            });
            QEventLoop().exec();
            reader.stop();
        }));
        if (onEpoll)
            thread->setEventDispatcher(new EpollDispatcher);
        thread->start();
        std::vector<std::thread> writers;
        for (int writer = 0; writer < kWriters; ++writer) {
            writers.emplace_back([&mailbox, writer] {
                for (int i = 0; i < kEach; ++i) {
                    int value = writer * kEach + i;
                    while (!mailbox.push(std::move(value)))
                        std::this_thread::yield();
                }
            });
        }
        for (std::thread &writer : writers)
            writer.join();
        QVERIFY(thread->wait(20'000));
        QVERIFY(inOrder);
        QCOMPARE(total.load(), kWriters * kEach);
    }

    /// A writer with an EpollDispatcher rings when its turn is over, or when its loop ends.
    void isWokenOnceForATurnOfItsWriter_data()
    {
        QTest::addColumn<bool>("endsItsLoop");
        QTest::newRow("goes on") << false;
        QTest::newRow("ends its loop") << true;
    }
    void isWokenOnceForATurnOfItsWriter()
    {
        QFETCH(bool, endsItsLoop);
        constexpr int kValues = 50;
        SystemClock clock;
        Mailbox<int> mailbox(1000, clock);
        MailboxReader<int> reader(mailbox);
        std::vector<std::size_t> batches;
        std::promise<void> done;
        LoopThread readers("reader", clock);
        readers.start(
            [&] {
                reader.start([&](std::vector<int> &batch) {
                    batches.push_back(batch.size());
                    if (std::accumulate(batches.begin(), batches.end(), std::size_t(0)) == kValues)
                        done.set_value();
                });
            },
            [&] { reader.stop(); });
        LoopThread writers("writer", clock);
        writers.start();
        QVERIFY(writers.post([&] {
            for (int value = 0; value < kValues; ++value) {
                QVERIFY(mailbox.push(int(value)));
                std::this_thread::sleep_for(std::chrono::milliseconds(1)); // the reader would have the time
            }
            if (endsItsLoop)
                QThread::currentThread()->quit();
        }));
        QCOMPARE(done.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
        writers.stop();
        readers.stop();
        QCOMPARE(batches, std::vector<std::size_t>{kValues});
    }
};

QTEST_GUILESS_MAIN(TstMailboxReader)
#include "tst_mailbox_reader.moc"
