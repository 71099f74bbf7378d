// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/chat_messages.h"

/// The operations contract (GET /ops/ws) and the rows that REST, the operations agent and the console all show.
/// Travels as protobuf; the same structs are written as JSON by the admin API. shared/proto/ops.proto mirrors it.
namespace orchestra::wire {

// ---- rows ------------------------------------------------------------------------------------------------------

/// What an operator can watch.
enum class Topic : std::uint8_t {
    Overview,
    Connections,
    Threads,
    Tasks,
    Breakers,
    Flags,
    Rollouts,
    Degradation,
    Metrics,
    Logs,
    Traces,
    Audit,
    Models,
    Tools
};
constexpr std::array<std::string_view, 14> wireNames(Topic)
{
    return {"overview",    "connections", "threads", "tasks",  "breakers", "flags",  "rollouts",
            "degradation", "metrics",     "logs",    "traces", "audit",    "models", "tools"};
}

enum class HealthState : std::uint8_t { Healthy, Degraded, Unhealthy };
constexpr std::array<std::string_view, 3> wireNames(HealthState)
{
    return {"healthy", "degraded", "unhealthy"};
}

enum class PhaseState : std::uint8_t { Pending, Running, Done, Failed };
constexpr std::array<std::string_view, 4> wireNames(PhaseState)
{
    return {"pending", "running", "done", "failed"};
}

/// One startup phase.
struct PhaseRow
{
    std::string name;
    PhaseState state = PhaseState{};
    std::uint64_t durationMs = 0;
    std::optional<std::string> error;
    bool operator==(const PhaseRow &) const = default;
    template <class S = PhaseRow>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "name", &S::name), field(2, "state", &S::state),
                          field(3, "duration_ms", &S::durationMs), field(4, "error", &S::error));
    }
};

enum class Severity : std::uint8_t { Info, Warning, Problem };
constexpr std::array<std::string_view, 3> wireNames(Severity)
{
    return {"info", "warning", "problem"};
}

/// Something that needs attention, worst first, with the one action that helps.
struct ProblemRow
{
    std::string kind; ///< stable name, for example breaker_open
    Severity severity = Severity{};
    std::string title;
    std::string detail;
    Timestamp since;
    std::optional<std::string> action; ///< stable name of the suggested action
    std::string target;                ///< id of the entity concerned
    bool operator==(const ProblemRow &) const = default;
    template <class S = ProblemRow>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "kind", &S::kind), field(2, "severity", &S::severity), field(3, "title", &S::title),
                          field(4, "detail", &S::detail), field(5, "since", &S::since), field(6, "action", &S::action),
                          field(7, "target", &S::target));
    }
};

/// A recent change that somebody or something made.
struct ChangeRow
{
    Timestamp at;
    std::string what;
    std::string before;
    std::string after;
    std::string actor;
    bool operator==(const ChangeRow &) const = default;
    template <class S = ChangeRow>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "at", &S::at), field(2, "what", &S::what), field(3, "before", &S::before),
                          field(4, "after", &S::after), field(5, "actor", &S::actor));
    }
};

/// The server at a glance. Absent numbers are unknown, never zero.
struct OverviewRow
{
    HealthState health = HealthState{};
    std::string sentence; ///< one sentence of truth, without the numbers
    bool ready = false;
    bool draining = false;
    std::uint64_t clients = 0;
    std::uint64_t clientLimit = 0;
    std::optional<double> messagesInPerS;
    std::optional<double> framesOutPerS;
    std::optional<double> tokensPerS;
    std::optional<double> firstTokenP50Ms;
    std::optional<double> firstTokenP95Ms;
    std::optional<double> firstTokenP99Ms;
    std::optional<double> errorRate; ///< share of turns that failed, 0..1
    std::uint64_t breakers = 0;
    std::uint64_t breakersNotClosed = 0;
    std::uint64_t flags = 0;
    std::uint64_t flagsOn = 0;
    std::uint64_t tasksRunning = 0;
    std::uint64_t tasksQueued = 0;
    std::uint64_t tasksOverDeadline = 0;
    std::uint64_t degradationLevel = 0;
    Timestamp startedAt;
    std::vector<PhaseRow> phases;
    std::vector<ProblemRow> problems;
    std::vector<ChangeRow> changes;
    std::uint64_t rssBytes = 0;
    std::string version;
    bool operator==(const OverviewRow &) const = default;
    template <class S = OverviewRow>
    static constexpr auto fields()
    {
        return std::tuple(
            field(1, "health", &S::health), field(2, "sentence", &S::sentence), field(3, "ready", &S::ready),
            field(4, "draining", &S::draining), field(5, "clients", &S::clients),
            field(6, "client_limit", &S::clientLimit), field(7, "messages_in_per_s", &S::messagesInPerS),
            field(8, "frames_out_per_s", &S::framesOutPerS), field(9, "tokens_per_s", &S::tokensPerS),
            field(10, "first_token_p50_ms", &S::firstTokenP50Ms), field(11, "first_token_p95_ms", &S::firstTokenP95Ms),
            field(12, "first_token_p99_ms", &S::firstTokenP99Ms), field(13, "error_rate", &S::errorRate),
            field(14, "breakers", &S::breakers), field(15, "breakers_not_closed", &S::breakersNotClosed),
            field(16, "flags", &S::flags), field(17, "flags_on", &S::flagsOn),
            field(18, "tasks_running", &S::tasksRunning), field(19, "tasks_queued", &S::tasksQueued),
            field(20, "tasks_over_deadline", &S::tasksOverDeadline),
            field(21, "degradation_level", &S::degradationLevel), field(22, "started_at", &S::startedAt),
            field(23, "phases", &S::phases), field(24, "problems", &S::problems), field(25, "changes", &S::changes),
            field(26, "rss_bytes", &S::rssBytes), field(27, "version", &S::version));
    }
};

