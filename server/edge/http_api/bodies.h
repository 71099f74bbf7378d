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
    template <class S = FeedbackRequest>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "message_id", &S::messageId), field(2, "rating", &S::rating),
                          field(3, "intent", &S::intent), field(4, "comment", &S::comment));
    }
};

struct ThreadList
{
    std::vector<ThreadRow> threads;
    std::optional<ThreadId> next; ///< give it as `after` for more
    template <class S = ThreadList>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "threads", &S::threads), field(2, "next", &S::next));
    }
};

struct MessageList
{
    std::vector<StoredMessage> messages;
    std::optional<MessageId> next; ///< give it as `before` for more
    template <class S = MessageList>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "messages", &S::messages), field(2, "next", &S::next));
    }
};

struct TaskList
{
    std::vector<TaskRow> tasks;
    template <class S = TaskList>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "tasks", &S::tasks));
    }
};

struct Ticket
{
    std::string ticket;
    Timestamp expiresAt;
    template <class S = Ticket>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "ticket", &S::ticket), field(2, "expires_at", &S::expiresAt));
    }
};

struct Liveness
{
    std::string status;
    template <class S = Liveness>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "status", &S::status));
    }
};

struct Readiness
{
    bool ready = false;
    std::optional<std::string> reason;
    std::vector<PhaseRow> phases;
    template <class S = Readiness>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "ready", &S::ready), field(2, "reason", &S::reason), field(3, "phases", &S::phases));
    }
};

// ---- for operators ---------------------------------------------------------------------------------------------

struct FlagList
{
    std::vector<FlagRow> flags;
    template <class S = FlagList>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "flags", &S::flags));
    }
};

struct BreakerList
{
    std::vector<BreakerRow> breakers;
    template <class S = BreakerList>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "breakers", &S::breakers));
    }
};

struct ConnectionList
{
    std::vector<ConnectionRow> connections;
    template <class S = ConnectionList>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "connections", &S::connections));
    }
};

struct AuditList
{
    std::vector<AuditRow> audit;
    bool more = false;
    template <class S = AuditList>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "audit", &S::audit), field(2, "more", &S::more));
    }
};

/// What every operator command carries. `reason` goes into the audit log.
struct ReasonRequest
{
    std::string reason;
    std::optional<std::uint64_t> expectedRevision;
    template <class S = ReasonRequest>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "reason", &S::reason), field(2, "expected_revision", &S::expectedRevision));
    }
};

struct FlagRequest
{
    std::string reason;
    std::optional<std::uint64_t> expectedRevision;
    std::optional<bool> enabled;
    std::optional<std::uint64_t> percent;
    template <class S = FlagRequest>
    static constexpr auto fields()
    {
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
    template <class S = BreakerRequest>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "reason", &S::reason), field(2, "expected_revision", &S::expectedRevision),
                          field(3, "override_state", &S::overrideState), field(4, "duration_s", &S::durationS));
    }
};

struct DegradationRequest
{
    std::string reason;
    std::optional<std::uint64_t> expectedRevision;
    std::optional<std::uint64_t> level; ///< 0..4; absent: the pin is taken out
    std::optional<std::uint64_t> durationS;
    template <class S = DegradationRequest>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "reason", &S::reason), field(2, "expected_revision", &S::expectedRevision),
                          field(3, "level", &S::level), field(4, "duration_s", &S::durationS));
    }
};

struct CacheRequest
{
    std::string reason;
    std::string cacheNamespace; ///< all, user:ID or model:SERVER/NAME
    template <class S = CacheRequest>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "reason", &S::reason), field(2, "cache_namespace", &S::cacheNamespace));
    }
};

struct CloseRequest
{
    std::string reason;
    std::vector<ConnectionId> connectionIds;
    std::optional<std::string> userId; ///< instead of ids: all of this user
    template <class S = CloseRequest>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "reason", &S::reason), field(2, "connection_ids", &S::connectionIds),
                          field(3, "user_id", &S::userId));
    }
};

struct UndoRequest
{
    std::string reason;
    std::string undoToken;
    template <class S = UndoRequest>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "reason", &S::reason), field(2, "undo_token", &S::undoToken));
    }
};

struct ToolAcceptanceRequest
{
    std::string reason;
    std::string name;   ///< SERVER/TOOL
    std::string digest; ///< of the description that was looked at
    template <class S = ToolAcceptanceRequest>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "reason", &S::reason), field(2, "name", &S::name), field(3, "digest", &S::digest));
    }
};

} // namespace orchestra::wire
