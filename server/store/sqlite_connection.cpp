// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/sqlite_connection.h"

#include "shared/wire/error_table.h"

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>

namespace orchestra {
namespace {

constexpr int primary(int code)
{
    return code & 0xff;
}

/// What an operator should hear, by primary result code.
const char *reasonOf(int code)
{
    switch (primary(code)) {
    case SQLITE_FULL:
        return "the disk that holds the database is full";
    case SQLITE_READONLY:
        return "the database or its directory is read-only";
    case SQLITE_IOERR:
        return "reading or writing the database failed";
    case SQLITE_CANTOPEN:
        return "the database cannot be opened";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return "the database file is damaged";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "another process holds the database";
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return "access to the database is denied";
    case SQLITE_NOMEM:
        return "there is no memory left for the database";
    case SQLITE_PROTOCOL:
    case SQLITE_NOLFS:
        return "the file system of the database lacks what SQLite needs";
    default:
        return nullptr;
    }
}

} // namespace

bool SqliteFailure::isStorage() const
{
    return reasonOf(code) != nullptr;
}

bool SqliteFailure::isDamage() const
{
    return primary(code) == SQLITE_CORRUPT || primary(code) == SQLITE_NOTADB;
}

bool SqliteFailure::isTimeout() const
{
    return primary(code) == SQLITE_INTERRUPT;
}

bool SqliteFailure::isPassing() const
{
    switch (primary(code)) {
    case SQLITE_FULL:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
        return true;
    default:
        return false;
    }
}

Error SqliteFailure::toError() const
{
    const std::string detail = " (" + message + ", SQLite code " + std::to_string(code) + ")";
    if (const char *reason = reasonOf(code))
        return makeError(Code::StorageUnavailable, reason + detail);
    return makeError(Code::Internal, "the database refused a statement" + detail);
}

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const std::string &path,
                                                                 std::chrono::milliseconds busyTimeout, Use use)
{
    const int access = use == Use::Read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    const int flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    sqlite3 *handle = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
    if (code != SQLITE_OK) {
        const SqliteFailure failure{code, handle ? sqlite3_errmsg(handle) : sqlite3_errstr(code)};
        sqlite3_close(handle);
        Error error = failure.toError();
        error.message += ": " + path;
        return error;
    }
    std::unique_ptr<SqliteConnection> connection(new SqliteConnection(handle));
    sqlite3_busy_timeout(handle, static_cast<int>(busyTimeout.count()));
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    // In the place of SQLite's own checkpoint after every 1000 pages: it would keep the commit that hits it waiting.
    sqlite3_wal_hook(
        handle,
        [](void *self, sqlite3 *, const char *, int pages) {
            static_cast<SqliteConnection *>(self)->logPages_ = pages;
            return SQLITE_OK;
        },
        connection.get());
    return connection;
}

SqliteConnection::SqliteConnection(sqlite3 *handle)
    : handle_(handle)
{
}

SqliteConnection::~SqliteConnection()
{
    for (const auto &[sql, statement] : statements_)
        sqlite3_finalize(statement);
    if (sqlite3_close(handle_) != SQLITE_OK) {
        std::fputs("orchestra: a database connection was closed while a query was still being read\n", stderr);
        std::abort();
    }
}

bool SqliteConnection::isInTransaction() const
{
    return sqlite3_get_autocommit(handle_) == 0;
}

bool SqliteConnection::isReadOnly() const
{
    return sqlite3_db_readonly(handle_, "main") == 1;
}

bool SqliteConnection::hasMoved() const
{
    int moved = 0;
    return sqlite3_file_control(handle_, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0;
}

void SqliteConnection::checkpoint()
{
    int inLog = 0;
    int moved = 0;
    const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, &inLog, &moved);
    if (code != SQLITE_OK && primary(code) != SQLITE_BUSY) {
        fail(code);
        return;
    }
    // A reader in another process may hold back some of it; what is left counts again.
    logPages_ = inLog > moved ? inLog - moved : 0;
}

