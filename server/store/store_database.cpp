// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/store_database.h"

#include "server/store/log_check.h"
#include "server/store/schema.h"
#include "shared/wire/error_table.h"

namespace orchestra {
namespace {

// A page is 4 KiB. Checkpoints wait for an idle moment, but the log must not grow for ever on a busy server.
constexpr int kLogPagesDue = 1000;
constexpr int kLogPagesOverdue = 8000;
constexpr auto kCheckpointRetry = std::chrono::seconds(10);
constexpr auto kReconnectInterval = std::chrono::milliseconds(250);

} // namespace

StoreDatabase::StoreDatabase(const StoreOptions &options, const Clock &clock, LogSink &log)
    : options_(options)
    , clock_(clock)
    , log_(log)
{
}

std::string StoreDatabase::path() const
{
    return options_.dataDir + "/orchestra.db";
}

// ---- opening --------------------------------------------------------------------------------------------------

Result<StoreOpening> StoreDatabase::open(StoreAccess access)
{
    auto opening = prepareDirectory(access).andThen([&](Ok) { return openDatabase(access, knownMigrations()); });
    if (!opening) {
        connection_.reset();
        lock_.release();
        trouble_ = opening.error();
        return opening;
    }
    if (access == StoreAccess::Tool)
        lock_.release(); // was only held for a migration
    wasOpened_ = true;
    isSuspect_ = isDamaged_ = isCommitInDoubt_ = false;
    trouble_.reset();
    return opening;
}

Status StoreDatabase::prepareDirectory(StoreAccess access)
{
    Status made = makeDataDir(options_.dataDir);
    return made && access == StoreAccess::Server ? lock_.acquire(options_.dataDir) : made;
}

Result<StoreOpening> StoreDatabase::openDatabase(StoreAccess access, const std::vector<Migration> &steps)
{
    if (const auto made = makePrivateFile(path()); !made)
        return made.error();
    if (access == StoreAccess::Server && options_.synchronous == StoreOptions::Synchronous::Full) {
        if (Status sound = checkWriteAheadLog(path() + "-wal"); !sound)
            return sound.error();
    }
    if (Status connected = connect(); !connected)
        return connected.error();
    // SQLite falls back to reading when it may not write. That will do for a while, not for a start.
    if (connection_->isReadOnly())
        return makeError(Code::StorageUnavailable, "the database " + path() + " is read-only");
    const std::uint64_t latest = steps.size();
    const auto state = inspectSchema(*connection_, latest);
    if (!state)
        return state.error();
    StoreOpening opening{latest, 0, state->isEmpty};
    if (state->version < latest) {
        // Under a running server of an older version a migration would pull the tables from under its feet.
        if (Status locked = lock_.acquire(options_.dataDir); !locked)
            return locked.error();
        const auto ran = migrateCopied(state->isEmpty, state->version, steps);
        if (!ran)
            return ran.error();
        opening.migrated = state->isEmpty ? 0 : *ran;
    }
    if (Status configured = configure(); !configured)
        return configured.error();
    // The name of a file that was just made must survive power loss as well as what is in it.
    if (Status synced = opening.isNew ? syncToDisk(options_.dataDir) : Status(Ok{}); !synced)
        return synced.error();
    return opening;
}

Result<std::uint64_t> StoreDatabase::migrateCopied(bool isEmpty, std::uint64_t version,
                                                   const std::vector<Migration> &steps)
{
    const SchemaState state{isEmpty, version};
    if (!isEmpty) {
        const auto copy = copyDatabase(*connection_, options_.dataDir, state, clock_.wallMs(), options_.copiesKept);
        if (!copy)
            return copy.error();
        log(LogLevel::Info, "store.copied", "copied the database before its migration", *copy);
    }
    return migrate(*connection_, state, steps);
}

Status StoreDatabase::connect()
{
    connection_.reset();
    connectedAt_ = clock_.now();
    auto opened = SqliteConnection::open(path(), options_.busyTimeout);
    if (!opened)
        return opened.error();
    connection_ = *std::move(opened);
    return Ok{};
}

Status StoreDatabase::configure()
{
    std::string mode;
    {
        auto rows = connection_->query("PRAGMA journal_mode = WAL");
        mode = rows.next() ? rows.text(0) : mode;
    }
    const bool isFull = options_.synchronous == StoreOptions::Synchronous::Full;
    connection_->script(isFull ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    // A checkpoint writes the whole of an answer, and what is written stays in this cache: a larger one would only keep
    // what the system's own cache of the file has too.
    connection_->script("PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;"
                        "PRAGMA cache_size = -4096; PRAGMA journal_size_limit = 67108864");
    dataVersion_ = connection_->integer("PRAGMA data_version");
    if (connection_->hasFailed())
        return connection_->failure().toError();
    if (mode != "wal" && !connection_->isReadOnly())
        return makeError(Code::StorageUnavailable, "the file system of the database has no write-ahead log");
    return Ok{};
}

// ---- trouble --------------------------------------------------------------------------------------------------

SqliteConnection *StoreDatabase::connection()
{
    if (!wasOpened_) {
        if (!trouble_)
            trouble_ = makeError(Code::StorageUnavailable, "the database has not been opened");
        return nullptr;
    }
    if (connection_ && connection_->hasMoved()) {
        trouble_ = makeError(Code::StorageUnavailable, "the database file was moved or removed: " + path());
        log(LogLevel::Critical, "store.moved", "the database file was moved or removed", path());
        connection_.reset();
        isCommitInDoubt_ = false;
    }
    const bool isDue = (!connection_ || isSuspect_) && !isCommitInDoubt_;
    if (isDue && clock_.now() - connectedAt_ >= kReconnectInterval) {
        if (Status connected = reconnect(); !connected) {
            connection_.reset();
            trouble_ = connected.error();
        }
    }
    return isDamaged_ ? nullptr : connection_.get();
}

Status StoreDatabase::reconnect()
{
    if (Status connected = connect(); !connected)
        return connected;
    const std::uint64_t latest = knownMigrations().size();
    const auto state = inspectSchema(*connection_, latest);
    if (!state)
        return state.error();
    if (state->version != latest)
        return makeError(Code::StorageUnavailable, "the database has been replaced by one with another schema");
    if (Status sound = isDamaged_ ? checkDamage() : Status(Ok{}); !sound)
        return sound;
    if (Status configured = configure(); !configured)
        return configured;
    isSuspect_ = false;
    isDamaged_ = false;
    dataVersion_.reset(); // whatever happened meanwhile counts as a change
    return Ok{};
}

Status StoreDatabase::checkDamage()
{
    auto rows = connection_->query("PRAGMA quick_check(1)");
    const std::string verdict = rows.next() ? rows.text(0) : "unreadable";
    if (verdict == "ok")
        return Ok{};
    return Error{Code::StorageUnavailable, "the database file is damaged: " + verdict +
                                               "; stop the server and put back a copy from the directory `copies`"};
}

bool StoreDatabase::commit()
{
    connection_->run("COMMIT");
    isCommitInDoubt_ = connection_->hasFailed();
    if (isCommitInDoubt_)
        return false;
    trouble_.reset();
    return true;
}

Error StoreDatabase::giveUp()
{
    const SqliteFailure failure = connection_->failure();
    Error error = failure.toError();
    // Once per trouble: a full disk is tried again and again.
    if (!trouble_ || trouble_->message != error.message)
        log(LogLevel::Error, "store.failed", "the database failed", error.message);
    connection_->clearFailure();
    if (connection_->isInTransaction())
        connection_->run("ROLLBACK");
    // A connection that cannot even do that is of no use any more.
    const bool isBroken = connection_->hasFailed() || connection_->isInTransaction();
    connection_->clearFailure();
    if (failure.isStorage() || isBroken)
        trouble_ = error;
    isDamaged_ = isDamaged_ || failure.isDamage();
    isSuspect_ = isSuspect_ || isDamaged_ || (failure.isStorage() && !failure.isPassing());
    if ((isBroken || isDamaged_) && !isCommitInDoubt_)
        connection_.reset();
    return error;
}

// ---- upkeep ---------------------------------------------------------------------------------------------------

bool StoreDatabase::wasChangedElsewhere()
{
    if (!connection_)
        return false;
    const auto version = connection_->integer("PRAGMA data_version");
    if (connection_->hasFailed()) {
        giveUp();
        return false;
    }
    const bool isChanged = version != dataVersion_;
    dataVersion_ = version;
    return isChanged;
}

void StoreDatabase::checkpointIfDue(bool isIdle)
{
    if (!connection_ || connection_->logPages() < (isIdle ? kLogPagesDue : kLogPagesOverdue) ||
        clock_.now() < checkpointFrom_)
        return;
    connection_->checkpoint();
    // What is committed is safe in the log; a later attempt may do better.
    if (connection_->hasFailed()) {
        checkpointFrom_ = clock_.now() + kCheckpointRetry;
        log(LogLevel::Warn, "store.checkpoint_failed", "the write-ahead log stays longer than it should",
            connection_->failure().message);
        connection_->clearFailure();
    }
}

void StoreDatabase::log(LogLevel level, std::string event, std::string message, std::string detail)
{
    LogRecord record;
    record.level = level;
    record.event = std::move(event);
    record.message = std::move(message);
    record.logger = "store";
    record.fields.emplace_back("detail", std::move(detail));
    log_.write(std::move(record));
}

} // namespace orchestra
