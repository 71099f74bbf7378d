// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/store/sqlite_store.h"

#include "server/store/table_access.h"
#include "shared/wire/error_table.h"
#include "shared/wire/json_reader.h"

#include <algorithm>
#include <array>

namespace orchestra {
namespace {

constexpr std::array<std::string_view, std::variant_size_v<StoreRequest>> kRequestNames{"open_thread",
                                                                                        "find_thread",
                                                                                        "list_user_threads",
                                                                                        "erase_thread",
                                                                                        "accept_message",
                                                                                        "checkpoint_task",
                                                                                        "finish_task",
                                                                                        "read_messages",
                                                                                        "search_messages",
                                                                                        "recover_interrupted",
                                                                                        "load_tokens",
                                                                                        "add_token",
                                                                                        "revoke_token",
                                                                                        "load_flags",
                                                                                        "save_flag",
                                                                                        "append_audit",
                                                                                        "read_audit",
                                                                                        "save_feedback",
                                                                                        "probe_write",
                                                                                        "load_labels",
                                                                                        "revert_labels",
                                                                                        "remember",
                                                                                        "recall_memories",
                                                                                        "forget_memories",
                                                                                        "choose_memory",
                                                                                        "save_transition",
                                                                                        "read_transitions",
                                                                                        "load_transitions",
                                                                                        "load_tool_pins",
                                                                                        "save_tool_pins",
                                                                                        "load_degradation_pin",
                                                                                        "save_degradation_pin"};

template <class... Requests>
bool isOneOf(const StoreRequest &request)
{
    return (std::holds_alternative<Requests>(request) || ...);
}

bool onlyReads(const StoreRequest &request)
{
    return isOneOf<FindThread, ListUserThreads, ReadMessages, SearchMessages, LoadTokens, LoadFlags, ReadAudit,
                   LoadLabels, RecallMemories, ReadTransitions, LoadTransitions, LoadToolPins, LoadDegradationPin>(
        request);
}

/// A failure that an operator has to hear of, unlike a refusal.
bool isStoreFailure(const StoreReply &reply)
{
    return !reply && (reply.error().code == Code::StorageUnavailable || reply.error().code == Code::Internal);
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
    , database_(options_, clock_, log_)
    , json_(std::make_unique<wire::JsonReader>())
{
}

SqliteStore::~SqliteStore() = default;

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
    Status written = Ok{};
    if (!std::all_of(batch.begin(), batch.end(), onlyReads)) {
        SqliteConnection *connection = database_.connection();
        written = connection ? executeTogether(*connection, batch, replies) : Status(*database_.trouble());
    }
    if (replies.empty())
        executeReads(batch, replies, written ? Error{} : written.error());
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (isStoreFailure(replies[i]))
            ++counters_.errors[std::string(requestName(batch[i]))];
    }
    return replies;
}

/// Everything in one transaction. On failure nothing was written and `replies` is empty.
Status SqliteStore::executeTogether(SqliteConnection &connection, std::span<const StoreRequest> batch,
                                    std::vector<StoreReply> &replies)
{
    connection.run("BEGIN IMMEDIATE");
    for (const StoreRequest &request : batch) {
        if (connection.hasFailed())
            break;
        replies.push_back(executeAlone(connection, request));
    }
    if (!connection.hasFailed() && commit())
        return Ok{};
    replies.clear();
    return database_.giveUp();
}

/// What only reads, from what is durable; the rest is answered with `refusal`.
void SqliteStore::executeReads(std::span<const StoreRequest> batch, std::vector<StoreReply> &replies,
                               const Error &refusal)
{
    for (const StoreRequest &request : batch)
        replies.push_back(onlyReads(request) ? executeRead(request) : refusal);
}

StoreReply SqliteStore::executeRead(const StoreRequest &request)
{
    SqliteConnection *connection = database_.connection();
    if (!connection)
        return *database_.trouble();
    // In a transaction, so that all it reads is of one moment.
    connection->run("BEGIN");
    StoreReply reply = executeOne(*connection, request);
    connection->run("COMMIT");
    return connection->hasFailed() ? database_.giveUp() : reply;
}

/// One request that fails or succeeds by itself, inside the batch's transaction.
StoreReply SqliteStore::executeAlone(SqliteConnection &connection, const StoreRequest &request)
{
    if (onlyReads(request))
        return executeOne(connection, request);
    connection.run("SAVEPOINT request");
    StoreReply reply = executeOne(connection, request);
    if (connection.hasFailed()) {
        // The disk's failures, and those after which SQLite has rolled back by itself, are the batch's.
        const SqliteFailure failure = connection.failure();
        if (failure.isStorage() || !connection.isInTransaction())
            return reply;
        log_.write({LogLevel::Error,
                    "store.refused",
                    "the database refused a request",
                    "store",
                    {},
                    {{"request", std::string(requestName(request))}, {"detail", failure.message}}});
        reply = failure.toError();
        connection.clearFailure();
    }
    if (!reply)
        connection.run("ROLLBACK TO request");
    connection.run("RELEASE request");
    return reply;
}

StoreReply SqliteStore::executeOne(SqliteConnection &connection, const StoreRequest &request)
{
    TableAccess tables{connection, *json_, options_, clock_};
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
    if (!database_.commit())
        return false;
    ++counters_.commits;
    const auto taken = std::chrono::duration_cast<std::chrono::microseconds>(clock_.now() - begin);
    counters_.commitUs.record(static_cast<std::uint64_t>(taken.count()));
    return true;
}

void SqliteStore::probe()
{
    (void)execute(ProbeWrite{clock_.wallMs()});
}

} // namespace orchestra
