// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/server/store/store_fixture.h"

#include <QTest>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <sys/stat.h>

using namespace orchestra;

namespace {

/// Lets no file of this process grow beyond `bytes` while it lives; the kernel refuses the write.
class FileSizeLimit
{
public:
    explicit FileSizeLimit(rlim_t bytes)
        : handler_(std::signal(SIGXFSZ, SIG_IGN))
    {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit()
    {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    FileSizeLimit(const FileSizeLimit &) = delete;
    FileSizeLimit &operator=(const FileSizeLimit &) = delete;

private:
    rlimit before_{};
    void (*handler_)(int);
};

wire::FlagRow impossibleFlag()
{
    wire::FlagRow flag;
    flag.name = "retrieval";
    flag.percent = 101;
    return flag;
}

} // namespace

class TstSqliteStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersNothingBeforeItIsOpened();
    void keepsItsFilesPrivate();
    void commitsABatchOnce();
    void commitsNothingForReading();
    void seesEarlierRequestsOfTheBatch();
    void letsOneRequestFailAlone();
    void answersAWholeBatchWhenAnotherProcessHoldsTheDatabase();
    void writesNothingWhileFilesCannotGrow();
    void doesNotMakeADatabaseThatVanished();
    void refusesADamagedDatabaseUntilItIsPutBack();
    void letsTheLogGrowOnlySoFar();
    void survivesEveryDamagedByteOfItsFirstPage();
};

void TstSqliteStore::answersNothingBeforeItIsOpened()
{
    StoreFixture fixture;
    fixture.store = std::make_unique<SqliteStore>(fixture.options, fixture.clock, fixture.log);
    QCOMPARE(fixture.ask(LoadTokens{}).error().code, Code::StorageUnavailable);
    QVERIFY(!std::filesystem::exists(fixture.options.dataDir));
}

void TstSqliteStore::keepsItsFilesPrivate()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    fixture.accept(fixture.thread(), "m1", "hello");
    for (const char *suffix : {"", "-wal", "-shm"}) {
        struct stat found = {};
        QCOMPARE(::stat((fixture.databasePath() + suffix).c_str(), &found), 0);
        QCOMPARE(found.st_mode & 0777U, 0600U);
    }
    struct stat directory = {};
    QCOMPARE(::stat(fixture.options.dataDir.c_str(), &directory), 0);
    QCOMPARE(directory.st_mode & 0777U, 0700U);
}

void TstSqliteStore::commitsABatchOnce()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    const std::uint64_t before = fixture.store->counters().commits;
    std::vector<StoreRequest> batch;
    for (int i = 0; i < 100; ++i)
        batch.emplace_back(fixture.message(thread, std::to_string(i), "text"));
    const auto replies = fixture.store->execute(batch);
    QCOMPARE(replies.size(), 100U);
    for (std::size_t i = 0; i < replies.size(); ++i) {
        QVERIFY(replies[i]);
        QVERIFY(std::get<AcceptedTask>(*replies[i]).taskId == std::get<AcceptMessage>(batch[i]).taskId);
    }
    QCOMPARE(fixture.store->counters().commits, before + 1);
    QCOMPARE(fixture.store->counters().batchSize.max(), 100U);
    QCOMPARE(fixture.messages(thread.threadId, 1000).messages.size(), 100U);
}

void TstSqliteStore::commitsNothingForReading()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    const std::uint64_t before = fixture.store->counters().commits;
    const std::vector<StoreRequest> batch{FindThread{thread.threadId},
                                          ReadMessages{thread.threadId, 10, {}},
                                          SearchMessages{"alice", "x", 10, {}, {}},
                                          LoadTokens{},
                                          LoadFlags{},
                                          ReadAudit{},
                                          ListUserThreads{"alice", 10, {}}};
    for (const StoreReply &reply : fixture.store->execute(batch))
        QVERIFY(reply);
    QCOMPARE(fixture.store->counters().commits, before);
}

void TstSqliteStore::seesEarlierRequestsOfTheBatch()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    const AcceptMessage first = fixture.message(thread, "m1", "hello");
    const std::vector<StoreRequest> batch{first, fixture.message(thread, "m1", "hello"),
                                          ReadMessages{thread.threadId, 10, {}},
                                          fixture.ending(first, "good morning", 1, 4)};
    const auto replies = fixture.store->execute(batch);
    QVERIFY(!std::get<AcceptedTask>(*replies[1]).isNew);
    QVERIFY(std::get<AcceptedTask>(*replies[1]).taskId == first.taskId);
    QCOMPARE(contents(std::get<MessagePage>(*replies[2])), Texts{"hello"});
    QVERIFY(replies[3]);
}

