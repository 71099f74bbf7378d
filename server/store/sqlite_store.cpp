// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/sqlite_store.h"

#include "server/store/audit_chain.h"
#include "server/store/log_check.h"
#include "server/store/schema.h"
#include "server/store/table_access.h"
#include "shared/wire/error_table.h"
#include "shared/wire/json_reader.h"

#include <algorithm>
#include <array>

namespace orchestra {
namespace {

// A page is 4 KiB. Checkpoints wait for an idle moment, but the log must not grow for ever on a busy server.
constexpr int kLogPagesDue = 1000;
constexpr int kLogPagesOverdue = 8000;
constexpr auto kCheckpointRetry = std::chrono::seconds(10);
constexpr auto kReconnectInterval = std::chrono::milliseconds(250);

constexpr std::array<std::string_view, std::variant_size_v<StoreRequest>> kRequestNames{
    "open_thread",  "find_thread",   "list_user_threads", "erase_thread",        "accept_message", "checkpoint_task",
    "finish_task",  "read_messages", "search_messages",   "recover_interrupted", "load_tokens",    "add_token",
    "revoke_token", "load_flags",    "save_flag",         "append_audit",        "read_audit",     "save_feedback"};

template <class... Requests>
bool isOneOf(const StoreRequest &request)
{
    return (std::holds_alternative<Requests>(request) || ...);
}

bool onlyReads(const StoreRequest &request)
{
    return isOneOf<FindThread, ListUserThreads, ReadMessages, SearchMessages, LoadTokens, LoadFlags, ReadAudit>(
        request);
}

std::uint64_t microsecondsSince(const Clock &clock, MonotonicTime begin)
{
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(clock.now() - begin).count());
}

Error notOpen()
{
    return makeError(Code::StorageUnavailable, "the database has not been opened");
}

} // namespace

std::string_view requestName(const StoreRequest &request)
{
    return kRequestNames[request.index()];
}

SqliteStore::SqliteStore(StoreOptions options, const Clock &clock, LogSink &log)
    : options_(std::move(options))
    , clock_(clock)
    , log_(log)
    , json_(std::make_unique<wire::JsonReader>())
{
}

SqliteStore::~SqliteStore() = default;

std::string SqliteStore::databasePath() const
{
    return options_.dataDir + "/orchestra.db";
}

// ---- opening --------------------------------------------------------------------------------------------------

Result<StoreOpening> SqliteStore::open(Access access)
{
    auto opening = prepareDirectory(access).andThen([&](Ok) { return openDatabase(access, knownMigrations()); });
    if (!opening) {
        connection_.reset();
        lock_.release();
        trouble_ = opening.error();
        return opening;
    }
    if (access == Access::Tool)
        lock_.release(); // was only held for a migration
    wasOpened_ = true;
    trouble_.reset();
    return opening;
}

Status SqliteStore::prepareDirectory(Access access)
{
    Status made = makeDataDir(options_.dataDir);
    return made && access == Access::Server ? lock_.acquire(options_.dataDir) : made;
}

Result<StoreOpening> SqliteStore::openDatabase(Access access, const std::vector<Migration> &steps)
{
    const std::string path = databasePath();
    if (const auto made = makePrivateFile(path); !made)
        return made.error();
    if (access == Access::Server && options_.synchronous == StoreOptions::Synchronous::Full) {
        if (Status sound = checkWriteAheadLog(path + "-wal"); !sound)
            return sound.error();
    }
    if (Status connected = connect(); !connected)
        return connected.error();
    // SQLite falls back to reading when it may not write. That will do for a while, not for a start.
    if (connection_->isReadOnly())
        return makeError(Code::StorageUnavailable, "the database " + path + " is read-only");
    const std::uint64_t latest = steps.size();
    auto state = inspectSchema(*connection_, latest);
    if (!state)
        return state.error();
    StoreOpening opening{latest, 0, state->isEmpty};
    if (state->version < latest) {
        // Under a running server of an older version a migration would pull the tables from under its feet.
        if (access == Access::Tool) {
            if (Status locked = lock_.acquire(options_.dataDir); !locked)
                return locked.error();
        }
        if (!state->isEmpty) {
            const auto copy =
                copyDatabase(*connection_, options_.dataDir, *state, clock_.wallMs(), options_.copiesKept);
            if (!copy)
                return copy.error();
            log(LogLevel::Info, "store.copied", "copied the database before its migration", *copy);
        }
        const auto ran = migrate(*connection_, *state, steps);
        if (!ran)
            return ran.error();
        opening.migrated = state->isEmpty ? 0 : *ran;
    }
    if (Status configured = configure(); !configured)
        return configured.error();
    // The name of a file that was just made must survive power loss as well as what is in it.
    if (opening.isNew) {
        if (Status synced = syncToDisk(options_.dataDir); !synced)
            return synced.error();
    }
    return opening;
}