/// States of a connection; nothing leaves closed.
enum class ConnectionPhase : std::uint8_t { Connecting, Authenticating, Initializing, Active, Closing, Closed };
constexpr std::array<std::string_view, 6> wireNames(ConnectionPhase)
{
    return {"connecting", "authenticating", "initializing", "active", "closing", "closed"};
}

enum class Encoding : std::uint8_t { Json, Protobuf };
constexpr std::array<std::string_view, 2> wireNames(Encoding)
{
    return {"json", "protobuf"};
}

struct ConnectionRow
{
    ConnectionId connectionId;
    ConnectionPhase phase = ConnectionPhase{};
    std::string userId;
    std::string role;
    std::string clientId;
    std::string sessionId;
    std::string address;
    std::uint64_t edgeThread = 0;
    std::uint64_t apiVersion = 0; ///< 1 or 2; 0 for the ops channel
    Encoding encoding = Encoding{};
    Timestamp connectedAt;
    std::uint64_t idleMs = 0;
    double inPerS = 0;
    double outPerS = 0;
    std::uint64_t framesIn = 0;
    std::uint64_t framesOut = 0;
    std::uint64_t bytesIn = 0;
    std::uint64_t bytesOut = 0;
    std::uint64_t queueBytes = 0;
    std::uint64_t queueFrames = 0;
    std::uint64_t queueLimitBytes = 0;
    std::uint64_t sequence = 0;
    std::uint64_t dropped = 0; ///< unnumbered progress frames left out
    std::uint64_t violations = 0;
    bool operator==(const ConnectionRow &) const = default;
    template <class S = ConnectionRow>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "connection_id", &S::connectionId), field(2, "phase", &S::phase),
                          field(3, "user_id", &S::userId), field(4, "role", &S::role),
                          field(5, "client_id", &S::clientId), field(6, "session_id", &S::sessionId),
                          field(7, "address", &S::address), field(8, "edge_thread", &S::edgeThread),
                          field(9, "api_version", &S::apiVersion), field(10, "encoding", &S::encoding),
                          field(11, "connected_at", &S::connectedAt), field(12, "idle_ms", &S::idleMs),
                          field(13, "in_per_s", &S::inPerS), field(14, "out_per_s", &S::outPerS),
                          field(15, "frames_in", &S::framesIn), field(16, "frames_out", &S::framesOut),
                          field(17, "bytes_in", &S::bytesIn), field(18, "bytes_out", &S::bytesOut),
                          field(19, "queue_bytes", &S::queueBytes), field(20, "queue_frames", &S::queueFrames),
                          field(21, "queue_limit_bytes", &S::queueLimitBytes), field(22, "sequence", &S::sequence),
                          field(23, "dropped", &S::dropped), field(24, "violations", &S::violations));
    }
};

struct PhaseChange
{
    ConnectionPhase phase = ConnectionPhase{};
    Timestamp at;
    std::string cause;
    bool operator==(const PhaseChange &) const = default;
    template <class S = PhaseChange>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "phase", &S::phase), field(2, "at", &S::at), field(3, "cause", &S::cause));
    }
};

/// A frame that passed: sizes and types, never content.
struct FrameTrace
{
    Timestamp at;
    bool outbound = false;
    std::string type;
    std::uint64_t bytes = 0;
    std::uint64_t sequence = 0;
    bool operator==(const FrameTrace &) const = default;
    template <class S = FrameTrace>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "at", &S::at), field(2, "outbound", &S::outbound), field(3, "type", &S::type),
                          field(4, "bytes", &S::bytes), field(5, "sequence", &S::sequence));
    }
};

struct ConnectionDetail
{
    ConnectionRow row;
    std::vector<PhaseChange> history;
    std::vector<FrameTrace> frames; ///< the last 50
    bool operator==(const ConnectionDetail &) const = default;
    template <class S = ConnectionDetail>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "row", &S::row), field(2, "history", &S::history), field(3, "frames", &S::frames));
    }
};

struct ThreadRow
{
    ThreadId threadId;
    std::string userId;
    std::string sessionId;
    std::string title;
    Timestamp createdAt;
    Timestamp updatedAt;
    std::uint64_t messages = 0;
    std::uint64_t epoch = 0;
    std::uint64_t offset = 0;
    bool running = false;
    std::uint64_t connections = 0;
    bool operator==(const ThreadRow &) const = default;
    template <class S = ThreadRow>
    static constexpr auto fields()
    {
        return std::tuple(
            field(1, "thread_id", &S::threadId), field(2, "user_id", &S::userId), field(3, "session_id", &S::sessionId),
            field(4, "title", &S::title), field(5, "created_at", &S::createdAt), field(6, "updated_at", &S::updatedAt),
            field(7, "messages", &S::messages), field(8, "epoch", &S::epoch), field(9, "offset", &S::offset),
            field(10, "running", &S::running), field(11, "connections", &S::connections));
    }
};

