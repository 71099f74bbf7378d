// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/store_port.h"
#include "server/store/store_database.h"
#include "server/store/store_options.h"
#include "shared/base/clock.h"
#include "shared/base/log.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace orchestra {

namespace wire {
class JsonReader;
}

/// The name of a request in metrics and logs, for example accept_message.
std::string_view requestName(const StoreRequest &request);

/// Executes requests in the database of a data directory, a batch in one transaction with one fsync. Blocks while it
/// works, so the server has it on a thread of its own (store_thread.h); tools use it as it is.
///
/// After a failure of the disk nothing of the batch is in the database, and the next batch is a new attempt.
/// Used on one thread.
class SqliteStore
{
public:
    /// `clock` and `log` must outlive the store.
    SqliteStore(StoreOptions options, const Clock &clock, LogSink &log);
    ~SqliteStore();

    /// As StoreDatabase::open.
    Result<StoreOpening> open(StoreAccess access) { return database_.open(access); }

    /// One reply for each request, in their order. Requests see what earlier ones of the batch have written. One that
    /// is refused (NotFound, ...) leaves nothing behind and does not trouble the others. When writing fails, all that
    /// write are answered StorageUnavailable and those that only read are answered from what is durable.
    std::vector<StoreReply> execute(std::span<const StoreRequest> batch);
    StoreReply execute(const StoreRequest &request);

    /// Why the disk failed last; nothing once a write has succeeded again.
    const std::optional<Error> &trouble() const { return database_.trouble(); }
    /// Tries to write, to see whether the trouble is over.
    void probe();
    /// True when another connection has written since the last call.
    bool wasChangedElsewhere() { return database_.wasChangedElsewhere(); }
    /// As StoreDatabase::checkpointIfDue.
    void checkpointIfDue(bool isIdle) { database_.checkpointIfDue(isIdle); }

    const StoreCounters &counters() const { return counters_; }

private:
    Status executeTogether(SqliteConnection &connection, std::span<const StoreRequest> batch,
                           std::vector<StoreReply> &replies);
    void executeReads(std::span<const StoreRequest> batch, std::vector<StoreReply> &replies, const Error &refusal);
    StoreReply executeRead(const StoreRequest &request);
    StoreReply executeAlone(SqliteConnection &connection, const StoreRequest &request);
    StoreReply executeOne(SqliteConnection &connection, const StoreRequest &request);
    bool commit();

    // constant after construction
    const StoreOptions options_;
    const Clock &clock_;
    LogSink &log_;

    StoreDatabase database_;
    const std::unique_ptr<wire::JsonReader> json_;
    StoreCounters counters_;
};

} // namespace orchestra
