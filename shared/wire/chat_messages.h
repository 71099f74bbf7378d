// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/ids.h"
#include "shared/base/result.h"
#include "shared/wire/field.h"

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The chat contract as plain structs; shared/proto/chat.proto is the same contract for protoc.
/// Strings are UTF-8. Integers are 0..2^53-1, reals finite. Absent optional members are left out in both encodings;
/// empty lists and maps are written in JSON and may be left out on input.
namespace orchestra::wire {

// ---- pieces ---------------------------------------------------------------------------------------------------

/// A position in a thread: everything up to and including `offset` of `epoch` has been seen.
struct Cursor
{
    ThreadId threadId;
    std::uint64_t epoch = 0;
    std::uint64_t offset = 0;
    bool operator==(const Cursor &) const = default;
    template <class S = Cursor>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "thread_id", &S::threadId), field(2, "epoch", &S::epoch),
                          field(3, "offset", &S::offset));
    }
};

enum class ExecutionMode : std::uint8_t { Fast, Balanced, Quality };
constexpr std::array<std::string_view, 3> wireNames(ExecutionMode)
{
    return {"fast", "balanced", "quality"};
}

struct OptimizationHints
{
    std::optional<ExecutionMode> mode;
    std::optional<std::uint64_t> maxLatencyMs;
    std::optional<std::uint64_t> maxTokens;
    std::optional<std::string> model;
    std::optional<bool> allowFallback;
    std::optional<bool> cache;
    bool operator==(const OptimizationHints &) const = default;
    template <class S = OptimizationHints>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "mode", &S::mode), field(2, "max_latency_ms", &S::maxLatencyMs),
                          field(3, "max_tokens", &S::maxTokens), field(4, "model", &S::model),
                          field(5, "allow_fallback", &S::allowFallback), field(6, "cache", &S::cache));
    }
};

/// What a chat does when the thread already runs a task.
enum class BusyPolicy : std::uint8_t { Queue, Reject, Interrupt };
constexpr std::array<std::string_view, 3> wireNames(BusyPolicy)
{
    return {"queue", "reject", "interrupt"};
}

enum class OnDisconnect : std::uint8_t { Continue, Cancel };
constexpr std::array<std::string_view, 2> wireNames(OnDisconnect)
{
    return {"continue", "cancel"};
}

enum class CancelScope : std::uint8_t { Task, Subtree, Tool, Thread };
constexpr std::array<std::string_view, 4> wireNames(CancelScope)
{
    return {"task", "subtree", "tool", "thread"};
}

enum class ApprovalDecision : std::uint8_t { Approve, Deny };
constexpr std::array<std::string_view, 2> wireNames(ApprovalDecision)
{
    return {"approve", "deny"};
}

enum class ApprovalOutcome : std::uint8_t { Approved, Denied, Expired };
constexpr std::array<std::string_view, 3> wireNames(ApprovalOutcome)
{
    return {"approved", "denied", "expired"};
}

enum class Rating : std::uint8_t { Up, Down };
constexpr std::array<std::string_view, 2> wireNames(Rating)
{
    return {"up", "down"};
}

// ---- client to server -----------------------------------------------------------------------------------------

struct Hello
{
    std::string id;
    std::vector<std::uint64_t> versions;
    std::optional<std::string> token;
    std::optional<std::string> ticket;
    std::vector<Cursor> cursors;
    bool operator==(const Hello &) const = default;
    static constexpr std::string_view kType = "hello";
    template <class S = Hello>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "versions", &S::versions), field(3, "token", &S::token),
                          field(4, "ticket", &S::ticket), field(5, "cursors", &S::cursors));
    }
};

struct Chat
{
    std::string id;
    std::string content;
    std::optional<ThreadId> threadId;
    std::optional<OptimizationHints> optimizationHints;
    std::optional<BusyPolicy> busy;
    std::optional<OnDisconnect> onDisconnect;
    std::optional<std::string> traceparent;
    std::optional<std::string> tracestate;
    bool operator==(const Chat &) const = default;
    static constexpr std::string_view kType = "chat";
    template <class S = Chat>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "content", &S::content), field(3, "thread_id", &S::threadId),
                          field(4, "optimization_hints", &S::optimizationHints), field(5, "busy", &S::busy),
                          field(6, "on_disconnect", &S::onDisconnect), field(7, "traceparent", &S::traceparent),
                          field(8, "tracestate", &S::tracestate));
    }
};

