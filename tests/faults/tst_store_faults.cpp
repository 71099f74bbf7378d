// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/faults/faulty_disk.h"
#include "tests/server/store/store_fixture.h"

#include <QTest>

#include <algorithm>
#include <filesystem>
#include <set>

using namespace orchestra;

namespace {

/// A conversation that goes on whatever the disk does, and knows what was promised to it.
class Conversation
{
public:
    explicit Conversation(StoreFixture &store)
        : store_(store)
    {
    }

    /// One turn: a message and, when it was taken, its answer.
    void turn(std::size_t bytes = 100)
    {
        store_.clock.advance(std::chrono::seconds(1));
        if (!thread_) {
            const auto opened = store_.ask(OpenThread{"alice", "session-1", store_.ids.make<ThreadId>(), 1});
            if (!opened)
                return;
            thread_ = *opened;
        }
        const std::string text = std::to_string(++turns_) + " " + std::string(bytes, 'x');
        submitted.push_back(text);
        const AcceptMessage message = store_.message(*thread_, std::to_string(turns_), text);
        const auto accepted = store_.ask(message);
        if (!accepted) {
            typed = typed && accepted.error().code == Code::StorageUnavailable;
            return;
        }
        acknowledged.push_back(text);
        offset_ += 2;
        submitted.push_back("answer to " + text);
        const auto finished = store_.ask(store_.ending(message, submitted.back(), offset_ - 1, offset_));
        if (finished)
            acknowledged.push_back(submitted.back());
        else
            typed = typed && finished.error().code == Code::StorageUnavailable;
    }

    Texts submitted;
    Texts acknowledged;
    bool typed = true; ///< every failure was StorageUnavailable
private:
    StoreFixture &store_;
    std::optional<ThreadRecord> thread_;
    int turns_ = 0;
    std::uint64_t offset_ = 0;
};

/// Everything in the store but the ends that recovery has given, in order.
Texts stored(StoreFixture &store)
{
    Texts texts;
    const ThreadRecords threads = orFail(store.ask(ListUserThreads{"alice", 10, {}}));
    for (const ThreadRecord &thread : threads.threads) {
        const MessagePage page = store.messages(thread.threadId, 100000);
        for (const wire::StoredMessage &message : page.messages) {
            if (!message.error)
                texts.push_back(message.content);
        }
    }
    return texts;
}

void verifySound(const StoreFixture &store)
{
    const auto stranger = store.stranger();
    auto rows = stranger->query("PRAGMA integrity_check");
    QVERIFY(rows.next());
    QCOMPARE(rows.text(0), "ok");
    QVERIFY(stranger->script("INSERT INTO message_index (message_index, rank) VALUES ('integrity-check', 1)"));
}

} // namespace

class TstStoreFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsItsWordWhicheverOperationFails_data();
    void keepsItsWordWhicheverOperationFails();
    void losesNothingAcknowledgedWhenThePowerGoes_data();
    void losesNothingAcknowledgedWhenThePowerGoes();
};

void TstStoreFaults::keepsItsWordWhicheverOperationFails_data()
{
    QTest::addColumn<int>("fault");
    QTest::addColumn<int>("times");
    QTest::newRow("a full disk, once") << static_cast<int>(FaultyDisk::Fault::Full) << 1;
    QTest::newRow("a full disk for a while") << static_cast<int>(FaultyDisk::Fault::Full) << 30;
    QTest::newRow("a write error, once") << static_cast<int>(FaultyDisk::Fault::Write) << 1;
    QTest::newRow("write errors for a while") << static_cast<int>(FaultyDisk::Fault::Write) << 30;
    QTest::newRow("a failed sync") << static_cast<int>(FaultyDisk::Fault::Sync) << 1;
    QTest::newRow("failed syncs for a while") << static_cast<int>(FaultyDisk::Fault::Sync) << 5;
}

void TstStoreFaults::keepsItsWordWhicheverOperationFails()
{
    QFETCH(const int, fault);
    QFETCH(const int, times);
    int rounds = 0;
    for (std::uint64_t operation = 0;; operation += 3, ++rounds) {
        FaultyDisk disk;
        StoreFixture store;
        Conversation talk(store);
        disk.failAfter(operation, static_cast<std::uint64_t>(times), static_cast<FaultyDisk::Fault>(fault));
        if (const auto opened = store.open(); !opened) {
            QCOMPARE(opened.error().code, Code::StorageUnavailable);
            disk.repair();
            QVERIFY(store.open());
        }
        for (int i = 0; i < 4; ++i)
            talk.turn();
        const bool hasFailed = disk.hasFailed();
        disk.repair();
        store.clock.advance(std::chrono::seconds(1));
        store.store->probe();
        QVERIFY(!store.store->trouble());
        talk.turn();
        QVERIFY(talk.typed);
        QCOMPARE(talk.acknowledged.back(), talk.submitted.back());
        // Exactly what was acknowledged, now and after a restart.
        QCOMPARE(stored(store), talk.acknowledged);
        store.restart();
        QCOMPARE(stored(store), talk.acknowledged);
        verifySound(store);
        store.store.reset();
        if (!hasFailed)
            break;
    }
    QVERIFY2(rounds > 20, qPrintable(QString::number(rounds)));
}

void TstStoreFaults::losesNothingAcknowledgedWhenThePowerGoes_data()
{
    QTest::addColumn<int>("rounds");
    QTest::addColumn<int>("turns");
    QTest::addColumn<int>("bytes");
    QTest::newRow("short messages") << 100 << 6 << 100;
    // Long enough for the log to be moved into the database and begun anew.
    QTest::newRow("long messages") << 20 << 60 << 50000;
}

void TstStoreFaults::losesNothingAcknowledgedWhenThePowerGoes()
{
    QFETCH(const int, rounds);
    QFETCH(const int, turns);
    QFETCH(const int, bytes);
    SeededRandom random(42);
    std::uint64_t wholeRun = 0;
    for (int round = 0; round <= rounds; ++round) {
        StoreFixture survivor;
        orFail(makeDataDir(survivor.options.dataDir));
        Texts acknowledged;
        Texts submitted;
        {
            FaultyDisk disk;
            StoreFixture store;
            // The first round is whole, and shows how many operations there are to choose from.
            if (round > 0)
                disk.failAfter(random.next() % wholeRun, 1, FaultyDisk::Fault::Gone);
            Conversation talk(store);
            if (store.open()) {
                for (int i = 0; i < turns; ++i) {
                    talk.turn(static_cast<std::size_t>(bytes));
                    store.store->checkpointIfDue(true);
                }
            }
            wholeRun = std::max(wholeRun, disk.operations());
            acknowledged = talk.acknowledged;
            submitted = talk.submitted;
            disk.writeSurvivors(survivor.options.dataDir, random);
        }
        const auto opened = survivor.open();
        QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
        orFail(survivor.ask(RecoverInterrupted{1}));
        const Texts found = stored(survivor);
        // All of it, in order; beyond it at most what was being written.
        QVERIFY(found.size() >= acknowledged.size());
        QVERIFY(found.size() <= acknowledged.size() + 1);
        QVERIFY(std::equal(acknowledged.begin(), acknowledged.end(), found.begin()));
        if (found.size() > acknowledged.size())
            QVERIFY(std::find(submitted.begin(), submitted.end(), found.back()) != submitted.end());
        verifySound(survivor);
    }
}

QTEST_GUILESS_MAIN(TstStoreFaults)
#include "tst_store_faults.moc"