enum class TaskState : std::uint8_t { Queued, Running, WaitingApproval, Completed, Failed, Cancelled, Incomplete };
constexpr std::array<std::string_view, 7> wireNames(TaskState)
{
    return {"queued", "running", "waiting_approval", "completed", "failed", "cancelled", "incomplete"};
}

/// Something that a task may do only when a person says yes.
struct ApprovalRow
{
    ApprovalId approvalId;
    std::string what;
    RawJson parameters; ///< null for who may not decide
    Timestamp askedAt;
    Timestamp expiresAt;
    bool operator==(const ApprovalRow &) const = default;
    template <class S = ApprovalRow>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "approval_id", &S::approvalId), field(2, "what", &S::what),
                          field(3, "parameters", &S::parameters), field(4, "asked_at", &S::askedAt),
                          field(5, "expires_at", &S::expiresAt));
    }
};

struct TaskRow
{
    TaskId taskId;
    ThreadId threadId;
    std::string userId;
    std::string agent;
    std::string intent;
    TaskState state = TaskState{};
    std::string step;
    Timestamp acceptedAt;
    std::uint64_t ageMs = 0;
    std::uint64_t deadlineMs = 0; ///< 0 when there is none
    std::uint64_t tokens = 0;
    std::optional<TaskId> parentTaskId;
    std::optional<ErrorBody> error;
    std::vector<ApprovalRow> approvals; ///< what it waits for
    bool operator==(const TaskRow &) const = default;
    template <class S = TaskRow>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "task_id", &S::taskId), field(2, "thread_id", &S::threadId),
                          field(3, "user_id", &S::userId), field(4, "agent", &S::agent), field(5, "intent", &S::intent),
                          field(6, "state", &S::state), field(7, "step", &S::step),
                          field(8, "accepted_at", &S::acceptedAt), field(9, "age_ms", &S::ageMs),
                          field(10, "deadline_ms", &S::deadlineMs), field(11, "tokens", &S::tokens),
                          field(12, "parent_task_id", &S::parentTaskId), field(13, "error", &S::error),
                          field(14, "approvals", &S::approvals));
    }
};

enum class BreakerState : std::uint8_t { Closed, Open, HalfOpen, ForcedOpen, Disabled, MetricsOnly };
constexpr std::array<std::string_view, 6> wireNames(BreakerState)
{
    return {"closed", "open", "half_open", "forced_open", "disabled", "metrics_only"};
}

/// A circuit breaker went from one state to another.
struct BreakerMove
{
    Timestamp at;
    BreakerState from = BreakerState{};
    BreakerState to = BreakerState{};
    std::string cause;
    bool operator==(const BreakerMove &) const = default;
    template <class S = BreakerMove>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "at", &S::at), field(2, "from", &S::from), field(3, "to", &S::to),
                          field(4, "cause", &S::cause));
    }
};

/// The same as it is kept, for 24 hours and across restarts.
struct BreakerTransition
{
    std::string breaker;
    BreakerState fromState = BreakerState{};
    BreakerState toState = BreakerState{};
    Timestamp at;
    std::string cause;
    std::optional<std::string> actor; ///< of an override
    std::optional<Timestamp> overrideUntil;
    bool operator==(const BreakerTransition &) const = default;
    template <class S = BreakerTransition>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "breaker", &S::breaker), field(2, "from_state", &S::fromState),
                          field(3, "to_state", &S::toState), field(4, "at", &S::at), field(5, "cause", &S::cause),
                          field(6, "actor", &S::actor), field(7, "override_until", &S::overrideUntil));
    }
};

/// A circuit breaker: what it guards, what it lets pass and why.
struct BreakerRow
{
    std::string name;
    BreakerState state = BreakerState{};
    Timestamp since;
    std::uint64_t calls = 0; ///< in the window
    std::uint64_t failures = 0;
    std::uint64_t slow = 0;
    std::uint64_t rejected = 0;
    double failureRate = 0;
    double threshold = 0;
    std::uint64_t minimumCalls = 0;
    std::uint64_t consecutiveFailures = 0;
    std::optional<Timestamp> nextProbeAt;
    std::uint64_t probesPassed = 0;
    std::uint64_t probesNeeded = 0;
    std::uint64_t reopened = 0;
    std::string cause;
    std::optional<std::string> actor; ///< of an override
    std::optional<Timestamp> overrideUntil;
    std::string outcomes; ///< the last 20: o ok, s slow, f failed, r refused; oldest first
    std::uint64_t revision = 0;
    std::vector<BreakerMove> history; ///< the latest, oldest first; BreakerQuery has the others
    bool operator==(const BreakerRow &) const = default;
    template <class S = BreakerRow>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "name", &S::name), field(2, "state", &S::state), field(3, "since", &S::since),
                          field(4, "calls", &S::calls), field(5, "failures", &S::failures), field(6, "slow", &S::slow),
                          field(7, "rejected", &S::rejected), field(8, "failure_rate", &S::failureRate),
                          field(9, "threshold", &S::threshold), field(10, "minimum_calls", &S::minimumCalls),
                          field(11, "consecutive_failures", &S::consecutiveFailures),
                          field(12, "next_probe_at", &S::nextProbeAt), field(13, "probes_passed", &S::probesPassed),
                          field(14, "probes_needed", &S::probesNeeded), field(15, "reopened", &S::reopened),
                          field(16, "cause", &S::cause), field(17, "actor", &S::actor),
                          field(18, "override_until", &S::overrideUntil), field(19, "outcomes", &S::outcomes),
                          field(20, "revision", &S::revision), field(21, "history", &S::history));
    }
};