/// A turn that names its command instead of leaving it to be read from text; `/name args` in a chat is the same.
struct Command
{
    std::string id;
    std::string name;
    std::optional<RawJson> arguments;
    std::optional<ThreadId> threadId;
    bool operator==(const Command &) const = default;
    static constexpr std::string_view kType = "command";
    template <class S = Command>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "name", &S::name), field(3, "arguments", &S::arguments),
                          field(4, "thread_id", &S::threadId));
    }
};

struct Cancel
{
    std::string id;
    std::optional<TaskId> taskId;
    std::optional<ThreadId> threadId;
    std::optional<CancelScope> scope;
    bool operator==(const Cancel &) const = default;
    static constexpr std::string_view kType = "cancel";
    template <class S = Cancel>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "task_id", &S::taskId), field(3, "thread_id", &S::threadId),
                          field(4, "scope", &S::scope));
    }
};

struct Approve
{
    std::string id;
    ApprovalId approvalId;
    ApprovalDecision decision = ApprovalDecision::Deny;
    bool operator==(const Approve &) const = default;
    static constexpr std::string_view kType = "approve";
    template <class S = Approve>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "approval_id", &S::approvalId),
                          field(3, "decision", &S::decision));
    }
};

struct Feedback
{
    std::string id;
    MessageId messageId;
    Rating rating = Rating::Up;
    std::optional<std::string> intent;
    std::optional<std::string> comment;
    bool operator==(const Feedback &) const = default;
    static constexpr std::string_view kType = "feedback";
    template <class S = Feedback>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "message_id", &S::messageId), field(3, "rating", &S::rating),
                          field(4, "intent", &S::intent), field(5, "comment", &S::comment));
    }
};

struct AuthRefresh
{
    std::string id;
    std::string token;
    bool operator==(const AuthRefresh &) const = default;
    static constexpr std::string_view kType = "auth_refresh";
    template <class S = AuthRefresh>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "token", &S::token));
    }
};

struct Follow
{
    std::string id;
    ThreadId threadId;
    std::optional<Cursor> cursor;
    bool operator==(const Follow &) const = default;
    static constexpr std::string_view kType = "follow";
    template <class S = Follow>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "thread_id", &S::threadId), field(3, "cursor", &S::cursor));
    }
};

struct Unfollow
{
    std::string id;
    ThreadId threadId;
    bool operator==(const Unfollow &) const = default;
    static constexpr std::string_view kType = "unfollow";
    template <class S = Unfollow>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "thread_id", &S::threadId));
    }
};

struct Ping
{
    std::optional<std::string> id;
    bool operator==(const Ping &) const = default;
    static constexpr std::string_view kType = "ping";
    template <class S = Ping>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id));
    }
};

/// Cumulative: the client has handled everything up to `offset`.
struct ClientAck
{
    ThreadId threadId;
    std::uint64_t offset = 0;
    bool operator==(const ClientAck &) const = default;
    static constexpr std::string_view kType = "ack";
    template <class S = ClientAck>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "thread_id", &S::threadId), field(2, "offset", &S::offset));
    }
};

/// In protobuf: `ClientEnvelope { oneof body }` with field number = index in this variant + 1.
using ClientFrame =
    std::variant<Hello, Chat, Command, Cancel, Approve, Feedback, AuthRefresh, Follow, Unfollow, Ping, ClientAck>;

// ---- server to client -----------------------------------------------------------------------------------------

enum class ResumeOutcome : std::uint8_t { Current, Replayed, Snapshot, Reset };
constexpr std::array<std::string_view, 4> wireNames(ResumeOutcome)
{
    return {"current", "replayed", "snapshot", "reset"};
}

