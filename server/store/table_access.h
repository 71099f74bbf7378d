// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/store_port.h"
#include "server/store/sqlite_connection.h"
#include "server/store/store_options.h"

#include <array>
#include <optional>
#include <string_view>

namespace orchestra {

namespace wire {
class JsonReader;
}

/// What the functions of the tables work with. Each of them does one request inside a transaction that the caller has
/// begun, and answers what it found or why it will not. They do not look at statements that failed: the caller asks
/// the connection, and then does not use the answer.
struct TableAccess
{
    SqliteConnection &database;
    wire::JsonReader &json;
    const StoreOptions &options;
    const Clock &clock;
};

/// An enumerator's name on the wire, which is also its name in the database.
template <class E>
constexpr std::string_view nameOf(E value)
{
    return wireNames(value)[static_cast<std::size_t>(value)];
}

/// Nothing when no enumerator has this name.
template <class E>
constexpr std::optional<E> valueOf(std::string_view name)
{
    constexpr auto names = wireNames(E{});
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name)
            return static_cast<E>(i);
    }
    return std::nullopt;
}

/// The row holds something that this program has not written.
Error damaged(std::string_view what);

// threads_table.cpp
Result<ThreadRecord> execute(TableAccess &tables, const OpenThread &request);
Result<ThreadRecord> execute(TableAccess &tables, const FindThread &request);
Result<ThreadRecords> execute(TableAccess &tables, const ListUserThreads &request);
Result<Ok> execute(TableAccess &tables, const EraseThread &request);

// messages_table.cpp
Result<MessagePage> execute(TableAccess &tables, const ReadMessages &request);

// tasks_table.cpp
Result<AcceptedTask> execute(TableAccess &tables, const AcceptMessage &request);
Result<Ok> execute(TableAccess &tables, const CheckpointTask &request);
Result<Ok> execute(TableAccess &tables, const FinishTask &request);
Result<Recovery> execute(TableAccess &tables, const RecoverInterrupted &request);

// search_index.cpp
Result<SearchHits> execute(TableAccess &tables, const SearchMessages &request);

// operator_tables.cpp
Result<TokenRecords> execute(TableAccess &tables, const LoadTokens &request);
Result<Ok> execute(TableAccess &tables, const AddToken &request);
Result<Ok> execute(TableAccess &tables, const RevokeToken &request);
Result<FlagRecords> execute(TableAccess &tables, const LoadFlags &request);
Result<Ok> execute(TableAccess &tables, const SaveFlag &request);
Result<Ok> execute(TableAccess &tables, const ProbeWrite &request);
Result<PinnedLevel> execute(TableAccess &tables, const LoadDegradationPin &request);
Result<Ok> execute(TableAccess &tables, const SaveDegradationPin &request);

// feedback_table.cpp
Result<SavedFeedback> execute(TableAccess &tables, const SaveFeedback &request);
Result<IntentLabels> execute(TableAccess &tables, const LoadLabels &request);
Result<std::uint64_t> execute(TableAccess &tables, const RevertLabels &request);

// memory_table.cpp
Result<std::uint64_t> execute(TableAccess &tables, const Remember &request);
Result<MemoryPage> execute(TableAccess &tables, const RecallMemories &request);
Result<std::uint64_t> execute(TableAccess &tables, const ForgetMemories &request);
Result<Ok> execute(TableAccess &tables, const ChooseMemory &request);

// breaker_table.cpp
Result<Ok> execute(TableAccess &tables, const SaveTransition &request);
Result<TransitionPage> execute(TableAccess &tables, const ReadTransitions &request);
Result<TransitionPage> execute(TableAccess &tables, const LoadTransitions &request);

// tools_table.cpp
Result<ToolPins> execute(TableAccess &tables, const LoadToolPins &request);
Result<Ok> execute(TableAccess &tables, const SaveToolPins &request);

// audit_chain.cpp
Result<std::uint64_t> execute(TableAccess &tables, const AppendAudit &request);
Result<AuditPage> execute(TableAccess &tables, const ReadAudit &request);

} // namespace orchestra