/// A model that can be asked, or the server of models that tells of none.
struct ModelRow
{
    std::string server;
    std::string model; ///< empty: the server has told of no model
    std::string kind;  ///< what the server speaks: ollama, openai
    std::string url;
    bool configured = false; ///< else it was found
    bool canChat = false;
    bool canUseTools = false;
    bool canThink = false;
    std::uint64_t bytes = 0;            ///< on disk; 0: unknown
    std::string parameters;             ///< for example 7.6B; empty: unknown
    std::uint64_t contextTokens = 0;    ///< 0: unknown
    std::optional<std::string> trouble; ///< why the server cannot be reached; absent while it can
    std::string breaker;                ///< the name of its circuit breaker; empty: none yet
    std::optional<BreakerState> breakerState;
    std::optional<double> firstTokenMs; ///< measured; absent: not yet
    double errorRate = 0;               ///< of late, 0..1
    std::uint64_t inFlight = 0;
    bool operator==(const ModelRow &) const = default;
    template <class S = ModelRow>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "server", &S::server), field(2, "model", &S::model), field(3, "kind", &S::kind),
                          field(4, "url", &S::url), field(5, "configured", &S::configured),
                          field(6, "can_chat", &S::canChat), field(7, "can_use_tools", &S::canUseTools),
                          field(8, "can_think", &S::canThink), field(9, "bytes", &S::bytes),
                          field(10, "parameters", &S::parameters), field(11, "context_tokens", &S::contextTokens),
                          field(12, "trouble", &S::trouble), field(13, "breaker", &S::breaker),
                          field(14, "breaker_state", &S::breakerState), field(15, "first_token_ms", &S::firstTokenMs),
                          field(16, "error_rate", &S::errorRate), field(17, "in_flight", &S::inFlight));
    }
};

/// A tool that models or the operations agent can use.
struct ToolRow
{
    std::string name;
    std::string server; ///< where it runs: built-in, an MCP server's or a workflow server's name
    std::string description;
    std::string role;                   ///< who may use it at least
    bool changes = false;               ///< its side effects wait for an approval
    std::optional<std::string> trouble; ///< why it cannot be used now; absent while it can
    std::string breaker;                ///< the name of its circuit breaker; empty: none
    std::optional<BreakerState> breakerState;
    bool pinned = false;     ///< its definition is held to a known hash
    bool changed = false;    ///< its definition is another than the pinned one and waits for an operator
    std::uint64_t calls = 0; ///< since the start
    std::uint64_t failures = 0;
    std::optional<double> latencyMs;      ///< measured; absent: not yet
    std::string target;                   ///< SERVER/TOOL, for accept_tool; empty: it needs nobody's yes
    std::optional<std::string> digest;    ///< of its definition as it is now, for accept_tool; absent as above
    std::vector<std::string> differences; ///< while changed: what its definition says otherwise than the pinned one
    bool operator==(const ToolRow &) const = default;
    template <class S = ToolRow>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "name", &S::name), field(2, "server", &S::server),
                          field(3, "description", &S::description), field(4, "role", &S::role),
                          field(5, "changes", &S::changes), field(6, "trouble", &S::trouble),
                          field(7, "breaker", &S::breaker), field(8, "breaker_state", &S::breakerState),
                          field(9, "pinned", &S::pinned), field(10, "changed", &S::changed),
                          field(11, "calls", &S::calls), field(12, "failures", &S::failures),
                          field(13, "latency_ms", &S::latencyMs), field(14, "target", &S::target),
                          field(15, "digest", &S::digest), field(16, "differences", &S::differences));
    }
};

/// How a tool of another program describes itself, and how it did when it was accepted.
struct ToolDescription
{
    std::string name; ///< SERVER/TOOL
    std::string digest;
    std::string definition;                        ///< JSON, as its server sent it
    std::optional<std::string> acceptedDigest;     ///< absent: it was never accepted
    std::optional<std::string> acceptedDefinition; ///< JSON; absent unless it is another than the one now
    bool waiting = false;                          ///< it is not offered until an operator says yes
    bool operator==(const ToolDescription &) const = default;
    template <class S = ToolDescription>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "name", &S::name), field(2, "digest", &S::digest),
                          field(3, "definition", &S::definition), field(4, "accepted_digest", &S::acceptedDigest),
                          field(5, "accepted_definition", &S::acceptedDefinition), field(6, "waiting", &S::waiting));
    }
};