/// How a followed thread is brought up to date: events (from, to] follow, or a snapshot that ends at `to`.
struct ThreadPosition
{
    ThreadId threadId;
    ResumeOutcome outcome = ResumeOutcome::Current;
    std::uint64_t epoch = 0;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    bool operator==(const ThreadPosition &) const = default;
    template <class S = ThreadPosition>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "thread_id", &S::threadId), field(2, "outcome", &S::outcome),
                          field(3, "epoch", &S::epoch), field(4, "from", &S::from), field(5, "to", &S::to));
    }
};

struct WelcomeLimits
{
    std::uint64_t messageBytes = 0;
    std::uint64_t messagesPerSecond = 0;
    std::uint64_t messageBurst = 0;
    std::uint64_t idleSeconds = 0;
    bool operator==(const WelcomeLimits &) const = default;
    template <class S = WelcomeLimits>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "message_bytes", &S::messageBytes),
                          field(2, "messages_per_second", &S::messagesPerSecond),
                          field(3, "message_burst", &S::messageBurst), field(4, "idle_seconds", &S::idleSeconds));
    }
};

struct Welcome
{
    std::optional<std::string> ref; ///< the hello's id
    ConnectionId connectionId;
    std::uint64_t version = 2;
    std::string role;
    WelcomeLimits limits;
    std::vector<ThreadPosition> threads;
    std::string serverVersion;
    std::optional<std::string> correlationId;
    bool operator==(const Welcome &) const = default;
    static constexpr std::string_view kType = "welcome";
    template <class S = Welcome>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "ref", &S::ref), field(2, "connection_id", &S::connectionId),
                          field(3, "version", &S::version), field(4, "role", &S::role), field(5, "limits", &S::limits),
                          field(6, "threads", &S::threads), field(7, "server_version", &S::serverVersion),
                          field(8, "correlation_id", &S::correlationId));
    }
};

struct ResumeDone
{
    bool operator==(const ResumeDone &) const = default;
    static constexpr std::string_view kType = "resume_done";
    static constexpr auto fields() { return std::tuple(); }
};

enum class MessageRole : std::uint8_t { User, Assistant };
constexpr std::array<std::string_view, 2> wireNames(MessageRole)
{
    return {"user", "assistant"};
}

enum class CompletionStatus : std::uint8_t { Completed, Failed, Cancelled, Incomplete };
constexpr std::array<std::string_view, 4> wireNames(CompletionStatus)
{
    return {"completed", "failed", "cancelled", "incomplete"};
}

struct FieldError
{
    std::string pointer;
    std::string message;
    bool operator==(const FieldError &) const = default;
    template <class S = FieldError>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "pointer", &S::pointer), field(2, "message", &S::message));
    }
};

struct ErrorBody
{
    Code code = Code::Internal;
    std::string message;
    bool retryable = false;
    bool operator==(const ErrorBody &) const = default;
    template <class S = ErrorBody>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "code", &S::code), field(2, "message", &S::message),
                          field(3, "retryable", &S::retryable));
    }
};

/// A message of a thread as the store has it. Also a row of GET /api/v2/threads/{id}/messages.
struct StoredMessage
{
    MessageId messageId;
    MessageRole role = MessageRole::User;
    std::string content;
    Timestamp at;
    std::optional<std::string> ref;
    std::optional<TaskId> taskId;
    std::optional<CompletionStatus> status; ///< of an assistant message; absent while its task runs
    std::optional<ErrorBody> error;
    std::uint64_t epoch = 0;
    std::uint64_t offset = 0;
    bool operator==(const StoredMessage &) const = default;
    template <class S = StoredMessage>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "message_id", &S::messageId), field(2, "role", &S::role),
                          field(3, "content", &S::content), field(4, "at", &S::at), field(5, "ref", &S::ref),
                          field(6, "task_id", &S::taskId), field(7, "status", &S::status), field(8, "error", &S::error),
                          field(9, "epoch", &S::epoch), field(10, "offset", &S::offset));
    }
};

