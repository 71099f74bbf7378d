// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"
#include "shared/base/ids.h"
#include "shared/base/result.h"

#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace orchestra {

/// What SQLite said, with its extended result code.
struct SqliteFailure
{
    int code = 0;
    std::string message;

    /// The disk, the file or another process is the reason, not the statement.
    bool isStorage() const;
    /// The file does not hold what SQLite has written.
    bool isDamage() const;
    /// The statement took longer than it was given.
    bool isTimeout() const;
    /// The connection is as good as it was; only there was no room, or somebody else had the lock.
    bool isPassing() const;
    /// StorageUnavailable for what the operator can mend, Internal for the rest.
    Error toError() const;
};

/// Bytes that are no text.
struct Blob
{
    std::string_view bytes;
};

class SqliteRows;

/// One SQLite connection with its prepared statements.
///
/// Failures stick, as in an iostream: after the first one every statement does nothing and gives no rows, until
/// `clearFailure()`. So a sequence of statements is written plainly, and checked once by who began it.
/// Used on one thread.
class SqliteConnection
{
public:
    enum class Use : std::uint8_t {
        Write,
        Read, ///< every statement that would write fails
    };

    /// The file must be there: a database that has vanished is an error, not a new, empty one.
    static Result<std::unique_ptr<SqliteConnection>> open(const std::string &path,
                                                          std::chrono::milliseconds busyTimeout, Use use = Use::Write);
    ~SqliteConnection();
    SqliteConnection(const SqliteConnection &) = delete;
    SqliteConnection &operator=(const SqliteConnection &) = delete;

    bool hasFailed() const { return failure_.has_value(); }
    const SqliteFailure &failure() const { return *failure_; }
    void clearFailure() { failure_.reset(); }

    /// False when SQLite has rolled the transaction back by itself, as it may after an I/O error.
    bool isInTransaction() const;
    bool isReadOnly() const;
    /// The file has another name, or none, since it was opened: what is written now will not be found again.
    bool hasMoved() const;
    /// Pages in the write-ahead log after the last commit of this connection.
    int logPages() const { return logPages_; }
    /// Moves what it can from the log into the database without waiting for anybody.
    void checkpoint();

    /// While it lives, statements that go on after `until` fail (isTimeout()).
    class TimeLimit
    {
    public:
        TimeLimit(SqliteConnection &connection, const Clock &clock, MonotonicTime until);
        ~TimeLimit();
        TimeLimit(const TimeLimit &) = delete;
        TimeLimit &operator=(const TimeLimit &) = delete;

    private:
        SqliteConnection &connection_;
        const Clock &clock_;
        const MonotonicTime until_;
    };

    /// Any number of statements that are used once.
    bool script(const std::string &sql);
    /// One statement; its text must live as long as the connection (a literal). Gives the number of rows changed.
    template <class... Values>
    std::int64_t run(const char *sql, const Values &...values)
    {
        {
            auto rows = query(sql, values...);
            while (rows.next()) {
            }
        }
        return changed();
    }
    template <class... Values>
    SqliteRows query(const char *sql, const Values &...values);
    /// The first column of the first row; nothing when there is no row or it is null.
    std::optional<std::int64_t> integer(const char *sql);

private:
    friend class SqliteRows;
    explicit SqliteConnection(sqlite3 *handle);
    sqlite3_stmt *prepare(const char *sql);
    void fail(int code);
    std::int64_t changed() const;

    void bind(sqlite3_stmt *statement, int at, std::int64_t value);
    void bind(sqlite3_stmt *statement, int at, std::string_view value);
    void bind(sqlite3_stmt *statement, int at, Blob value);
    void bind(sqlite3_stmt *statement, int at, std::nullopt_t value);
    template <std::unsigned_integral T>
    void bind(sqlite3_stmt *statement, int at, T value)
    {
        bind(statement, at, static_cast<std::int64_t>(value));
    }
    template <class Tag>
    void bind(sqlite3_stmt *statement, int at, const Id<Tag> &id)
    {
        bind(statement, at, Blob{{reinterpret_cast<const char *>(id.bytes().data()), id.bytes().size()}});
    }
    template <class T>
    void bind(sqlite3_stmt *statement, int at, const std::optional<T> &value)
    {
        if (value)
            bind(statement, at, *value);
        else
            bind(statement, at, std::nullopt);
    }

    sqlite3 *const handle_;
    std::unordered_map<std::string_view, sqlite3_stmt *> statements_; // by their text
    std::optional<SqliteFailure> failure_;
    int logPages_ = 0;
};

/// The rows of one query, forwards. Gives its statement back when it goes.
class SqliteRows
{
public:
    SqliteRows(SqliteConnection &connection, sqlite3_stmt *statement)
        : connection_(connection)
        , statement_(statement)
    {
    }
    ~SqliteRows();
    SqliteRows(const SqliteRows &) = delete;
    SqliteRows &operator=(const SqliteRows &) = delete;

    /// False at the end and after a failure.
    bool next();
    // Columns count from 0.
    bool isNull(int column) const;
    std::int64_t integer(int column) const;
    std::uint64_t count(int column) const { return static_cast<std::uint64_t>(integer(column)); }
    std::string text(int column) const;
    std::string_view bytes(int column) const; ///< valid until the next row
    std::optional<std::int64_t> optionalInteger(int column) const;
    std::optional<std::string> optionalText(int column) const;
    /// "None" when the column does not hold 16 bytes.
    template <class IdType>
    IdType id(int column) const
    {
        std::array<std::uint8_t, 16> bytes{};
        const std::string_view raw = this->bytes(column);
        if (raw.size() == bytes.size())
            std::copy(raw.begin(), raw.end(), bytes.begin());
        return IdType(bytes);
    }

private:
    SqliteConnection &connection_;
    sqlite3_stmt *const statement_; // null when it could not be prepared
};

template <class... Values>
SqliteRows SqliteConnection::query(const char *sql, const Values &...values)
{
    sqlite3_stmt *statement = prepare(sql);
    int at = 0;
    if (statement)
        (bind(statement, ++at, values), ...);
    return SqliteRows(*this, statement);
}

} // namespace orchestra
