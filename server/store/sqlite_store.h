// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/store_port.h"
#include "server/store/data_dir.h"
#include "server/store/sqlite_connection.h"
#include "server/store/store_options.h"
#include "shared/base/clock.h"
#include "shared/base/log.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace orchestra {

namespace wire {
class JsonReader;
}
struct Migration;

/// The name of a request in metrics and logs, for example accept_message.
std::string_view requestName(const StoreRequest &request);

/// The database in a data directory: executes requests, a batch in one transaction with one fsync. Blocks while it
/// works, so the server has it on a thread of its own (store_thread.h); tools use it as it is.
///
/// After a failure of the disk nothing of the batch is in the database, and the next batch is a new attempt; a
/// connection that may be broken is opened anew first. Used on one thread.
class SqliteStore
{
public:
    enum class Access : std::uint8_t {
        Server, ///< takes the data directory for itself; migrates
        Tool,   ///< works beside a running server; migrates only when there is none
    };

    /// `clock` and `log` must outlive the store.
    SqliteStore(StoreOptions options, const Clock &clock, LogSink &log);
    ~SqliteStore();

    /// Errors: Conflict (another server has the directory), UnsupportedVersion (a newer program has written it),
    /// Invalid (the file is not ours), StorageUnavailable. May be asked again after one.
    Result<StoreOpening> open(Access access);
    bool isOpen() const { return connection_ != nullptr; }

    /// One reply for each request, in their order. Requests see what earlier ones of the batch have written. One that
    /// is refused (NotFound, ...) leaves nothing behind and does not trouble the others. When writing fails, all that
    /// write are answered StorageUnavailable and those that only read are answered from what is durable.
    std::vector<StoreReply> execute(std::span<const StoreRequest> batch);
    StoreReply execute(const StoreRequest &request);

    /// Why the last write failed; nothing once one has succeeded again.
    const std::optional<Error> &trouble() const { return trouble_; }
    /// Tries to write, to see whether the trouble is over.
    void probe();
    /// True when another connection has written since the last call.
    bool wasChangedElsewhere();
    /// Moves the write-ahead log into the database when it has grown: at leisure when there is nothing else to do,
    /// in any case when it is several times its due size.
    void checkpointIfDue(bool isIdle);
    /// Number of rows in the audit log, or the first that is not as it was written.
    Result<std::uint64_t> verifyAudit();

    const StoreCounters &counters() const { return counters_; }

private:
    Status prepareDirectory(Access access);
    Result<StoreOpening> openDatabase(Access access, const std::vector<Migration> &steps);
    Status connect();
    Status configure();
    bool isConnected();
    Status reconnect();

    Status executeTogether(std::span<const StoreRequest> batch, std::vector<StoreReply> &replies);
    void executeReads(std::span<const StoreRequest> batch, std::vector<StoreReply> &replies, const Error &refusal);
    StoreReply executeOne(const StoreRequest &request);
    StoreReply executeAlone(const StoreRequest &request);
    bool commit();
    Error giveUp();
    void log(LogLevel level, std::string event, std::string message, std::string detail = {});
    std::string databasePath() const;

    // constant after construction
    const StoreOptions options_;
    const Clock &clock_;
    LogSink &log_;

    DataDirLock lock_;
    std::unique_ptr<SqliteConnection> connection_; // null: not open, or lost
    std::unique_ptr<wire::JsonReader> json_;
    std::optional<Error> trouble_;
    bool wasOpened_ = false;
    bool isSuspect_ = false; ///< the connection is to be opened anew before the next write
    bool isDamaged_ = false; ///< and the database checked
    /// A commit failed after it may have reached the log, though not for certain. This connection does not see it and
    /// its next commit overwrites it; a new connection would find it there and take it for good, after everybody was
    /// told that it failed. So this connection is kept until it has committed something else.
    bool isCommitInDoubt_ = false;
    MonotonicTime connectedAt_{};
    MonotonicTime checkpointFrom_{}; ///< no checkpoint before, because the last one failed
    std::optional<std::int64_t> dataVersion_;
    StoreCounters counters_;
};

} // namespace orchestra