struct FlagRow
{
    std::string name;
    bool enabled = false;
    std::uint64_t percent = 0; ///< 0..100, of sessions
    std::string description;
    std::string owner;
    Timestamp changedAt;
    std::string changedBy;
    std::uint64_t evaluations = 0;
    std::optional<Timestamp> lastSeen;
    std::uint64_t revision = 0;
    bool operator==(const FlagRow &) const = default;
    template <class S = FlagRow>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "name", &S::name), field(2, "enabled", &S::enabled),
                          field(3, "percent", &S::percent), field(4, "description", &S::description),
                          field(5, "owner", &S::owner), field(6, "changed_at", &S::changedAt),
                          field(7, "changed_by", &S::changedBy), field(8, "evaluations", &S::evaluations),
                          field(9, "last_seen", &S::lastSeen), field(10, "revision", &S::revision));
    }
};

/// One measurement that may degrade the server. An input without a value was not measured.
struct DegradationInput
{
    std::string name;
    std::optional<double> load; ///< 0..1: none to as much as there can be
    std::string detail;         ///< what was measured, for people
    bool operator==(const DegradationInput &) const = default;
    template <class S = DegradationInput>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "name", &S::name), field(2, "load", &S::load), field(3, "detail", &S::detail));
    }
};

struct DegradationRow
{
    std::uint64_t level = 0;
    std::string name;
    bool pinned = false;
    Timestamp since;
    std::string cause;
    std::vector<std::string> shed;
    std::optional<double> score; ///< the worst input; absent while none was measured
    std::vector<DegradationInput> inputs;
    std::optional<std::uint64_t> automaticLevel; ///< what it would be without a pin
    std::optional<std::string> actor;            ///< of a pin
    std::optional<Timestamp> pinnedUntil;
    std::optional<std::uint64_t> revision;
    bool operator==(const DegradationRow &) const = default;
    template <class S = DegradationRow>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "level", &S::level), field(2, "name", &S::name), field(3, "pinned", &S::pinned),
                          field(4, "since", &S::since), field(5, "cause", &S::cause), field(6, "shed", &S::shed),
                          field(7, "score", &S::score), field(8, "inputs", &S::inputs),
                          field(9, "automatic_level", &S::automaticLevel), field(10, "actor", &S::actor),
                          field(11, "pinned_until", &S::pinnedUntil), field(12, "revision", &S::revision));
    }
};

struct LogRow
{
    std::uint64_t index = 0; ///< counts every record since the start, so a gap is seen
    Timestamp at;
    std::string level;
    std::string logger;
    std::string event;
    std::string message;
    std::string correlationId;
    std::map<std::string, std::string> attributes;
    bool operator==(const LogRow &) const = default;
    template <class S = LogRow>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "index", &S::index), field(2, "at", &S::at), field(3, "level", &S::level),
                          field(4, "logger", &S::logger), field(5, "event", &S::event),
                          field(6, "message", &S::message), field(7, "correlation_id", &S::correlationId),
                          field(8, "attributes", &S::attributes));
    }
};

struct AuditRow
{
    std::uint64_t index = 0;
    Timestamp at;
    std::string actor;
    std::string role;
    std::string action;
    std::string target;
    std::string before;
    std::string after;
    std::string reason;
    std::string result;
    std::string requestId;
    bool operator==(const AuditRow &) const = default;
    template <class S = AuditRow>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "index", &S::index), field(2, "at", &S::at), field(3, "actor", &S::actor),
                          field(4, "role", &S::role), field(5, "action", &S::action), field(6, "target", &S::target),
                          field(7, "before", &S::before), field(8, "after", &S::after), field(9, "reason", &S::reason),
                          field(10, "result", &S::result), field(11, "request_id", &S::requestId));
    }
};

/// Equally spaced values of one series. `gaps` lists the positions without data.
struct SeriesChunk
{
    std::string name;
    std::uint64_t stepS = 0;
    Timestamp start;
    std::vector<double> values;
    std::vector<std::uint64_t> gaps;
    bool operator==(const SeriesChunk &) const = default;
    template <class S = SeriesChunk>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "name", &S::name), field(2, "step_s", &S::stepS), field(3, "start", &S::start),
                          field(4, "values", &S::values), field(5, "gaps", &S::gaps));
    }
};

/// The rows of one topic; the other members are empty.
struct Rows
{
    std::vector<OverviewRow> overview;
    std::vector<ConnectionRow> connections;
    std::vector<ThreadRow> threads;
    std::vector<TaskRow> tasks;
    std::vector<BreakerRow> breakers;
    std::vector<FlagRow> flags;
    std::vector<DegradationRow> degradation;
    std::vector<SeriesChunk> series;
    std::vector<LogRow> logs;
    std::vector<AuditRow> audit;
    std::vector<ModelRow> models;
    std::vector<ToolRow> tools;
    bool operator==(const Rows &) const = default;
    template <class S = Rows>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "overview", &S::overview), field(2, "connections", &S::connections),
                          field(3, "threads", &S::threads), field(4, "tasks", &S::tasks),
                          field(5, "breakers", &S::breakers), field(6, "flags", &S::flags),
                          field(7, "degradation", &S::degradation), field(8, "series", &S::series),
                          field(9, "logs", &S::logs), field(10, "audit", &S::audit), field(11, "models", &S::models),
                          field(12, "tools", &S::tools));
    }
};

