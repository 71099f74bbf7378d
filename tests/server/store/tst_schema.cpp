// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/schema.h"
#include "tests/server/store/store_fixture.h"

#include <QFile>
#include <QTest>

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace orchestra;

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLatest = 7;

std::string readFixture(const char *name)
{
    QFile file(QStringLiteral(STORE_FIXTURES "/") + QLatin1String(name));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot read the fixture %s", name);
    return file.readAll().toStdString();
}

/// A database of an earlier version, where the store will look for it.
std::unique_ptr<SqliteConnection> makeOld(const StoreFixture &fixture, const std::string &sql)
{
    orFail(makeDataDir(fixture.options.dataDir));
    orFail(makePrivateFile(fixture.databasePath()));
    auto database = fixture.stranger();
    if (!database->script(sql))
        qFatal("%s", database->failure().message.c_str());
    return database;
}

std::vector<fs::path> copies(const StoreFixture &fixture)
{
    std::vector<fs::path> found;
    if (fs::exists(fixture.options.dataDir + "/copies")) {
        for (const auto &entry : fs::directory_iterator(fixture.options.dataDir + "/copies"))
            found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    return found;
}

} // namespace

class TstSchema : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void makesANewDatabase();
    void changesNothingOnTheSecondStart();
    void migratesADatabaseOfTheFirstVersion();
    void migratesFromEveryVersion();
    void leavesADatabaseAsItWasWhenAStepFails();
    void keepsTheLastThreeCopies();
    void doesNotMigrateWithoutACopy();
    void refusesANewerSchema();
    void refusesWhatIsNotOurs_data();
    void refusesWhatIsNotOurs();
    void letsAToolMigrateOnlyWithoutAServer();
    void knowsItsStepsInOrder();
};

void TstSchema::makesANewDatabase()
{
    StoreFixture fixture;
    const auto opening = fixture.open();
    QVERIFY(opening);
    QVERIFY(*opening == (StoreOpening{kLatest, 0, true}));
    QVERIFY(copies(fixture).empty());
    const auto stranger = fixture.stranger();
    QCOMPARE(stranger->integer("PRAGMA user_version"), static_cast<std::int64_t>(kLatest));
    QCOMPARE(stranger->integer("PRAGMA application_id"), 0x4f726368);
    auto mode = stranger->query("PRAGMA journal_mode");
    QVERIFY(mode.next());
    QCOMPARE(mode.text(0), "wal");
}

void TstSchema::changesNothingOnTheSecondStart()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    fixture.accept(fixture.thread(), "m1", "hello");
    const auto opening = fixture.open();
    QVERIFY(opening);
    QVERIFY(*opening == (StoreOpening{kLatest, 0, false}));
    QVERIFY(copies(fixture).empty());
    QCOMPARE(contents(fixture.messages(fixture.thread().threadId)), Texts{"hello"});
}