SqliteConnection::TimeLimit::TimeLimit(SqliteConnection &connection, const Clock &clock, MonotonicTime until)
    : connection_(connection)
    , clock_(clock)
    , until_(until)
{
    // Looking at the clock costs as much as some ten of SQLite's instructions.
    constexpr int kInstructions = 2000;
    sqlite3_progress_handler(
        connection_.handle_, kInstructions,
        [](void *self) {
            const auto *limit = static_cast<const TimeLimit *>(self);
            return limit->clock_.now() > limit->until_ ? 1 : 0;
        },
        this);
}

SqliteConnection::TimeLimit::~TimeLimit()
{
    sqlite3_progress_handler(connection_.handle_, 0, nullptr, nullptr);
}

bool SqliteConnection::script(const std::string &sql)
{
    if (hasFailed())
        return false;
    const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        fail(code);
    return code == SQLITE_OK;
}

std::optional<std::int64_t> SqliteConnection::integer(const char *sql)
{
    auto rows = query(sql);
    return rows.next() ? rows.optionalInteger(0) : std::nullopt;
}

std::int64_t SqliteConnection::changed() const
{
    return hasFailed() ? 0 : sqlite3_changes64(handle_);
}

sqlite3_stmt *SqliteConnection::prepare(const char *sql)
{
    if (hasFailed())
        return nullptr;
    const auto known = statements_.find(sql);
    if (known != statements_.end()) {
        if (sqlite3_stmt_busy(known->second)) {
            std::fprintf(stderr, "orchestra: a statement was begun inside itself: %s\n", sql);
            std::abort();
        }
        return known->second;
    }
    sqlite3_stmt *statement = nullptr;
    const int code = sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) {
        fail(code);
        return nullptr;
    }
    statements_.emplace(sql, statement);
    return statement;
}

void SqliteConnection::fail(int code)
{
    if (!failure_)
        failure_ = SqliteFailure{code, sqlite3_errmsg(handle_)};
}

void SqliteConnection::bind(sqlite3_stmt *statement, int at, std::int64_t value)
{
    if (const int code = sqlite3_bind_int64(statement, at, value); code != SQLITE_OK)
        fail(code);
}

void SqliteConnection::bind(sqlite3_stmt *statement, int at, std::string_view value)
{
    // A null pointer would bind NULL.
    const char *text = value.data() ? value.data() : "";
    const int code = sqlite3_bind_text64(statement, at, text, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    if (code != SQLITE_OK)
        fail(code);
}

void SqliteConnection::bind(sqlite3_stmt *statement, int at, Blob value)
{
    const char *bytes = value.bytes.data() ? value.bytes.data() : "";
    const int code = sqlite3_bind_blob64(statement, at, bytes, value.bytes.size(), SQLITE_TRANSIENT);
    if (code != SQLITE_OK)
        fail(code);
}

void SqliteConnection::bind(sqlite3_stmt *statement, int at, std::nullopt_t)
{
    if (const int code = sqlite3_bind_null(statement, at); code != SQLITE_OK)
        fail(code);
}

SqliteRows::~SqliteRows()
{
    if (!statement_)
        return;
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

bool SqliteRows::next()
{
    if (!statement_ || connection_.hasFailed())
        return false;
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        connection_.fail(code);
    return false;
}

bool SqliteRows::isNull(int column) const
{
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t SqliteRows::integer(int column) const
{
    return sqlite3_column_int64(statement_, column);
}

std::string SqliteRows::text(int column) const
{
    // The text must be asked for before its length.
    const auto *begin = reinterpret_cast<const char *>(sqlite3_column_text(statement_, column));
    const auto length = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return begin ? std::string(begin, length) : std::string();
}

std::string_view SqliteRows::bytes(int column) const
{
    const auto *begin = static_cast<const char *>(sqlite3_column_blob(statement_, column));
    const auto length = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return begin ? std::string_view(begin, length) : std::string_view();
}

std::optional<std::int64_t> SqliteRows::optionalInteger(int column) const
{
    return isNull(column) ? std::nullopt : std::optional(integer(column));
}

std::optional<std::string> SqliteRows::optionalText(int column) const
{
    return isNull(column) ? std::nullopt : std::optional(text(column));
}

} // namespace orchestra