struct UserConnections
{
    std::string userId;
    std::uint64_t connections = 0;
    bool operator==(const UserConnections &) const = default;
    template <class S = UserConnections>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "user_id", &S::userId), field(2, "connections", &S::connections));
    }
};

/// What all connections come to, for who sees a window of them only.
struct ConnectionTotals
{
    /// Bounds of `queues` in KiB; the last counts all that is more.
    static constexpr std::array<std::uint64_t, 7> kQueueKib = {0, 1, 4, 16, 64, 256, 1024};
    static constexpr std::uint64_t kIdleAfterMs = 30'000;

    std::uint64_t starting = 0; ///< not active yet, or closing
    std::uint64_t active = 0;   ///< said something within the last kIdleAfterMs
    std::uint64_t idle = 0;
    std::vector<std::uint64_t> queues;     ///< connections with at most kQueueKib waiting to be sent
    std::vector<UserConnections> topUsers; ///< the five with the most, most first
    bool operator==(const ConnectionTotals &) const = default;
    template <class S = ConnectionTotals>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "starting", &S::starting), field(2, "active", &S::active),
                          field(3, "idle", &S::idle), field(4, "queues", &S::queues),
                          field(5, "top_users", &S::topUsers));
    }
};

// ---- operator actions -----------------------------------------------------------------------------------------

struct SetFlag
{
    std::string name;
    std::optional<bool> enabled;
    std::optional<std::uint64_t> percent;
    bool operator==(const SetFlag &) const = default;
    static constexpr std::string_view kType = "set_flag";
    template <class S = SetFlag>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "name", &S::name), field(2, "enabled", &S::enabled),
                          field(3, "percent", &S::percent));
    }
};

enum class BreakerOverride : std::uint8_t { None, ForcedOpen, Disabled, MetricsOnly };
constexpr std::array<std::string_view, 4> wireNames(BreakerOverride)
{
    return {"none", "forced_open", "disabled", "metrics_only"};
}

struct OverrideBreaker
{
    std::string name;
    BreakerOverride overrideState = BreakerOverride{};
    std::uint64_t durationS = 0; ///< required unless the override is none
    bool operator==(const OverrideBreaker &) const = default;
    static constexpr std::string_view kType = "override_breaker";
    template <class S = OverrideBreaker>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "name", &S::name), field(2, "override_state", &S::overrideState),
                          field(3, "duration_s", &S::durationS));
    }
};

struct ProbeBreaker
{
    std::string name;
    bool operator==(const ProbeBreaker &) const = default;
    static constexpr std::string_view kType = "probe_breaker";
    template <class S = ProbeBreaker>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "name", &S::name));
    }
};

struct CloseConnections
{
    std::vector<ConnectionId> connectionIds;
    std::optional<std::string> userId; ///< instead of ids: all of this user
    bool operator==(const CloseConnections &) const = default;
    static constexpr std::string_view kType = "close_connections";
    template <class S = CloseConnections>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "connection_ids", &S::connectionIds), field(2, "user_id", &S::userId));
    }
};

/// Cancels a task with everything below it.
struct CancelTask
{
    TaskId taskId;
    bool operator==(const CancelTask &) const = default;
    static constexpr std::string_view kType = "cancel_task";
    template <class S = CancelTask>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "task_id", &S::taskId));
    }
};

/// Says yes or no to what a task asks to do.
struct ResolveApproval
{
    ApprovalId approvalId;
    bool approved = false;
    bool operator==(const ResolveApproval &) const = default;
    static constexpr std::string_view kType = "resolve_approval";
    template <class S = ResolveApproval>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "approval_id", &S::approvalId), field(2, "approved", &S::approved));
    }
};

struct StartDrain
{
    bool operator==(const StartDrain &) const = default;
    static constexpr std::string_view kType = "start_drain";
    static constexpr auto fields() { return std::tuple(); }
};

/// Holds a degradation level until the time is over; without a level the pin is taken out.
struct PinDegradation
{
    std::optional<std::uint64_t> level; ///< 0..4
    std::uint64_t durationS = 0;        ///< required with a level
    bool operator==(const PinDegradation &) const = default;
    static constexpr std::string_view kType = "pin_degradation";
    template <class S = PinDegradation>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "level", &S::level), field(2, "duration_s", &S::durationS));
    }
};

/// Forgets kept answers.
struct ClearCache
{
    std::string cacheNamespace; ///< all, user:ID or model:SERVER/NAME
    bool operator==(const ClearCache &) const = default;
    static constexpr std::string_view kType = "clear_cache";
    template <class S = ClearCache>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "cache_namespace", &S::cacheNamespace));
    }
};

struct UndoAction
{
    std::string undoToken;
    bool operator==(const UndoAction &) const = default;
    static constexpr std::string_view kType = "undo";
    template <class S = UndoAction>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "undo_token", &S::undoToken));
    }
};

