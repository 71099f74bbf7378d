// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/schema.h"

#include "server/store/data_dir.h"
#include "shared/wire/error_table.h"

#include <QDirIterator>
#include <QFile>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

// Outside every namespace, as Q_INIT_RESOURCE wants it; a static library's resources are not initialised by themselves.
static void initMigrationResources()
{
    Q_INIT_RESOURCE(store_migrations);
}

namespace orchestra {
namespace {

namespace fs = std::filesystem;

/// "Orch": tells our files from other SQLite databases.
constexpr std::int64_t kApplicationId = 0x4f726368;

Error failed(const SqliteConnection &database, const std::string &what)
{
    Error error = database.failure().toError();
    error.message = what + ": " + error.message;
    return error;
}

/// The stamp without the characters that file systems and shells dislike, still in the order of time.
std::string fileStamp(WallMs at)
{
    std::string stamp = formatTimestamp(at);
    std::erase_if(stamp, [](char c) { return c == ':' || c == '-' || c == '.'; });
    return stamp;
}

Status checkCopy(const std::string &path, std::uint64_t version)
{
    auto copy = SqliteConnection::open(path, std::chrono::seconds(1));
    if (!copy)
        return copy.error();
    auto rows = (*copy)->query("PRAGMA integrity_check(1)");
    const std::string verdict = rows.next() ? rows.text(0) : "unreadable";
    const auto copied = (*copy)->integer("PRAGMA user_version");
    if (verdict != "ok" || copied != static_cast<std::int64_t>(version))
        return makeError(Code::StorageUnavailable, "the copy of the database is not sound: " + verdict);
    return Ok{};
}

void removeOldCopies(const fs::path &directory, std::size_t kept)
{
    std::error_code ignored;
    std::vector<fs::path> copies;
    for (const auto &entry : fs::directory_iterator(directory, ignored)) {
        if (entry.path().extension() == ".db")
            copies.push_back(entry.path());
        else if (entry.path().extension() == ".partial") // of a start that was cut short
            fs::remove(entry.path(), ignored);
    }
    std::sort(copies.begin(), copies.end(),
              [](const fs::path &a, const fs::path &b) { return a.filename() > b.filename(); });
    for (std::size_t i = kept; i < copies.size(); ++i)
        fs::remove(copies[i], ignored);
}

bool runStep(SqliteConnection &database, const Migration &step)
{
    database.script("BEGIN IMMEDIATE");
    database.script(step.sql);
    database.script("PRAGMA application_id = " + std::to_string(kApplicationId));
    database.script("PRAGMA user_version = " + std::to_string(step.version));
    database.script("COMMIT");
    return !database.hasFailed();
}

} // namespace

std::vector<Migration> knownMigrations()
{
    initMigrationResources();
    std::vector<Migration> steps;
    QDirIterator files(QStringLiteral(":/store/migrations"), QDir::Files);
    while (files.hasNext()) {
        QFile file(files.next());
        if (!file.open(QIODevice::ReadOnly))
            continue;
        steps.push_back({files.fileName().left(4).toULongLong(), file.readAll().toStdString()});
    }
    std::sort(steps.begin(), steps.end(), [](const auto &a, const auto &b) { return a.version < b.version; });
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (steps[i].version != i + 1) {
            std::fputs("orchestra: the migrations in this program are not numbered 1, 2, 3, ...\n", stderr);
            std::abort();
        }
    }
    return steps;
}

Result<SchemaState> inspectSchema(SqliteConnection &database, std::uint64_t latest)
{
    const auto application = database.integer("PRAGMA application_id");
    const auto version = database.integer("PRAGMA user_version");
    const auto objects = database.integer("SELECT count(*) FROM sqlite_schema");
    if (database.hasFailed())
        return failed(database, "cannot read the database");
    if (application == 0 && version == 0 && objects == 0)
        return SchemaState{true, 0};
    if (application != kApplicationId)
        return Error{Code::Invalid, "the file is an SQLite database, but not one of AI Orchestra"};
    const auto found = static_cast<std::uint64_t>(version.value_or(0));
    if (found > latest)
        return Error{Code::UnsupportedVersion,
                     "the database has schema " + std::to_string(found) + ", this program knows " +
                         std::to_string(latest) +
                         ": it was used by a newer version. Install that one, or put back a copy from the directory "
                         "`copies` beside it"};
    return SchemaState{false, found};
}

Result<std::uint64_t> migrate(SqliteConnection &database, const SchemaState &state, std::span<const Migration> steps)
{
    // A step may rebuild a table that others refer to; it is checked as a whole below.
    database.script("PRAGMA foreign_keys = OFF");
    std::uint64_t ran = 0;
    for (const Migration &step : steps) {
        if (step.version <= state.version)
            continue;
        if (!runStep(database, step)) {
            const Error error = failed(database, "migration " + std::to_string(step.version) + " failed");
            database.clearFailure();
            if (database.isInTransaction())
                database.script("ROLLBACK");
            database.clearFailure();
            return error;
        }
        ++ran;
    }
    if (ran > 0 && !state.isEmpty && database.query("PRAGMA foreign_key_check").next())
        return Error{Code::Internal, "after the migration a row refers to one that is not there"};
    database.script("PRAGMA foreign_keys = ON");
    if (database.hasFailed())
        return failed(database, "cannot prepare the database");
    return ran;
}

Result<std::string> copyDatabase(SqliteConnection &database, const std::string &dataDir, const SchemaState &state,
                                 WallMs at, std::size_t kept)
{
    const fs::path directory = fs::path(dataDir) / "copies";
    if (Status made = makeDataDir(directory.string()); !made)
        return made.error();
    const fs::path final =
        directory / ("orchestra-" + fileStamp(at) + "-schema" + std::to_string(state.version) + ".db");
    const std::string partial = final.string() + ".partial";
    std::error_code ignored;
    fs::remove(partial, ignored);
    // VACUUM INTO takes an empty file, so the copy is private from its first byte.
    if (const auto made = makePrivateFile(partial); !made)
        return made.error();
    database.run("VACUUM INTO ?", partial);
    if (database.hasFailed()) {
        const Error error = failed(database, "cannot copy the database before its migration");
        database.clearFailure();
        fs::remove(partial, ignored);
        return error;
    }
    Status sound = checkCopy(partial, state.version);
    if (sound)
        sound = syncToDisk(partial);
    if (!sound) {
        fs::remove(partial, ignored);
        return sound.error();
    }
    std::error_code moved;
    fs::rename(partial, final, moved);
    if (moved)
        return makeError(Code::StorageUnavailable, "cannot name the copy " + final.string() + ": " + moved.message());
    if (Status synced = syncToDisk(directory.string()); !synced)
        return synced.error();
    removeOldCopies(directory, kept);
    return final.string();
}

} // namespace orchestra
