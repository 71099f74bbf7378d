// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/store/data_dir.h"
#include "server/store/sqlite_connection.h"
#include "server/store/store_options.h"
#include "shared/base/clock.h"
#include "shared/base/log.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orchestra {

struct Migration;

/// Who opens the database.
enum class StoreAccess : std::uint8_t {
    Server, ///< takes the data directory for itself; migrates
    Tool,   ///< works beside a running server; migrates only when there is none
};

/// The database of a data directory and the connection to it, which it opens anew when the disk or the file may have
/// broken it. Used on one thread.
class StoreDatabase
{
public:
    /// All must outlive it.
    StoreDatabase(const StoreOptions &options, const Clock &clock, LogSink &log);

    /// Errors: Conflict (another server has the directory), UnsupportedVersion (a newer program has written it),
    /// Invalid (the file is not ours), StorageUnavailable. May be asked again after one.
    Result<StoreOpening> open(StoreAccess access);
    /// Null when there is none now: `trouble()` says why.
    SqliteConnection *connection();

    /// False when it failed: `giveUp()` comes next.
    bool commit();
    /// Ends a transaction after a failed statement, with nothing written, and decides what has to happen before the
    /// next attempt. Gives what failed.
    Error giveUp();
    /// Why the disk failed last; nothing since a commit has succeeded.
    const std::optional<Error> &trouble() const { return trouble_; }

    /// True when another connection has written since the last call.
    bool wasChangedElsewhere();
    /// Moves the write-ahead log into the database when it has grown: at leisure when there is nothing else to do,
    /// in any case when it is several times its due size.
    void checkpointIfDue(bool isIdle);

private:
    Status prepareDirectory(StoreAccess access);
    Result<StoreOpening> openDatabase(StoreAccess access, const std::vector<Migration> &steps);
    Result<std::uint64_t> migrateCopied(bool isEmpty, std::uint64_t version, const std::vector<Migration> &steps);
    Status connect();
    Status reconnect();
    Status checkDamage();
    Status configure();
    std::string path() const;
    void log(LogLevel level, std::string event, std::string message, std::string detail);

    // constant after construction
    const StoreOptions &options_;
    const Clock &clock_;
    LogSink &log_;

    DataDirLock lock_;
    std::unique_ptr<SqliteConnection> connection_; // null: not open, or lost
    std::optional<Error> trouble_;
    bool wasOpened_ = false;
    bool isSuspect_ = false; ///< the connection is to be opened anew
    bool isDamaged_ = false; ///< and the database checked
    /// A commit failed after it may have reached the log, though not for certain. This connection does not see it and
    /// its next commit overwrites it; a new connection would find it there and take it for good, after everybody was
    /// told that it failed. So this connection is kept until it has committed something else.
    bool isCommitInDoubt_ = false;
    MonotonicTime connectedAt_{};
    MonotonicTime checkpointFrom_{}; ///< no checkpoint before, because the last one failed
    std::optional<std::int64_t> dataVersion_;
};

} // namespace orchestra