/// Replaces what the client shows of a thread. Comes in parts; `last` ends it.
struct Snapshot
{
    std::uint64_t epoch = 0;
    std::uint64_t offset = 0;
    std::uint64_t part = 0;
    bool last = true;
    std::vector<StoredMessage> messages;
    bool operator==(const Snapshot &) const = default;
    static constexpr std::string_view kType = "snapshot";
    template <class S = Snapshot>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "epoch", &S::epoch), field(2, "offset", &S::offset), field(3, "part", &S::part),
                          field(4, "last", &S::last), field(5, "messages", &S::messages));
    }
};

enum class SystemEvent : std::uint8_t {
    Initializing,
    InitializationProgress,
    Ready,
    Degraded,
    Maintenance,
    Deprecation
};
constexpr std::array<std::string_view, 6> wireNames(SystemEvent)
{
    return {"initializing", "initialization_progress", "ready", "degraded", "maintenance", "deprecation"};
}

struct SystemMessage
{
    SystemEvent event = SystemEvent::Ready;
    std::string message;
    std::optional<std::uint64_t> progress; ///< percent, 0..100
    std::optional<std::string> phase;
    std::optional<std::uint64_t> level;
    bool operator==(const SystemMessage &) const = default;
    static constexpr std::string_view kType = "system_message";
    template <class S = SystemMessage>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "event", &S::event), field(2, "message", &S::message),
                          field(3, "progress", &S::progress), field(4, "phase", &S::phase),
                          field(5, "level", &S::level));
    }
};

/// For a chat or command: the message is durable, `offset` is that of its user_message. For other frames: done.
struct ServerAck
{
    std::string ref;
    std::optional<bool> duplicate;
    std::optional<MessageId> messageId;
    std::optional<std::uint64_t> epoch;
    std::optional<std::uint64_t> offset;
    std::optional<TaskId> taskId;
    std::optional<ThreadPosition> resume; ///< answer to follow
    bool operator==(const ServerAck &) const = default;
    static constexpr std::string_view kType = "ack";
    template <class S = ServerAck>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "ref", &S::ref), field(2, "duplicate", &S::duplicate),
                          field(3, "message_id", &S::messageId), field(4, "epoch", &S::epoch),
                          field(5, "offset", &S::offset), field(6, "task_id", &S::taskId),
                          field(7, "resume", &S::resume));
    }
};

struct UserMessage
{
    MessageId messageId;
    std::string ref;
    std::string content;
    bool operator==(const UserMessage &) const = default;
    static constexpr std::string_view kType = "user_message";
    template <class S = UserMessage>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "message_id", &S::messageId), field(2, "ref", &S::ref),
                          field(3, "content", &S::content));
    }
};

enum class TurnStatus : std::uint8_t { Queued, Processing };
constexpr std::array<std::string_view, 2> wireNames(TurnStatus)
{
    return {"queued", "processing"};
}

struct StatusFrame
{
    TurnStatus status = TurnStatus::Processing;
    std::optional<std::uint64_t> position;
    bool operator==(const StatusFrame &) const = default;
    static constexpr std::string_view kType = "status";
    template <class S = StatusFrame>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "status", &S::status), field(2, "position", &S::position));
    }
};

struct AgentStarted
{
    std::string agentName;
    std::optional<TaskId> parentTaskId;
    bool operator==(const AgentStarted &) const = default;
    static constexpr std::string_view kType = "agent_started";
    template <class S = AgentStarted>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "agent_name", &S::agentName), field(2, "parent_task_id", &S::parentTaskId));
    }
};

struct AgentThinking
{
    std::string agentName;
    std::string content;
    bool operator==(const AgentThinking &) const = default;
    static constexpr std::string_view kType = "agent_thinking";
    template <class S = AgentThinking>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "agent_name", &S::agentName), field(2, "content", &S::content));
    }
};

struct ToolExecuting
{
    std::string toolName;
    RawJson parameters;
    std::string callId;
    bool operator==(const ToolExecuting &) const = default;
    static constexpr std::string_view kType = "tool_executing";
    template <class S = ToolExecuting>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "tool_name", &S::toolName), field(2, "parameters", &S::parameters),
                          field(3, "call_id", &S::callId));
    }
};