void TstSqliteStore::letsOneRequestFailAlone()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    AcceptMessage foreign = fixture.message(thread, "m2", "two");
    foreign.userId = "mallory";
    const std::vector<StoreRequest> batch{fixture.message(thread, "m1", "one"),
                                          foreign,
                                          SaveFlag{impossibleFlag(), {}},
                                          fixture.message(thread, "m1", "another one"),
                                          EraseThread{fixture.ids.make<ThreadId>()},
                                          fixture.message(thread, "m3", "three")};
    const auto replies = fixture.store->execute(batch);
    QVERIFY(replies[0]);
    QCOMPARE(replies[1].error().code, Code::NotFound);
    QCOMPARE(replies[2].error().code, Code::Internal);
    QCOMPARE(replies[3].error().code, Code::IdempotencyConflict);
    QCOMPARE(replies[4].error().code, Code::NotFound);
    QVERIFY(replies[5]);
    QCOMPARE(contents(fixture.messages(thread.threadId)), (Texts{"one", "three"}));
    QVERIFY(fixture.ask(ReadAudit{"", 0, 10})->rows.empty());
    QVERIFY(!fixture.store->trouble());
    QCOMPARE(fixture.store->counters().errors.at("save_flag"), 1U);
    QCOMPARE(fixture.store->counters().errors.count("accept_message"), 0U);
}

void TstSqliteStore::answersAWholeBatchWhenAnotherProcessHoldsTheDatabase()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    fixture.accept(thread, "m1", "one");
    const auto stranger = fixture.stranger();
    QVERIFY(stranger->script("BEGIN IMMEDIATE"));

    const std::vector<StoreRequest> batch{fixture.message(thread, "m2", "two"), ReadMessages{thread.threadId, 10, {}},
                                          fixture.message(thread, "m3", "three")};
    auto replies = fixture.store->execute(batch);
    QCOMPARE(replies[0].error().code, Code::StorageUnavailable);
    QVERIFY(replies[0].error().retryable);
    QCOMPARE(contents(std::get<MessagePage>(*replies[1])), Texts{"one"});
    QCOMPARE(replies[2].error().code, Code::StorageUnavailable);
    QVERIFY(fixture.store->trouble().has_value());
    fixture.store->probe();
    QVERIFY(fixture.store->trouble().has_value());
    QCOMPARE(fixture.log.count("store.failed"), 1U);

    QVERIFY(stranger->script("ROLLBACK"));
    fixture.store->probe();
    QVERIFY(!fixture.store->trouble());
    replies = fixture.store->execute(batch);
    QVERIFY(replies[0] && replies[1] && replies[2]);
    QVERIFY(std::get<AcceptedTask>(*replies[0]).isNew);
}

void TstSqliteStore::writesNothingWhileFilesCannotGrow()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    fixture.accept(thread, "m0", "durable");
    Texts acknowledged{"durable"};
    {
        const FileSizeLimit limit(std::filesystem::file_size(fixture.databasePath() + "-wal") + 20000);
        bool hasFailed = false;
        for (int i = 1; i < 20; ++i) {
            const std::string text = std::to_string(i) + std::string(3000, 'x');
            const auto accepted = fixture.ask(fixture.message(thread, "m" + std::to_string(i), text));
            if (accepted)
                acknowledged.push_back(text);
            else
                QCOMPARE(accepted.error().code, Code::StorageUnavailable);
            hasFailed = hasFailed || !accepted;
            // What was acknowledged can be read, also now.
            const auto page = fixture.ask(ReadMessages{thread.threadId, 100, {}});
            QVERIFY2(page, page ? "" : page.error().message.c_str());
            QCOMPARE(contents(*page), acknowledged);
            fixture.clock.advance(std::chrono::seconds(1));
        }
        QVERIFY(hasFailed);
        QVERIFY(fixture.store->trouble().has_value());
    }
    fixture.store->probe();
    QVERIFY(!fixture.store->trouble());
    fixture.accept(thread, "m99", "goes on");
    acknowledged.push_back("goes on");
    QCOMPARE(contents(fixture.messages(thread.threadId)), acknowledged);
    QVERIFY(fixture.open());
    QCOMPARE(contents(fixture.messages(thread.threadId)), acknowledged);
    auto stranger = fixture.stranger();
    auto rows = stranger->query("PRAGMA integrity_check");
    QVERIFY(rows.next());
    QCOMPARE(rows.text(0), "ok");
}