/// Lets a tool of another program be offered as it describes itself now.
struct AcceptTool
{
    std::string name;   ///< SERVER/TOOL
    std::string digest; ///< of the description that was looked at
    bool operator==(const AcceptTool &) const = default;
    static constexpr std::string_view kType = "accept_tool";
    template <class S = AcceptTool>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "name", &S::name), field(2, "digest", &S::digest));
    }
};

using ActionBody = std::variant<SetFlag, OverrideBreaker, ProbeBreaker, CloseConnections, CancelTask, StartDrain,
                                UndoAction, PinDegradation, ClearCache, ResolveApproval, AcceptTool>;

// ---- console to server ----------------------------------------------------------------------------------------

/// Begins, or changes, a subscription: a snapshot follows, then deltas.
/// Tables over 1,000 rows are filtered, sorted and windowed by the server.
struct Subscribe
{
    std::string id;
    Topic topic = Topic{};
    std::string filter; ///< the filter language of the console; empty for all
    std::string sort;   ///< a column name; empty for the topic's own order
    bool descending = false;
    std::uint64_t first = 0;
    std::uint64_t count = 0; ///< 0 for everything up to 1,000 rows
    bool operator==(const Subscribe &) const = default;
    static constexpr std::string_view kType = "subscribe";
    template <class S = Subscribe>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "topic", &S::topic), field(3, "filter", &S::filter),
                          field(4, "sort", &S::sort), field(5, "descending", &S::descending),
                          field(6, "first", &S::first), field(7, "count", &S::count));
    }
};

struct Unsubscribe
{
    std::string id;
    Topic topic = Topic{};
    bool operator==(const Unsubscribe &) const = default;
    static constexpr std::string_view kType = "unsubscribe";
    template <class S = Unsubscribe>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "topic", &S::topic));
    }
};

/// An operator command. Answered by exactly one OpsReply; the change itself arrives as a delta.
struct OpsAction
{
    std::string requestId;
    std::optional<std::uint64_t> expectedRevision;
    std::string reason;
    ActionBody action;
    bool operator==(const OpsAction &) const = default;
    static constexpr std::string_view kType = "action";
    template <class S = OpsAction>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "request_id", &S::requestId), field(2, "expected_revision", &S::expectedRevision),
                          field(3, "reason", &S::reason));
    }
    template <class S = OpsAction>
    static constexpr auto choice()
    {
        return oneOf(10, &S::action);
    }
};

struct SeriesQuery
{
    std::string id;
    std::vector<std::string> names; ///< empty for all
    std::uint64_t rangeS = 0;
    bool operator==(const SeriesQuery &) const = default;
    static constexpr std::string_view kType = "series_query";
    template <class S = SeriesQuery>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "names", &S::names), field(3, "range_s", &S::rangeS));
    }
};

struct ConnectionQuery
{
    std::string id;
    ConnectionId connectionId;
    bool operator==(const ConnectionQuery &) const = default;
    static constexpr std::string_view kType = "connection_query";
    template <class S = ConnectionQuery>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "connection_id", &S::connectionId));
    }
};

struct AuditQuery
{
    std::string id;
    std::string target;            ///< empty for all
    std::uint64_t beforeIndex = 0; ///< 0 for the newest
    std::uint64_t count = 0;
    bool operator==(const AuditQuery &) const = default;
    static constexpr std::string_view kType = "audit_query";
    template <class S = AuditQuery>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "target", &S::target),
                          field(3, "before_index", &S::beforeIndex), field(4, "count", &S::count));
    }
};

struct OpsPing
{
    std::string id;
    bool operator==(const OpsPing &) const = default;
    static constexpr std::string_view kType = "ping";
    template <class S = OpsPing>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id));
    }
};

/// Asks for the changes of a circuit breaker's state, newest first.
struct BreakerQuery
{
    std::string id;
    std::string breaker;           ///< empty for all
    std::uint64_t beforeIndex = 0; ///< 0 for the newest
    std::uint64_t count = 0;
    bool operator==(const BreakerQuery &) const = default;
    static constexpr std::string_view kType = "breaker_query";
    template <class S = BreakerQuery>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "breaker", &S::breaker),
                          field(3, "before_index", &S::beforeIndex), field(4, "count", &S::count));
    }
};

/// Asks how a tool describes itself.
struct ToolQuery
{
    std::string id;
    std::string name; ///< SERVER/TOOL
    bool operator==(const ToolQuery &) const = default;
    static constexpr std::string_view kType = "tool_query";
    template <class S = ToolQuery>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "name", &S::name));
    }
};

/// In protobuf: `OpsClientEnvelope { oneof body }`, field number = index in this variant + 1.
using OpsClientFrame = std::variant<Subscribe, Unsubscribe, OpsAction, SeriesQuery, ConnectionQuery, AuditQuery,
                                    OpsPing, BreakerQuery, ToolQuery>;

// ---- server to console ----------------------------------------------------------------------------------------