struct ToolCompleted
{
    std::string toolName;
    std::string callId;
    bool ok = false;
    std::uint64_t durationMs = 0;
    RawJson result;
    bool operator==(const ToolCompleted &) const = default;
    static constexpr std::string_view kType = "tool_completed";
    template <class S = ToolCompleted>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "tool_name", &S::toolName), field(2, "call_id", &S::callId), field(3, "ok", &S::ok),
                          field(4, "duration_ms", &S::durationMs), field(5, "result", &S::result));
    }
};

struct ApprovalRequired
{
    ApprovalId approvalId;
    std::optional<std::string> callId;
    std::string what;
    RawJson parameters;
    Timestamp expiresAt;
    bool operator==(const ApprovalRequired &) const = default;
    static constexpr std::string_view kType = "approval_required";
    template <class S = ApprovalRequired>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "approval_id", &S::approvalId), field(2, "call_id", &S::callId),
                          field(3, "what", &S::what), field(4, "parameters", &S::parameters),
                          field(5, "expires_at", &S::expiresAt));
    }
};

struct ApprovalResolved
{
    ApprovalId approvalId;
    ApprovalOutcome decision = ApprovalOutcome::Denied;
    std::string actor;
    bool operator==(const ApprovalResolved &) const = default;
    static constexpr std::string_view kType = "approval_resolved";
    template <class S = ApprovalResolved>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "approval_id", &S::approvalId), field(2, "decision", &S::decision),
                          field(3, "actor", &S::actor));
    }
};

/// A piece of the answer, never accumulated text. `index` is the ordinal of its first delta in the task.
struct StreamToken
{
    std::uint64_t index = 0;
    std::string content;
    bool operator==(const StreamToken &) const = default;
    static constexpr std::string_view kType = "stream_token";
    template <class S = StreamToken>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "index", &S::index), field(2, "content", &S::content));
    }
};

struct Usage
{
    std::uint64_t promptTokens = 0;
    std::uint64_t completionTokens = 0;
    bool estimated = false;
    bool operator==(const Usage &) const = default;
    template <class S = Usage>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "prompt_tokens", &S::promptTokens),
                          field(2, "completion_tokens", &S::completionTokens), field(3, "estimated", &S::estimated));
    }
};

/// Where the time of a turn went, in milliseconds from its acceptance. Absent parts did not happen.
struct Timings
{
    double queuedMs = 0;
    std::optional<double> toolsMs;
    std::optional<double> firstTokenMs;
    double totalMs = 0;
    std::optional<double> storeAckMs;
    bool operator==(const Timings &) const = default;
    template <class S = Timings>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "queued_ms", &S::queuedMs), field(2, "tools_ms", &S::toolsMs),
                          field(3, "first_token_ms", &S::firstTokenMs), field(4, "total_ms", &S::totalMs),
                          field(5, "store_ack_ms", &S::storeAckMs));
    }
};

enum class AnswerSource : std::uint8_t { Model, Tool, Manager, Cache };
constexpr std::array<std::string_view, 4> wireNames(AnswerSource)
{
    return {"model", "tool", "manager", "cache"};
}

/// Who made the text of an answer.
struct Provenance
{
    AnswerSource source = AnswerSource::Manager;
    std::optional<std::string> provider;
    std::optional<std::string> model;
    std::uint64_t attempt = 1;
    std::optional<std::string> fallbackFrom;
    std::optional<std::uint64_t> cachedAgeS;
    std::map<std::string, std::string> flagVariants;
    std::optional<std::string> route; ///< why this model was chosen, for people
    bool operator==(const Provenance &) const = default;
    template <class S = Provenance>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "source", &S::source), field(2, "provider", &S::provider),
                          field(3, "model", &S::model), field(4, "attempt", &S::attempt),
                          field(5, "fallback_from", &S::fallbackFrom), field(6, "cached_age_s", &S::cachedAgeS),
                          field(7, "flag_variants", &S::flagVariants), field(8, "route", &S::route));
    }
};

