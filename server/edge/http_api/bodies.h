// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/chat_messages.h"
#include "shared/wire/ops_messages.h"

/// Bodies of requests and answers that travel over HTTP only. `fields()` is what reads, writes and documents them.
namespace orchestra::wire {

struct FeedbackRequest
{
    MessageId messageId;
    Rating rating = Rating::Up;
    std::optional<std::string> intent;
    std::optional<std::string> comment;
    static constexpr auto fields()
    {
        using S = FeedbackRequest;
        return std::tuple(field(1, "message_id", &S::messageId), field(2, "rating", &S::rating),
                          field(3, "intent", &S::intent), field(4, "comment", &S::comment));
    }
};

struct ThreadList
{
    std::vector<ThreadRow> threads;
    std::optional<ThreadId> next; ///< give it as `after` for more
    static constexpr auto fields()
    {
        return std::tuple(field(1, "threads", &ThreadList::threads), field(2, "next", &ThreadList::next));
    }
};

struct MessageList
{
    std::vector<StoredMessage> messages;
    std::optional<MessageId> next; ///< give it as `before` for more
    static constexpr auto fields()
    {
        return std::tuple(field(1, "messages", &MessageList::messages), field(2, "next", &MessageList::next));
    }
};

struct TaskList
{
    std::vector<TaskRow> tasks;
    static constexpr auto fields() { return std::tuple(field(1, "tasks", &TaskList::tasks)); }
};

struct Ticket
{
    std::string ticket;
    Timestamp expiresAt;
    static constexpr auto fields()
    {
        return std::tuple(field(1, "ticket", &Ticket::ticket), field(2, "expires_at", &Ticket::expiresAt));
    }
};

struct Liveness
{
    std::string status;
    static constexpr auto fields() { return std::tuple(field(1, "status", &Liveness::status)); }
};

struct Readiness
{
    bool ready = false;
    std::optional<std::string> reason;
    std::vector<PhaseRow> phases;
    static constexpr auto fields()
    {
        return std::tuple(field(1, "ready", &Readiness::ready), field(2, "reason", &Readiness::reason),
                          field(3, "phases", &Readiness::phases));
    }
};

// ---- for operators ---------------------------------------------------------------------------------------------

struct FlagList
{
    std::vector<FlagRow> flags;
    static constexpr auto fields() { return std::tuple(field(1, "flags", &FlagList::flags)); }
};

struct BreakerList
{
    std::vector<BreakerRow> breakers;
    static constexpr auto fields() { return std::tuple(field(1, "breakers", &BreakerList::breakers)); }
};

struct ConnectionList
{
    std::vector<ConnectionRow> connections;
    static constexpr auto fields() { return std::tuple(field(1, "connections", &ConnectionList::connections)); }
};

struct AuditList
{
    std::vector<AuditRow> audit;
    bool more = false;
    static constexpr auto fields()
    {
        return std::tuple(field(1, "audit", &AuditList::audit), field(2, "more", &AuditList::more));
    }
};

/// What every operator command carries. `reason` goes into the audit log.
struct ReasonRequest
{
    std::string reason;
    std::optional<std::uint64_t> expectedRevision;
    static constexpr auto fields()
    {
        using S = ReasonRequest;
        return std::tuple(field(1, "reason", &S::reason), field(2, "expected_revision", &S::expectedRevision));
    }
};

struct FlagRequest
{
    std::string reason;
    std::optional<std::uint64_t> expectedRevision;
    std::optional<bool> enabled;
    std::optional<std::uint64_t> percent;
    static constexpr auto fields()
    {
        using S = FlagRequest;
        return std::tuple(field(1, "reason", &S::reason), field(2, "expected_revision", &S::expectedRevision),
                          field(3, "enabled", &S::enabled), field(4, "percent", &S::percent));
    }
};

struct BreakerRequest
{
    std::string reason;
    std::optional<std::uint64_t> expectedRevision;
    BreakerOverride overrideState = BreakerOverride::None;
    std::optional<std::uint64_t> durationS;
    static constexpr auto fields()
    {
        using S = BreakerRequest;
        return std::tuple(field(1, "reason", &S::reason), field(2, "expected_revision", &S::expectedRevision),
                          field(3, "override_state", &S::overrideState), field(4, "duration_s", &S::durationS));
    }
};

struct CloseRequest
{
    std::string reason;
    std::vector<ConnectionId> connectionIds;
    std::optional<std::string> userId; ///< instead of ids: all of this user
    static constexpr auto fields()
    {
        using S = CloseRequest;
        return std::tuple(field(1, "reason", &S::reason), field(2, "connection_ids", &S::connectionIds),
                          field(3, "user_id", &S::userId));
    }
};

struct UndoRequest
{
    std::string reason;
    std::string undoToken;
    static constexpr auto fields()
    {
        using S = UndoRequest;
        return std::tuple(field(1, "reason", &S::reason), field(2, "undo_token", &S::undoToken));
    }
};

} // namespace orchestra::wire