Status SqliteStore::connect()
{
    connection_.reset();
    connectedAt_ = clock_.now();
    auto opened = SqliteConnection::open(databasePath(), options_.busyTimeout);
    if (!opened)
        return opened.error();
    connection_ = *std::move(opened);
    return Ok{};
}

Status SqliteStore::configure()
{
    auto mode = connection_->query("PRAGMA journal_mode = WAL");
    const bool isWal = mode.next() && mode.text(0) == "wal";
    while (mode.next()) {
    }
    const bool isFull = options_.synchronous == StoreOptions::Synchronous::Full;
    connection_->script(isFull ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    connection_->script("PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON;"
                        "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384; PRAGMA journal_size_limit = 67108864");
    dataVersion_ = connection_->integer("PRAGMA data_version");
    if (connection_->hasFailed())
        return connection_->failure().toError();
    if (!isWal && !connection_->isReadOnly())
        return makeError(Code::StorageUnavailable, "the file system of the database has no write-ahead log");
    return Ok{};
}

/// A connection that can be used, perhaps one made just now. False: `trouble_` says why there is none.
bool SqliteStore::isConnected()
{
    if (!wasOpened_) {
        if (!trouble_)
            trouble_ = notOpen();
        return false;
    }
    if (connection_ && connection_->hasMoved()) {
        trouble_ = makeError(Code::StorageUnavailable, "the database file was moved or removed: " + databasePath());
        log(LogLevel::Critical, "store.moved", "the database file was moved or removed", databasePath());
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
    return connection_ && !isDamaged_;
}

Status SqliteStore::reconnect()
{
    if (Status connected = connect(); !connected)
        return connected;
    const std::uint64_t latest = knownMigrations().size();
    const auto state = inspectSchema(*connection_, latest);
    if (!state)
        return state.error();
    if (state->version != latest)
        return makeError(Code::StorageUnavailable, "the database has been replaced by one with another schema");
    if (isDamaged_) {
        auto rows = connection_->query("PRAGMA quick_check(1)");
        const std::string verdict = rows.next() ? rows.text(0) : "unreadable";
        if (verdict != "ok")
            return Error{Code::StorageUnavailable,
                         "the database file is damaged: " + verdict +
                             "; stop the server and put back a copy from the directory `copies`"};
    }
    if (Status configured = configure(); !configured)
        return configured;
    isSuspect_ = false;
    isDamaged_ = false;
    dataVersion_.reset();
    return Ok{};
}

// ---- executing ------------------------------------------------------------------------------------------------

StoreReply SqliteStore::execute(const StoreRequest &request)
{
    return std::move(execute(std::span(&request, 1)).front());
}

std::vector<StoreReply> SqliteStore::execute(std::span<const StoreRequest> batch)
{
    std::vector<StoreReply> replies;
    replies.reserve(batch.size());
    counters_.operations += batch.size();
    counters_.batchSize.record(batch.size());
    if (!isConnected()) {
        for (const StoreRequest &request : batch) {
            ++counters_.errors[std::string(requestName(request))];
            replies.push_back(*trouble_);
        }
        return replies;
    }
    if (std::all_of(batch.begin(), batch.end(), onlyReads))
        executeReads(batch, replies, notOpen());
    else if (const Status written = executeTogether(batch, replies); !written)
        executeReads(batch, replies, written.error());
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (!replies[i] &&
            (replies[i].error().code == Code::StorageUnavailable || replies[i].error().code == Code::Internal))
            ++counters_.errors[std::string(requestName(batch[i]))];
    }
    return replies;
}

/// Everything in one transaction. On failure nothing was written and `replies` is empty.
Status SqliteStore::executeTogether(std::span<const StoreRequest> batch, std::vector<StoreReply> &replies)
{
    connection_->run("BEGIN IMMEDIATE");
    for (const StoreRequest &request : batch) {
        if (connection_->hasFailed())
            break;
        replies.push_back(executeAlone(request));
    }
    if (!connection_->hasFailed() && commit()) {
        trouble_.reset();
        return Ok{};
    }
    replies.clear();
    return giveUp();
}

/// What only reads, from what is durable; the rest is answered with `refusal`.
void SqliteStore::executeReads(std::span<const StoreRequest> batch, std::vector<StoreReply> &replies,
                               const Error &refusal)
{
    for (const StoreRequest &request : batch) {
        if (!onlyReads(request) || !connection_) {
            replies.push_back(onlyReads(request) ? trouble_.value_or(refusal) : refusal);
            continue;
        }
        connection_->run("BEGIN");
        StoreReply reply = executeOne(request);
        connection_->run("COMMIT");
        if (connection_->hasFailed())
            reply = giveUp();
        replies.push_back(std::move(reply));
    }
}

/// One request that fails or succeeds by itself, inside the batch's transaction.
StoreReply SqliteStore::executeAlone(const StoreRequest &request)
{
    if (onlyReads(request))
        return executeOne(request);
    connection_->run("SAVEPOINT request");
    StoreReply reply = executeOne(request);
    if (connection_->hasFailed()) {
        // The disk's failures, and those after which SQLite has rolled back by itself, are the batch's.
        const SqliteFailure failure = connection_->failure();
        if (failure.isStorage() || !connection_->isInTransaction())
            return reply;
        log(LogLevel::Error, "store.refused", "the database refused a request", failure.message);
        reply = failure.toError();
        connection_->clearFailure();
    }
    if (!reply)
        connection_->run("ROLLBACK TO request");
    connection_->run("RELEASE request");
    return reply;
}

StoreReply SqliteStore::executeOne(const StoreRequest &request)
{
    TableAccess tables{*connection_, *json_, options_};
    return std::visit(
        [&](const auto &typed) -> StoreReply {
            auto reply = orchestra::execute(tables, typed);
            if (!reply)
                return reply.error();
            return StoreValue(*std::move(reply));
        },
        request);
}

bool SqliteStore::commit()
{
    const MonotonicTime begin = clock_.now();
    connection_->run("COMMIT");
    isCommitInDoubt_ = connection_->hasFailed();
    if (isCommitInDoubt_)
        return false;
    ++counters_.commits;
    counters_.commitUs.record(microsecondsSince(clock_, begin));
    return true;
}

/// Ends the transaction with nothing written, and decides what has to happen before the next attempt.
Error SqliteStore::giveUp()
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

void SqliteStore::probe()
{
    if (!isConnected())
        return;
    connection_->run("BEGIN IMMEDIATE");
    connection_->run("INSERT INTO meta (key, value) VALUES ('probed_at', ?) "
                     "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                     std::to_string(clock_.wallMs()));
    if (!connection_->hasFailed() && commit())
        trouble_.reset();
    else
        giveUp();
}

bool SqliteStore::wasChangedElsewhere()
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

void SqliteStore::checkpointIfDue(bool isIdle)
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

Result<std::uint64_t> SqliteStore::verifyAudit()
{
    if (!isConnected())
        return *trouble_;
    auto count = orchestra::verifyAudit(*connection_);
    connection_->clearFailure();
    return count;
}

void SqliteStore::log(LogLevel level, std::string event, std::string message, std::string detail)
{
    LogRecord record;
    record.level = level;
    record.event = std::move(event);
    record.message = std::move(message);
    record.logger = "store";
    if (!detail.empty())
        record.fields.emplace_back("detail", std::move(detail));
    log_.write(std::move(record));
}

} // namespace orchestra