/// The one terminal event of a task.
struct AgentCompleted
{
    CompletionStatus status = CompletionStatus::Completed;
    std::string content;
    std::optional<ErrorBody> error;
    ExecutionMode executionMode = ExecutionMode::Fast;
    std::optional<double> qualityScore;
    Usage usage;
    Timings timings;
    Provenance provenance;
    std::uint64_t degradationLevel = 0;
    MessageId messageId; ///< of the answer, for feedback
    bool operator==(const AgentCompleted &) const = default;
    static constexpr std::string_view kType = "agent_completed";
    template <class S = AgentCompleted>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "status", &S::status), field(2, "content", &S::content),
                          field(3, "error", &S::error), field(4, "execution_mode", &S::executionMode),
                          nullableField(5, "quality_score", &S::qualityScore), field(6, "usage", &S::usage),
                          field(7, "timings", &S::timings), field(8, "provenance", &S::provenance),
                          field(9, "degradation_level", &S::degradationLevel), field(10, "message_id", &S::messageId));
    }
};

struct ErrorFrame
{
    std::optional<std::string> ref;
    Code code = Code::Internal;
    std::string message;
    bool retryable = false;
    std::optional<std::uint64_t> retryAfterMs;
    std::vector<FieldError> errors;
    std::optional<std::string> correlationId;
    bool operator==(const ErrorFrame &) const = default;
    static constexpr std::string_view kType = "error";
    template <class S = ErrorFrame>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "ref", &S::ref), field(2, "code", &S::code), field(3, "message", &S::message),
                          field(4, "retryable", &S::retryable), field(5, "retry_after_ms", &S::retryAfterMs),
                          field(6, "errors", &S::errors), field(7, "correlation_id", &S::correlationId));
    }
};

struct AuthExpiring
{
    Timestamp expiresAt;
    bool operator==(const AuthExpiring &) const = default;
    static constexpr std::string_view kType = "auth_expiring";
    template <class S = AuthExpiring>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "expires_at", &S::expiresAt));
    }
};

struct Drain
{
    std::uint64_t retryAfterMs = 0;
    std::string reason;
    bool operator==(const Drain &) const = default;
    static constexpr std::string_view kType = "drain";
    template <class S = Drain>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "retry_after_ms", &S::retryAfterMs), field(2, "reason", &S::reason));
    }
};

struct Pong
{
    std::optional<std::string> ref;
    bool operator==(const Pong &) const = default;
    static constexpr std::string_view kType = "pong";
    template <class S = Pong>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "ref", &S::ref));
    }
};

/// In protobuf: the `oneof body` of `Envelope`, field number = index in this variant + 20.
using ServerBody = std::variant<Welcome, ResumeDone, Snapshot, SystemMessage, ServerAck, UserMessage, StatusFrame,
                                AgentStarted, AgentThinking, ToolExecuting, ToolCompleted, ApprovalRequired,
                                ApprovalResolved, StreamToken, AgentCompleted, ErrorFrame, AuthExpiring, Drain, Pong>;

/// Everything of a server frame but its `sequence`, which the connection's writer appends
/// (JSON: last member; protobuf: field 100 of `Envelope`). In JSON `type` is the second member.
struct ServerFrame
{
    EventId id;
    Timestamp timestamp;
    std::string userId;
    std::optional<ThreadId> threadId;
    std::optional<std::uint64_t> epoch;  ///< durable thread events only
    std::optional<std::uint64_t> offset; ///< durable thread events only
    std::optional<std::string> requestId;
    std::optional<TaskId> taskId;
    ServerBody body;
    bool operator==(const ServerFrame &) const = default;
    /// The head. What the body names itself (the offset of a snapshot, the task of an ack) is not set here.
    template <class S = ServerFrame>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "timestamp", &S::timestamp), field(3, "user_id", &S::userId),
                          field(4, "thread_id", &S::threadId), field(5, "epoch", &S::epoch),
                          field(6, "offset", &S::offset), field(7, "request_id", &S::requestId),
                          field(8, "task_id", &S::taskId));
    }
    template <class S = ServerFrame>
    static constexpr auto choice()
    {
        return oneOf(20, &S::body);
    }
};

} // namespace orchestra::wire