void TstSchema::migratesADatabaseOfTheFirstVersion()
{
    StoreFixture fixture;
    makeOld(fixture, readFixture("schema_0001.sql"));
    const auto opening = fixture.open();
    QVERIFY2(opening, opening ? "" : opening.error().message.c_str());
    QVERIFY(*opening == (StoreOpening{kLatest, kLatest - 1, false}));

    const ThreadRecords threads = *fixture.ask(ListUserThreads{"alice", 10, {}});
    QCOMPARE(threads.threads.size(), 1U);
    const ThreadRecord thread = threads.threads.front();
    QCOMPARE(thread.title, "Is the breaker open?");
    QCOMPARE(thread.offset, 6U);
    // The search knows what was there before there was a search.
    const SearchHits hits = *fixture.ask(SearchMessages{"alice", "breaker", 10, {}, {}});
    QCOMPARE(hits.hits.size(), 2U);
    QVERIFY(fixture.ask(SearchMessages{"bob", "breaker", 10, {}, {}})->hits.empty());
    // A task was running when the old server stopped.
    QCOMPARE(fixture.ask(RecoverInterrupted{5000})->interruptedTasks, 1U);
    QCOMPARE(contents(fixture.messages(thread.threadId)),
             (Texts{"Is the breaker open?", "No, the breaker is closed.", "Since when?", "Since 9"}));
    QVERIFY(
        fixture.stranger()->script("INSERT INTO message_index (message_index, rank) VALUES ('integrity-check', 1)"));

    // And the copy is what it was.
    const auto kept = copies(fixture);
    QCOMPARE(kept.size(), 1U);
    QCOMPARE(fs::status(kept.front()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    const auto copy = *SqliteConnection::open(kept.front().string(), std::chrono::seconds(1));
    QCOMPARE(copy->integer("PRAGMA user_version"), 1);
    QCOMPARE(copy->integer("SELECT count(*) FROM messages"), 3);
}

void TstSchema::migratesFromEveryVersion()
{
    const std::vector<Migration> steps = knownMigrations();
    for (std::uint64_t version = 1; version < kLatest; ++version) {
        StoreFixture fixture;
        const auto database = makeOld(fixture, readFixture("schema_0001.sql"));
        QCOMPARE(*migrate(*database, {false, 1}, std::span(steps).first(version)), version - 1);
        const auto opening = fixture.open();
        QVERIFY2(opening, opening ? "" : opening.error().message.c_str());
        QCOMPARE(opening->migrated, kLatest - version);
        QCOMPARE(fixture.ask(SearchMessages{"alice", "breaker", 10, {}, {}})->hits.size(), 2U);
    }
}

void TstSchema::leavesADatabaseAsItWasWhenAStepFails()
{
    StoreFixture fixture;
    const auto database = makeOld(fixture, readFixture("schema_0001.sql"));
    const std::vector<Migration> steps{{2, "CREATE TABLE good (a); INSERT INTO good VALUES (1);"},
                                       {3, "CREATE TABLE half (a); INSERT INTO absent VALUES (1);"},
                                       {4, "CREATE TABLE never (a);"}};
    const auto migrated = migrate(*database, {false, 1}, steps);
    QVERIFY(!migrated);
    QVERIFY2(migrated.error().message.find("migration 3") != std::string::npos, migrated.error().message.c_str());
    QVERIFY(!database->hasFailed());
    QVERIFY(!database->isInTransaction());
    QCOMPARE(database->integer("PRAGMA user_version"), 2);
    QCOMPARE(database->integer("SELECT count(*) FROM sqlite_schema WHERE name IN ('half', 'never')"), 0);
    QCOMPARE(database->integer("SELECT count(*) FROM good"), 1);
}

void TstSchema::keepsTheLastThreeCopies()
{
    StoreFixture fixture;
    const auto database = makeOld(fixture, readFixture("schema_0001.sql"));
    std::vector<std::string> made;
    for (int i = 0; i < 5; ++i) {
        made.push_back(orFail(copyDatabase(*database, fixture.options.dataDir, {false, 1}, fixture.clock.wallMs(), 3)));
        std::ofstream(fixture.options.dataDir + "/copies/left.db.partial") << "of a start that was cut short";
        fixture.clock.advance(std::chrono::hours(7));
    }
    const auto last = orFail(copyDatabase(*database, fixture.options.dataDir, {false, 1}, fixture.clock.wallMs(), 3));
    const auto kept = copies(fixture);
    QCOMPARE(kept.size(), 3U);
    QCOMPARE(kept[0].string(), made[3]);
    QCOMPARE(kept[1].string(), made[4]);
    QCOMPARE(kept[2].string(), last);
}

void TstSchema::doesNotMigrateWithoutACopy()
{
    StoreFixture fixture;
    makeOld(fixture, readFixture("schema_0001.sql"));
    std::ofstream(fixture.options.dataDir + "/copies") << "a file where the directory should be";
    const auto opening = fixture.open();
    QVERIFY(!opening);
    QCOMPARE(opening.error().code, Code::StorageUnavailable);
    QCOMPARE(fixture.stranger()->integer("PRAGMA user_version"), 1);
    fs::remove(fixture.options.dataDir + "/copies");
    QVERIFY(fixture.open());
}

void TstSchema::refusesANewerSchema()
{
    StoreFixture fixture;
    QVERIFY(fixture.open());
    fixture.store.reset();
    QVERIFY(fixture.stranger()->script("PRAGMA user_version = 99"));
    const auto opening = fixture.open();
    QVERIFY(!opening);
    QCOMPARE(opening.error().code, Code::UnsupportedVersion);
    QVERIFY(opening.error().message.find("99") != std::string::npos);
    QCOMPARE(fixture.stranger()->integer("PRAGMA user_version"), 99);
    QVERIFY(copies(fixture).empty());
}

void TstSchema::refusesWhatIsNotOurs_data()
{
    QTest::addColumn<QString>("sql");
    QTest::newRow("somebody else's") << "CREATE TABLE songs (title); PRAGMA application_id = 42";
    QTest::newRow("nobody's") << "CREATE TABLE songs (title)";
    QTest::newRow("no database") << "";
}

void TstSchema::refusesWhatIsNotOurs()
{
    QFETCH(const QString, sql);
    StoreFixture fixture;
    makeOld(fixture, sql.toStdString());
    if (sql.isEmpty())
        std::ofstream(fixture.databasePath()) << std::string(10000, 'x');
    const auto size = fs::file_size(fixture.databasePath());
    const auto opening = fixture.open();
    QVERIFY(!opening);
    QCOMPARE(opening.error().code, sql.isEmpty() ? Code::StorageUnavailable : Code::Invalid);
    QCOMPARE(fs::file_size(fixture.databasePath()), size);
}

void TstSchema::letsAToolMigrateOnlyWithoutAServer()
{
    StoreFixture tool;
    makeOld(tool, readFixture("schema_0001.sql"));
    {
        DataDirLock server;
        QVERIFY(server.acquire(tool.options.dataDir));
        const auto refused = tool.open(StoreAccess::Tool);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, Code::Conflict);
        QCOMPARE(tool.stranger()->integer("PRAGMA user_version"), 1);
    }
    QVERIFY(tool.open(StoreAccess::Tool));
    // It does not keep a server away.
    StoreFixture server(tool.options.dataDir);
    QVERIFY(server.open());
}

void TstSchema::knowsItsStepsInOrder()
{
    const auto steps = knownMigrations();
    QCOMPARE(steps.size(), kLatest);
    for (std::size_t i = 0; i < steps.size(); ++i) {
        QCOMPARE(steps[i].version, i + 1);
        QVERIFY(!steps[i].sql.empty());
    }
}

QTEST_GUILESS_MAIN(TstSchema)
#include "tst_schema.moc"
