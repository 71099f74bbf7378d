// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/loop/epoll_dispatcher.h"

#include <QBasicTimer>
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QPointer>
#include <QSocketNotifier>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QTimer>
#include <QTimerEvent>

#include <arpa/inet.h>
#include <atomic>
#include <ctime>
#include <fcntl.h>
#include <functional>
#include <memory>
#include <poll.h>
#include <random>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace orchestra;
using namespace std::chrono_literals;
using Notifier = QSocketNotifier;

namespace {

/// A connected pair of non-blocking sockets.
struct Pair
{
    Pair()
    {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0)
            qFatal("socketpair");
        ours = ends[0];
        theirs = ends[1];
    }
    ~Pair()
    {
        closeOurs();
        closeTheirs();
    }
    Pair(const Pair &) = delete;
    Pair &operator=(const Pair &) = delete;

    void send(int count = 1)
    {
        QCOMPARE(::write(theirs, std::string(std::size_t(count), 'x').data(), size_t(count)), count);
    }
    void receiveAll()
    {
        char buffer[4096];
        while (::read(ours, buffer, sizeof buffer) > 0) {
        }
    }
    void closeOurs()
    {
        if (ours >= 0)
            ::close(std::exchange(ours, -1));
    }
    void closeTheirs()
    {
        if (theirs >= 0)
            ::close(std::exchange(theirs, -1));
    }

    int ours = -1;
    int theirs = -1;
};

/// Counts its activations; runs `then` in each.
struct Watch
{
    Watch(int descriptor, Notifier::Type type, std::function<void()> then = {})
        : notifier(new Notifier(descriptor, type))
    {
        QObject::connect(notifier, &Notifier::activated, notifier, [this, then = std::move(then)] {
            ++count;
            if (then)
                then();
        });
    }
    ~Watch() { delete notifier; }

    QPointer<Notifier> notifier;
    int count = 0;
};

/// Runs a function at each tick of its timers.
class Ticker : public QObject
{
public:
    explicit Ticker(std::function<void(int)> tick)
        : tick_(std::move(tick))
    {
    }

protected:
    void timerEvent(QTimerEvent *event) override { tick_(event->timerId()); }

private:
    std::function<void(int)> tick_;
};

std::chrono::nanoseconds threadCpu()
{
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

bool process(QEventLoop::ProcessEventsFlags flags = QEventLoop::AllEvents)
{
    return QAbstractEventDispatcher::instance()->processEvents(flags);
}

} // namespace