struct OpsWelcome
{
    ConnectionId connectionId;
    std::string userId;
    std::string role;
    std::string serverName;
    std::string environment; ///< prod, staging, dev or a word of the operator's
    std::string serverVersion;
    std::string address;
    Timestamp startedAt;
    Timestamp now;
    bool operator==(const OpsWelcome &) const = default;
    static constexpr std::string_view kType = "welcome";
    template <class S = OpsWelcome>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "connection_id", &S::connectionId), field(2, "user_id", &S::userId),
                          field(3, "role", &S::role), field(4, "server_name", &S::serverName),
                          field(5, "environment", &S::environment), field(6, "server_version", &S::serverVersion),
                          field(7, "address", &S::address), field(8, "started_at", &S::startedAt),
                          field(9, "now", &S::now));
    }
};

/// Rows as they are at `revision`, in parts; `last` ends them.
struct TopicSnapshot
{
    Topic topic = Topic{};
    std::uint64_t revision = 0;
    std::uint64_t part = 0;
    bool last = false;
    std::uint64_t total = 0;   ///< rows there are
    std::uint64_t matched = 0; ///< rows that pass the filter
    Rows rows;
    std::optional<ConnectionTotals> connectionTotals; ///< while connections are seen through a window
    bool operator==(const TopicSnapshot &) const = default;
    static constexpr std::string_view kType = "snapshot";
    template <class S = TopicSnapshot>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "topic", &S::topic), field(2, "revision", &S::revision), field(3, "part", &S::part),
                          field(4, "last", &S::last), field(5, "total", &S::total), field(6, "matched", &S::matched),
                          field(7, "rows", &S::rows), field(8, "connection_totals", &S::connectionTotals));
    }
};

/// Changes from `base_revision` to `revision`; a receiver at another revision asks for a fresh snapshot.
struct TopicDelta
{
    Topic topic = Topic{};
    std::uint64_t baseRevision = 0;
    std::uint64_t revision = 0;
    std::uint64_t total = 0;
    std::uint64_t matched = 0;
    Rows upserts;
    std::vector<std::string> removed;                 ///< keys of rows that are gone
    std::optional<ConnectionTotals> connectionTotals; ///< while connections are seen through a window
    bool operator==(const TopicDelta &) const = default;
    static constexpr std::string_view kType = "delta";
    template <class S = TopicDelta>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "topic", &S::topic), field(2, "base_revision", &S::baseRevision),
                          field(3, "revision", &S::revision), field(4, "total", &S::total),
                          field(5, "matched", &S::matched), field(6, "upserts", &S::upserts),
                          field(7, "removed", &S::removed), field(8, "connection_totals", &S::connectionTotals));
    }
};

struct OpsReply
{
    std::string requestId;
    std::optional<ErrorBody> error;
    std::uint64_t revision = 0;
    std::optional<std::string> undoToken;
    std::string message;
    bool operator==(const OpsReply &) const = default;
    static constexpr std::string_view kType = "reply";
    template <class S = OpsReply>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "request_id", &S::requestId), field(2, "error", &S::error),
                          field(3, "revision", &S::revision), field(4, "undo_token", &S::undoToken),
                          field(5, "message", &S::message));
    }
};

struct SeriesReply
{
    std::string id;
    std::vector<SeriesChunk> series;
    bool operator==(const SeriesReply &) const = default;
    static constexpr std::string_view kType = "series";
    template <class S = SeriesReply>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "series", &S::series));
    }
};

struct ConnectionReply
{
    std::string id;
    std::optional<ConnectionDetail> detail;
    bool operator==(const ConnectionReply &) const = default;
    static constexpr std::string_view kType = "connection";
    template <class S = ConnectionReply>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "detail", &S::detail));
    }
};

struct AuditReply
{
    std::string id;
    std::vector<AuditRow> rows;
    bool more = false;
    bool operator==(const AuditReply &) const = default;
    static constexpr std::string_view kType = "audit";
    template <class S = AuditReply>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "rows", &S::rows), field(3, "more", &S::more));
    }
};

struct OpsPong
{
    std::string id;
    Timestamp now;
    bool operator==(const OpsPong &) const = default;
    static constexpr std::string_view kType = "pong";
    template <class S = OpsPong>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "now", &S::now));
    }
};

struct BreakerReply
{
    std::string id;
    std::vector<BreakerTransition> transitions; ///< newest first
    std::uint64_t nextIndex = 0;                ///< before_index of the older ones; 0 when there are none
    bool operator==(const BreakerReply &) const = default;
    static constexpr std::string_view kType = "breaker";
    template <class S = BreakerReply>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "transitions", &S::transitions),
                          field(3, "next_index", &S::nextIndex));
    }
};

struct ToolReply
{
    std::string id;
    std::optional<ToolDescription> tool; ///< absent: there is no such tool
    bool operator==(const ToolReply &) const = default;
    static constexpr std::string_view kType = "tool";
    template <class S = ToolReply>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "tool", &S::tool));
    }
};

/// In protobuf: `OpsServerEnvelope { oneof body }`, field number = index in this variant + 1, `uint64 sequence = 100`.
using OpsServerFrame = std::variant<OpsWelcome, TopicSnapshot, TopicDelta, OpsReply, SeriesReply, ConnectionReply,
                                    AuditReply, OpsPong, BreakerReply, ToolReply>;

} // namespace orchestra::wire
