// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/loop/epoll_dispatcher.h"
#include "server/loop/loop_thread.h"

#include <QAbstractEventDispatcher>
#include <QPointer>
#include <QTest>
#include <QThread>
#include <QTimer>

#include <atomic>
#include <future>
#include <pthread.h>
#include <thread>

using namespace orchestra;
using namespace std::chrono_literals;

class TstLoopThread : public QObject
{
    Q_OBJECT

private:
    SystemClock clock_;

private Q_SLOTS:
    void runsOnTheEpollDispatcherUnderItsName()
    {
        std::promise<std::pair<bool, std::string>> seen;
        LoopThread thread("edge-7", clock_);
        thread.start([&] {
            char name[16] = {};
            pthread_getname_np(pthread_self(), name, sizeof name);
            seen.set_value({dynamic_cast<EpollDispatcher *>(QAbstractEventDispatcher::instance()) != nullptr, name});
        });
        const auto [isEpoll, name] = seen.get_future().get();
        QVERIFY(isEpoll);
        QCOMPARE(name, std::string("edge-7"));
        QCOMPARE(thread.name(), name);
    }

    void runsStartThenTasksThenStopInOrder()
    {
        std::vector<int> order;
        LoopThread thread("loop", clock_);
        QVERIFY(thread.post([&] { order.push_back(2); })); // before the start
        thread.start([&] { order.push_back(1); }, [&] { order.push_back(1000); });
        for (int i = 3; i < 1000; ++i)
            QVERIFY(thread.post([&order, i] { order.push_back(i); }));
        thread.stop();
        QCOMPARE(order.size(), std::size_t(1000));
        QVERIFY(std::is_sorted(order.begin(), order.end()));
    }

    void refusesPostsAfterStop()
    {
        LoopThread thread("loop", clock_);
        thread.start();
        QVERIFY(thread.isRunning());
        thread.stop();
        QVERIFY(!thread.isRunning());
        QVERIFY(!thread.post([] {}));
        thread.stop();
    }

    void runsItsTasksInItsThread()
    {
        std::promise<std::thread::id> id;
        LoopThread thread("loop", clock_);
        thread.start();
        QVERIFY(thread.post([&] { id.set_value(std::this_thread::get_id()); }));
        QVERIFY(id.get_future().get() != std::this_thread::get_id());
    }

    void letsATaskPostAnother()
    {
        std::promise<void> done;
        LoopThread thread("loop", clock_);
        thread.start();
        QVERIFY(thread.post([&] {
            if (!thread.post([&] { done.set_value(); }))
                done.set_exception(std::make_exception_ptr(std::runtime_error("refused")));
        }));
        done.get_future().get();
    }

    void deliversTimersAndQueuedCallsToObjectsThatLiveThere()
    {
        std::promise<void> ticked;
        std::unique_ptr<QTimer> timer;
        int ticks = 0;
        LoopThread thread("loop", clock_);
        thread.start(
            [&] {
                timer = std::make_unique<QTimer>();
                QObject::connect(timer.get(), &QTimer::timeout, [&] {
                    if (++ticks == 3)
                        ticked.set_value();
                });
                timer->start(1ms);
            },
            [&] { timer.reset(); });
        QCOMPARE(ticked.get_future().wait_for(5s), std::future_status::ready);
    }

    void deletesWhatWasLeftForLaterWhenItStops()
    {
        QPointer<QObject> object;
        LoopThread thread("loop", clock_);
        thread.start({}, [&] {
            object = new QObject;
            object->deleteLater();
        });
        thread.stop();
        QVERIFY(object.isNull());
    }

    void stopsAtOnceWhenItHasJustStarted()
    {
        for (int i = 0; i < 200; ++i) {
            LoopThread thread("loop", clock_);
            thread.start();
        }
    }

    void losesNoPostOfManyThreads()
    {
        LoopThread thread("loop", clock_);
        thread.start();
        std::atomic<int> accepted = 0;
        int ran = 0;
        std::vector<std::thread> writers;
        for (int i = 0; i < 4; ++i) {
            writers.emplace_back([&] {
                for (int n = 0; n < 5000; ++n)
                    accepted += thread.post([&ran] { ++ran; });
            });
        }
        for (std::thread &writer : writers)
            writer.join();
        thread.stop();
        QCOMPARE(ran, accepted.load());
        QVERIFY(ran > 0);
    }
};

QTEST_GUILESS_MAIN(TstLoopThread)
#include "tst_loop_thread.moc"