// Its main() puts the dispatcher under test on the main thread, so QTest itself runs on it as well.
class TstEpollDispatcher : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        // What an earlier test left behind.
        while (process()) {
        }
    }

    // --- timers

    void deliversTimersOfEachTypeInTime_data()
    {
        QTest::addColumn<int>("type");
        QTest::addColumn<int>("interval");
        QTest::addColumn<int>("latest");
        QTest::newRow("precise") << int(Qt::PreciseTimer) << 30 << 31;
        QTest::newRow("coarse") << int(Qt::CoarseTimer) << 400 << 421;
        QTest::newRow("very coarse") << int(Qt::VeryCoarseTimer) << 300 << 1301;
    }
    void deliversTimersOfEachTypeInTime()
    {
        QFETCH(int, type);
        QFETCH(int, interval);
        QFETCH(int, latest);
        QElapsedTimer elapsed;
        QEventLoop loop;
        QTimer timer;
        timer.setTimerType(Qt::TimerType(type));
        timer.setSingleShot(true);
        connect(&timer, &QTimer::timeout, &loop, &QEventLoop::quit);
        elapsed.start();
        timer.start(interval);
        loop.exec();
        QVERIFY(elapsed.nsecsElapsed() >= interval * 1'000'000LL);
        // The machine may be busy: the upper bound of the queue itself is tst_loop_timers's.
        QVERIFY2(elapsed.elapsed() <= latest + 200, qPrintable(QString::number(elapsed.elapsed())));
    }

    void repeatsUntilStopped()
    {
        QBasicTimer timer;
        int ticks = 0;
        QEventLoop loop;
        Ticker ticker([&](int id) {
            QCOMPARE(id, timer.timerId());
            if (++ticks == 5) {
                timer.stop();
                QTimer::singleShot(20, Qt::PreciseTimer, &loop, &QEventLoop::quit);
            }
        });
        timer.start(2, Qt::PreciseTimer, &ticker);
        loop.exec();
        QCOMPARE(ticks, 5);
    }

    void knowsItsTimers()
    {
        QObject owner;
        auto *dispatcher = QAbstractEventDispatcher::instance();
        const int id = owner.startTimer(60'000, Qt::PreciseTimer);
        QCOMPARE(dispatcher->registeredTimers(&owner).size(), 1);
        QCOMPARE(dispatcher->registeredTimers(&owner).front().interval, 60'000);
        const int left = dispatcher->remainingTime(id);
        QVERIFY(left > 59'000 && left <= 60'000);
        owner.killTimer(id);
        QCOMPARE(dispatcher->remainingTime(id), -1);
        QVERIFY(dispatcher->registeredTimers(&owner).isEmpty());
        QVERIFY(!dispatcher->unregisterTimer(id));
    }

    void deliversAZeroTimerOnceATurn()
    {
        int ticks = 0;
        Ticker ticker([&](int) { ++ticks; });
        ticker.startTimer(0);
        for (int turn = 1; turn <= 10; ++turn) {
            QVERIFY(process());
            QCOMPARE(ticks, turn);
        }
        // A due timer also keeps a waiting turn from sleeping.
        QVERIFY(process(QEventLoop::WaitForMoreEvents));
        QCOMPARE(ticks, 11);
    }

    void doesNotReenterATimerButRunsTheOthersInANestedLoop()
    {
        int depth = 0;
        int deepest = 0;
        int others = 0;
        QEventLoop outer;
        Ticker other([&](int) { ++others; });
        Ticker nesting([&](int id) {
            deepest = std::max(deepest, ++depth);
            QEventLoop inner;
            QTimer::singleShot(30, Qt::PreciseTimer, &inner, &QEventLoop::quit);
            inner.exec();
            --depth;
            nesting.killTimer(id);
            outer.quit();
        });
        nesting.startTimer(1, Qt::PreciseTimer);
        other.startTimer(1, Qt::PreciseTimer);
        outer.exec();
        QCOMPARE(deepest, 1);
        QVERIFY(others >= 5);
    }

    void forgetsATimerThatIsKilledBeforeItsTurn()
    {
        // Both are due in the same turn, and each kills the other: one of them ticks.
        int ticks = 0;
        std::vector<int> ids;
        Ticker ticker([&](int id) {
            ++ticks;
            for (const int other : ids) {
                if (other != id)
                    ticker.killTimer(other);
            }
        });
        ids = {ticker.startTimer(1, Qt::PreciseTimer), ticker.startTimer(1, Qt::PreciseTimer)};
        std::this_thread::sleep_for(5ms);
        process();
        QCOMPARE(ticks, 1);
    }

    void allowsAnOwnerToDieInItsTick()
    {
        int ticks = 0;
        auto *ticker = new Ticker([](int) {});
        QPointer<QObject> doomed(ticker);
        Ticker killer([&](int) {
            ++ticks;
            delete doomed.data();
        });
        ticker->startTimer(2, Qt::PreciseTimer);
        Ticker *suicide = nullptr;
        suicide = new Ticker([&](int) {
            ++ticks;
            delete std::exchange(suicide, nullptr);
        });
        suicide->startTimer(1, Qt::PreciseTimer);
        killer.startTimer(1, Qt::PreciseTimer);
        std::this_thread::sleep_for(5ms);
        process();
        QCOMPARE(ticks, 2);
        QVERIFY(doomed.isNull());
    }

    void mayRestartATimerInItsSlot()
    {
        QTimer timer;
        timer.setTimerType(Qt::PreciseTimer);
        QEventLoop loop;
        std::vector<qint64> at;
        QElapsedTimer elapsed;
        connect(&timer, &QTimer::timeout, &loop, [&] {
            at.push_back(elapsed.elapsed());
            timer.start(at.size() == 1 ? 20 : 5);
            if (at.size() == 3)
                loop.quit();
        });
        elapsed.start();
        timer.start(0);
        loop.exec();
        QVERIFY(at[1] - at[0] >= 19);
        QVERIFY(at[2] - at[1] >= 4);
    }

    // --- sockets

    void tellsReadAndWriteReadiness()
    {
        Pair pair;
        Watch read(pair.ours, Notifier::Read, [&] { pair.receiveAll(); });
        QVERIFY(!process());
        QCOMPARE(read.count, 0);
        pair.send();
        QVERIFY(process());
        QVERIFY(!process());
        QCOMPARE(read.count, 1);

        Watch write(pair.ours, Notifier::Write);
        process();
        process();
        QCOMPARE(write.count, 2); // level-triggered
        write.notifier->setEnabled(false);
        process();
        QCOMPARE(write.count, 2);
        pair.send();
        process();
        QCOMPARE(read.count, 2);
    }

    void goesOnTellingUntilTheDataIsRead()
    {
        Pair pair;
        Watch read(pair.ours, Notifier::Read);
        pair.send();
        for (int i = 1; i <= 3; ++i) {
            process();
            QCOMPARE(read.count, i);
        }
    }

    void tellsUrgentDataAsAnException()
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        QTcpSocket client;
        client.connectToHost(QHostAddress::LocalHost, server.serverPort());
        QTRY_VERIFY(server.hasPendingConnections());
        std::unique_ptr<QTcpSocket> accepted(server.nextPendingConnection());
        const int descriptor = ::dup(int(accepted->socketDescriptor()));
        {
            Watch urgent(descriptor, Notifier::Exception);
            process();
            QCOMPARE(urgent.count, 0);
            QCOMPARE(::send(int(client.socketDescriptor()), "!", 1, MSG_OOB), 1);
            QTRY_VERIFY(urgent.count > 0);
        }
        ::close(descriptor);
    }

    void tellsAReaderThatThePeerHasGone()
    {
        Pair halfClosed;
        Watch half(halfClosed.ours, Notifier::Read);
        ::shutdown(halfClosed.theirs, SHUT_WR);
        process();
        QCOMPARE(half.count, 1);

        Pair closed;
        Watch reader(closed.ours, Notifier::Read);
        Watch writer(closed.ours, Notifier::Write);
        Watch exception(closed.ours, Notifier::Exception);
        closed.closeTheirs();
        process();
        QCOMPARE(reader.count, 1);
        QCOMPARE(writer.count, 1);
        QCOMPARE(exception.count, 1); // a hang-up is told to everybody, as Qt's own dispatcher does
    }

    void tellsAWriterOfAnError()
    {
        // A refused connection: EPOLLERR and EPOLLHUP, no EPOLLOUT needed.
        const int taken = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        QCOMPARE(::bind(taken, reinterpret_cast<sockaddr *>(&address), size), 0);
        QCOMPARE(::getsockname(taken, reinterpret_cast<sockaddr *>(&address), &size), 0);
        const int caller = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        {
            Watch write(caller, Notifier::Write);
            QCOMPARE(::connect(caller, reinterpret_cast<sockaddr *>(&address), size), -1);
            QTRY_VERIFY(write.count > 0);
        }
        ::close(caller);
        ::close(taken);
    }

    void allowsANotifierToDieInItsOwnSlot()
    {
        Pair pair;
        auto *notifier = new Notifier(pair.ours, Notifier::Read);
        int count = 0;
        connect(notifier, &Notifier::activated, this, [&] {
            ++count;
            delete std::exchange(notifier, nullptr);
        });
        pair.send();
        process();
        process();
        QCOMPARE(count, 1);
    }

    void forgetsWhatASlotRemoves()
    {
        // All are ready in one turn; the first that runs silences the others in different ways.
        Pair a, b;
        std::unique_ptr<Watch> readA, writeA, readB;
        const auto silence = [&] {
            writeA->notifier->setEnabled(false);
            delete readB->notifier.data();
        };
        readA = std::make_unique<Watch>(a.ours, Notifier::Read, silence);
        writeA = std::make_unique<Watch>(a.ours, Notifier::Write);
        readB = std::make_unique<Watch>(b.ours, Notifier::Read);
        a.send();
        process(); // the kernel reports in order of readiness, so this one first
        writeA->count = 0;
        b.send();
        process();
        process();
        QCOMPARE(writeA->count, 0);
        QCOMPARE(readB->count, 0);
        QVERIFY(readA->count >= 1);
    }

    void doesNotTellANotifierThatWasSwitchedOffAndOnWithoutCause()
    {
        Pair a, b;
        std::unique_ptr<Watch> readB;
        Watch readA(a.ours, Notifier::Read, [&] {
            b.receiveAll();
            readB->notifier->setEnabled(false);
            readB->notifier->setEnabled(true);
        });
        readB = std::make_unique<Watch>(b.ours, Notifier::Read, [&] {
            a.receiveAll();
            readA.notifier->setEnabled(false);
            readA.notifier->setEnabled(true);
        });
        a.send();
        b.send();
        process();
        QCOMPARE(readA.count + readB->count, 1); // whichever came first emptied the other
    }

    void tellsApartTwoFilesOfTheSameNumber()
    {
        // The slot of one closes another that is also ready in this turn, and its number is given to a new file.
        Pair a;
        auto b = std::make_unique<Pair>();
        std::unique_ptr<Pair> replacement;
        std::unique_ptr<Watch> readA, readB, readC;
        const int number = b->ours;
        bool reused = false;
        const auto replace = [&] {
            a.receiveAll();
            if (!b)
                return;
            readB.reset();
            b.reset();
            replacement = std::make_unique<Pair>();
            if (replacement->theirs == number)
                std::swap(replacement->ours, replacement->theirs);
            reused = replacement->ours == number;
            readC = std::make_unique<Watch>(replacement->ours, Notifier::Read);
        };
        readA = std::make_unique<Watch>(a.ours, Notifier::Read, replace);
        readB = std::make_unique<Watch>(b->ours, Notifier::Read);
        a.send();
        b->send();
        process();
        QVERIFY(reused);
        QCOMPARE(readC->count, 0); // the readiness was that of its predecessor
        process();
        QCOMPARE(readC->count, 0);
        replacement->send();
        process();
        QCOMPARE(readC->count, 1);
    }

    void hearsAFileThatWasReopenedUnderAWatchedNumber()
    {
        // Between two turns: unregister, close, open, register, without a wait in between.
        for (int i = 0; i < 50; ++i) {
            auto old = std::make_unique<Pair>();
            auto watch = std::make_unique<Watch>(old->ours, Notifier::Read);
            if (i % 2)
                process(); // the kernel knows the old one in every second round
            watch.reset();
            old.reset();
            Pair fresh;
            Watch again(fresh.ours, Notifier::Read);
            process();
            QCOMPARE(again.count, 0);
            fresh.send();
            process();
            QCOMPARE(again.count, 1);
        }
    }

    void hearsAFileWhosePredecessorWasClosedWithItsNotifierOn()
    {
        // A mistake of the application that must not leave the next user of the number deaf.
        auto old = std::make_unique<Pair>();
        const int number = old->ours;
        auto orphan = std::make_unique<Watch>(number, Notifier::Read);
        process();
        old->closeOurs();
        Pair fresh;
        if (fresh.theirs == number)
            std::swap(fresh.ours, fresh.theirs);
        QCOMPARE(fresh.ours, number);
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("a second notifier of type 0")));
        Watch again(fresh.ours, Notifier::Read);
        fresh.send();
        process();
        QCOMPARE(again.count, 1);
        orphan.reset();
        process();
        QCOMPARE(again.count, 2); // the orphan's end did not take the number away from its owner
    }

    void saysWhenADescriptorCannotBeWatched()
    {
        const int file = ::open("/proc/self/exe", O_RDONLY);
        {
            Watch watch(file, Notifier::Read);
            QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("cannot be watched")));
            process();
            process(); // says it once
            QCOMPARE(watch.count, 0);
        }
        ::close(file);
    }

    void servesMoreReadySocketsThanABatchHolds()
    {
        rlimit limit{};
        ::getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4096);
        ::setrlimit(RLIMIT_NOFILE, &limit);
        std::vector<std::unique_ptr<Pair>> pairs;
        std::vector<std::unique_ptr<Watch>> watches;
        for (int i = 0; i < 600; ++i) {
            pairs.push_back(std::make_unique<Pair>());
            watches.push_back(std::make_unique<Watch>(pairs.back()->ours, Notifier::Read));
            pairs.back()->send();
        }
        // Nobody reads, so all stay ready: the kernel's list must go round.
        for (int turn = 0; turn < 9; ++turn)
            process();
        for (const auto &watch : watches)
            QVERIFY(watch->count >= 2);
    }

    void agreesWithPollUnderRandomUse()
    {
        std::mt19937 random(20'240'611);
        constexpr std::size_t kSlots = 12;
        std::vector<std::unique_ptr<Pair>> pairs(kSlots);
        std::vector<std::unique_ptr<Watch>> reads(kSlots), writes(kSlots);
        int told = 0;
        for (int step = 0; step < 20'000; ++step) {
            const std::size_t i = random() % kSlots;
            switch (random() % 8) {
            case 0: // a new file, often under the number of the last one
                reads[i].reset();
                writes[i].reset();
                pairs[i].reset();
                pairs[i] = std::make_unique<Pair>();
                reads[i] = std::make_unique<Watch>(pairs[i]->ours, Notifier::Read);
                writes[i] = std::make_unique<Watch>(pairs[i]->ours, Notifier::Write);
                break;
            case 1:
            case 2:
                if (pairs[i] && pairs[i]->theirs >= 0)
                    pairs[i]->send();
                break;
            case 3:
                if (pairs[i])
                    pairs[i]->receiveAll();
                break;
            case 4:
                if (pairs[i])
                    reads[i]->notifier->setEnabled(!reads[i]->notifier->isEnabled());
                break;
            case 5:
                if (pairs[i])
                    writes[i]->notifier->setEnabled(!writes[i]->notifier->isEnabled());
                break;
            case 6:
                if (pairs[i] && random() % 4 == 0)
                    pairs[i]->closeTheirs();
                break;
            default:
                for (std::size_t k = 0; k < kSlots; ++k) {
                    if (pairs[k])
                        reads[k]->count = writes[k]->count = 0;
                }
                process();
                for (std::size_t k = 0; k < kSlots; ++k) {
                    if (!pairs[k])
                        continue;
                    pollfd truth{pairs[k]->ours, POLLIN | POLLOUT | POLLRDHUP, 0};
                    ::poll(&truth, 1, 0);
                    const bool gone = truth.revents & (POLLHUP | POLLERR);
                    const bool readable = gone || (truth.revents & (POLLIN | POLLRDHUP));
                    const bool writable = gone || (truth.revents & POLLOUT);
                    QCOMPARE(reads[k]->count, int(readable && reads[k]->notifier->isEnabled()));
                    QCOMPARE(writes[k]->count, int(writable && writes[k]->notifier->isEnabled()));
                    told += reads[k]->count + writes[k]->count;
                }
            }
        }
        QVERIFY(told > 1000);
    }

    void carriesQtsOwnSockets()
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        connect(&server, &QTcpServer::newConnection, &server, [&] {
            QTcpSocket *socket = server.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [socket] { socket->write(socket->readAll()); });
        });
        constexpr qsizetype kBytes = 4 << 20;
        QByteArray received;
        QTcpSocket client;
        QEventLoop loop;
        connect(&client, &QTcpSocket::readyRead, &loop, [&] {
            received += client.readAll();
            if (received.size() >= kBytes)
                loop.quit();
        });
        client.connectToHost(QHostAddress::LocalHost, server.serverPort());
        QByteArray sent(kBytes, '\0');
        for (qsizetype i = 0; i < kBytes; ++i)
            sent[i] = char(i * 31 % 251);
        client.write(sent);
        QTimer::singleShot(20'000, &loop, &QEventLoop::quit);
        loop.exec();
        QVERIFY(received == sent);
    }

    // --- waking up

    void returnsAtOnceWithoutWaitForMoreEvents() { QVERIFY(!process()); }

    void remembersAWakeUpThatCameBeforeTheWait()
    {
        QAbstractEventDispatcher::instance()->wakeUp();
        QElapsedTimer elapsed;
        elapsed.start();
        QTimer::singleShot(5000, this, [] {}); // ends the wait if the wake-up is lost
        QVERIFY(process(QEventLoop::WaitForMoreEvents));
        QVERIFY(elapsed.elapsed() < 2000);
    }

    void wakesForAnEventOfAnotherThread()
    {
        for (int i = 0; i < 200; ++i) {
            std::atomic<bool> arrived = false;
            QObject receiver;
            std::thread poster([&] {
                if (i % 2)
                    std::this_thread::sleep_for(std::chrono::microseconds(i * 3));
                QMetaObject::invokeMethod(
                    &receiver, [&] { arrived = true; }, Qt::QueuedConnection);
            });
            while (!arrived)
                process(QEventLoop::WaitForMoreEvents);
            poster.join();
        }
    }

    void losesNoEventOfManyThreads()
    {
        constexpr int kThreads = 4;
        constexpr int kEach = 20'000;
        int arrived = 0;
        QObject receiver;
        QEventLoop loop;
        std::vector<std::thread> posters;
        for (int i = 0; i < kThreads; ++i) {
            posters.emplace_back([&] {
                for (int n = 0; n < kEach; ++n) {
                    QMetaObject::invokeMethod(
                        &receiver,
                        [&] {
                            if (++arrived == kThreads * kEach)
                                loop.quit();
                        },
                        Qt::QueuedConnection);
                }
            });
        }
        loop.exec();
        for (std::thread &poster : posters)
            poster.join();
        QCOMPARE(arrived, kThreads * kEach);
    }

    void sleepsWhenThereIsNothingToDo()
    {
        QTimer::singleShot(200, Qt::PreciseTimer, this, [] {});
        Pair idle;
        Watch read(idle.ours, Notifier::Read);
        const auto before = threadCpu();
        int turns = 0;
        QElapsedTimer elapsed;
        elapsed.start();
        while (elapsed.elapsed() < 190) {
            process(QEventLoop::WaitForMoreEvents);
            ++turns;
        }
        QVERIFY2(turns < 10, qPrintable(QString::number(turns)));
        QVERIFY(threadCpu() - before < 50ms);
    }

    void endsALoopThatAnotherThreadInterrupts()
    {
        for (int i = 0; i < 200; ++i) {
            QEventLoop loop;
            std::atomic<bool> isRunning = false;
            QTimer::singleShot(0, &loop, [&] { isRunning = true; });
            std::thread other([&] {
                while (!isRunning)
                    std::this_thread::yield();
                loop.exit(i);
            });
            QCOMPARE(loop.exec(), i);
            other.join();
        }
    }

    void announcesThatItIsAboutToSleepAndAwake()
    {
        auto *dispatcher = QAbstractEventDispatcher::instance();
        QObject context;
        int slept = 0;
        int woke = 0;
        connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, &context, [&] { ++slept; });
        connect(dispatcher, &QAbstractEventDispatcher::awake, &context, [&] { ++woke; });
        process();
        QCOMPARE(slept, 0);
        QCOMPARE(woke, 1);
        QTimer::singleShot(1, Qt::PreciseTimer, &context, [] {});
        process(QEventLoop::WaitForMoreEvents);
        QCOMPARE(slept, 1);
    }

    void takesWorkThatArrivesWhileItAnnouncesItsSleep()
    {
        QObject context;
        bool ran = false;
        connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::aboutToBlock, &context, [&] {
            if (!ran)
                QMetaObject::invokeMethod(
                    &context, [&] { ran = true; }, Qt::QueuedConnection);
        });
        QTimer::singleShot(5000, &context, [] {});
        QElapsedTimer elapsed;
        elapsed.start();
        while (!ran)
            process(QEventLoop::WaitForMoreEvents);
        QVERIFY(elapsed.elapsed() < 2000);
    }

    // --- nested loops

    void quitsOnlyTheInnerOfTwoLoops()
    {
        QEventLoop outer;
        QEventLoop inner;
        int steps = 0;
        QTimer::singleShot(1, Qt::PreciseTimer, &outer, [&] {
            QTimer::singleShot(1, Qt::PreciseTimer, &inner, &QEventLoop::quit);
            inner.exec();
            ++steps;
            QTimer::singleShot(1, Qt::PreciseTimer, &outer, [&] {
                ++steps;
                outer.quit();
            });
        });
        outer.exec();
        QCOMPARE(steps, 2);
    }

    void goesOnWithTheOuterLoopsSocketsInANestedLoop()
    {
        // All three are ready in the same turn; the first slot runs a nested loop, which serves the other two once.
        std::vector<std::unique_ptr<Pair>> pairs;
        std::vector<std::unique_ptr<Watch>> watches;
        bool hasNested = false;
        for (std::size_t i = 0; i < 3; ++i) {
            pairs.push_back(std::make_unique<Pair>());
            watches.push_back(std::make_unique<Watch>(pairs[i]->ours, Notifier::Read, [&, i] {
                pairs[i]->receiveAll();
                if (!std::exchange(hasNested, true)) {
                    QEventLoop inner;
                    QTimer::singleShot(10, Qt::PreciseTimer, &inner, &QEventLoop::quit);
                    inner.exec();
                    for (const auto &watch : watches)
                        QCOMPARE(watch->count, 1);
                }
            }));
        }
        for (const auto &pair : pairs)
            pair->send();
        process();
        process();
        for (const auto &watch : watches)
            QCOMPARE(watch->count, 1);
    }

    // --- flags

    void leavesSocketsAloneWhenTheyAreExcluded()
    {
        Pair pair;
        Watch read(pair.ours, Notifier::Read);
        pair.send();
        QVERIFY(!process(QEventLoop::ExcludeSocketNotifiers));
        QCOMPARE(read.count, 0);

        // Waiting with a ready socket excluded must sleep, not spin, and still wake for timers and events.
        bool ticked = false;
        QTimer::singleShot(100, Qt::PreciseTimer, this, [&] { ticked = true; });
        const auto before = threadCpu();
        while (!ticked)
            process(QEventLoop::ExcludeSocketNotifiers | QEventLoop::WaitForMoreEvents);
        QVERIFY(threadCpu() - before < 50ms);
        QCOMPARE(read.count, 0);

        std::atomic<bool> arrived = false;
        std::thread poster([&] {
            std::this_thread::sleep_for(5ms);
            QMetaObject::invokeMethod(
                this, [&] { arrived = true; }, Qt::QueuedConnection);
        });
        while (!arrived)
            process(QEventLoop::ExcludeSocketNotifiers | QEventLoop::WaitForMoreEvents);
        poster.join();

        process();
        QCOMPARE(read.count, 1);
    }

    void leavesTimersAloneWhenTheyAreExcluded()
    {
        int ticks = 0;
        Ticker ticker([&](int) { ++ticks; });
        ticker.startTimer(0);
        process(QEventLoop::X11ExcludeTimers);
        QCOMPARE(ticks, 0);
        process();
        QCOMPARE(ticks, 1);
    }

    void servesEverythingWhenUserInputIsExcluded()
    {
        Pair pair;
        Watch read(pair.ours, Notifier::Read);
        pair.send();
        int ticks = 0;
        Ticker ticker([&](int) { ++ticks; });
        ticker.startTimer(0);
        bool posted = false;
        QMetaObject::invokeMethod(
            this, [&] { posted = true; }, Qt::QueuedConnection);
        QVERIFY(process(QEventLoop::ExcludeUserInputEvents));
        QVERIFY(posted);
        QCOMPARE(ticks, 1);
        QCOMPARE(read.count, 1);
    }

    void starvesNobody()
    {
        // Endless posted events, an always ready socket and a zero timer share the loop fairly.
        constexpr int kTurns = 100;
        Pair pair;
        pair.send();
        Watch read(pair.ours, Notifier::Read);
        int ticks = 0;
        Ticker ticker([&](int) { ++ticks; });
        ticker.startTimer(0);
        int posted = 0;
        QObject context;
        std::function<void()> postAgain = [&] {
            ++posted;
            QMetaObject::invokeMethod(&context, postAgain, Qt::QueuedConnection);
        };
        postAgain();
        for (int turn = 0; turn < kTurns; ++turn)
            process(QEventLoop::WaitForMoreEvents);
        QCOMPARE(read.count, kTurns);
        QCOMPARE(ticks, kTurns);
        QVERIFY(posted >= kTurns);
    }
};

int main(int argc, char **argv)
{
    QCoreApplication::setEventDispatcher(new EpollDispatcher);
    QCoreApplication app(argc, argv);
    TstEpollDispatcher tests;
    return QTest::qExec(&tests, argc, argv);
}

#include "tst_epoll_dispatcher.moc"