void TstSqliteStore::doesNotMakeADatabaseThatVanished()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    for (const char *suffix : {"", "-wal", "-shm"})
        std::filesystem::rename(fixture.databasePath() + suffix, fixture.databasePath() + ".elsewhere" + suffix);
    // The open files could still be written, but nobody would ever find it again.
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(fixture.ask(fixture.message(thread, "m1", "one")).error().code, Code::StorageUnavailable);
        QCOMPARE(fixture.ask(FindThread{thread.threadId}).error().code, Code::StorageUnavailable);
        QVERIFY(!std::filesystem::exists(fixture.databasePath()));
        fixture.clock.advance(std::chrono::seconds(1));
    }
    for (const char *suffix : {"", "-wal"})
        std::filesystem::rename(fixture.databasePath() + ".elsewhere" + suffix, fixture.databasePath() + suffix);
    QVERIFY(orFail(fixture.ask(FindThread{thread.threadId})).threadId == thread.threadId);
    QVERIFY(fixture.ask(fixture.message(thread, "m1", "one"))->isNew);
}

void TstSqliteStore::refusesADamagedDatabaseUntilItIsPutBack()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    for (int i = 0; i < 50; ++i)
        fixture.accept(thread, std::to_string(i), std::string(2000, 'x'));
    fixture.store.reset();
    const std::string saved = fixture.databasePath() + ".saved";
    std::filesystem::copy_file(fixture.databasePath(), saved);
    std::vector<std::int64_t> pages;
    {
        const auto stranger = fixture.stranger();
        auto rows = stranger->query("SELECT pageno FROM dbstat WHERE name IN ('messages', 'threads', 'tasks')");
        while (rows.next())
            pages.push_back(rows.integer(0));
    }
    {
        std::fstream file(fixture.databasePath(), std::ios::in | std::ios::out | std::ios::binary);
        const std::string garbage(4096, '\xa5');
        for (const std::int64_t page : pages) {
            file.seekp((page - 1) * 4096);
            file.write(garbage.data(), static_cast<std::streamsize>(garbage.size()));
        }
    }
    // What says that the database is ours is whole.
    QVERIFY(fixture.open());
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(fixture.ask(fixture.message(thread, "new", "text")).error().code, Code::StorageUnavailable);
        QCOMPARE(fixture.ask(ReadMessages{thread.threadId, 10, {}}).error().code, Code::StorageUnavailable);
        fixture.clock.advance(std::chrono::seconds(1));
    }
    QVERIFY(fixture.store->trouble()->message.find("damaged") != std::string::npos);
    std::filesystem::copy_file(saved, fixture.databasePath(), std::filesystem::copy_options::overwrite_existing);
    for (const char *suffix : {"-wal", "-shm"})
        std::filesystem::remove(fixture.databasePath() + suffix);
    fixture.clock.advance(std::chrono::seconds(1));
    QVERIFY(fixture.ask(fixture.message(thread, "new", "text")));
    QCOMPARE(fixture.messages(thread.threadId).messages.size(), 51U);
}

void TstSqliteStore::letsTheLogGrowOnlySoFar()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    for (int i = 0; i < 200; ++i) {
        fixture.accept(thread, std::to_string(i), std::string(65536, 'x'));
        fixture.store->checkpointIfDue(true);
    }
    // 200 messages of 64 KiB are 13 MB; a log is begun anew after 4 MB.
    QVERIFY(std::filesystem::file_size(fixture.databasePath() + "-wal") < 6'000'000);
    const auto size = std::filesystem::file_size(fixture.databasePath());
    fixture.accept(thread, "last", "text");
    fixture.store->checkpointIfDue(true);
    QCOMPARE(std::filesystem::file_size(fixture.databasePath()), size);
}

void TstSqliteStore::survivesEveryDamagedByteOfItsFirstPage()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    const ThreadRecord thread = fixture.thread();
    fixture.accept(thread, "m1", "hello");
    fixture.store.reset();
    const std::string saved = fixture.databasePath() + ".saved";
    std::filesystem::copy_file(fixture.databasePath(), saved);
    for (std::streamoff at = 0; at < 100; ++at) {
        std::filesystem::copy_file(saved, fixture.databasePath(), std::filesystem::copy_options::overwrite_existing);
        for (const char *suffix : {"-wal", "-shm"})
            std::filesystem::remove(fixture.databasePath() + suffix);
        {
            std::fstream file(fixture.databasePath(), std::ios::in | std::ios::out | std::ios::binary);
            file.seekg(at);
            const char flipped = static_cast<char>(file.get() ^ 0xff);
            file.seekp(at);
            file.put(flipped);
        }
        if (!fixture.open())
            continue;
        const auto page = fixture.ask(ReadMessages{thread.threadId, 10, {}});
        if (page)
            QCOMPARE(contents(*page), Texts{"hello"});
    }
}

QTEST_GUILESS_MAIN(TstSqliteStore)
#include "tst_sqlite_store.moc"
