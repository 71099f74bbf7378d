// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/completion.h"
#include "server/core/counters.h"
#include "server/core/health.h"
#include "server/core/identity.h"
#include "shared/base/clock.h"
#include "shared/base/result.h"
#include "shared/wire/chat_messages.h"
#include "shared/wire/ops_messages.h"

#include <memory>
#include <string>
#include <variant>
#include <vector>

/// Every value that crosses between an edge thread and the hub. Nothing else does.
namespace orchestra {

/// Names a connection (WebSocket or HTTP) across threads for as long as the process lives; never reused.
struct ConnectionKey
{
    std::uint32_t edge = 0;
    std::uint64_t serial = 0;
    auto operator<=>(const ConnectionKey &) const = default;
};

enum class Surface : std::uint8_t { Chat, Ops, Http };

/// What the edge knows of a peer before anybody has said who it is.
struct Peer
{
    std::string address; ///< without port; IPv4-mapped addresses as IPv4
    std::uint16_t port = 0;
    bool isLoopback = false;
    bool isTls = false;
    std::string origin; ///< the Origin header, already checked against the allowed ones; empty when absent
};

/// A frame for several connections, built and numbered once by the hub and never changed after.
/// The edge encodes it once per encoding in use and checks `frame.userId` against each receiver.
struct Event
{
    wire::ServerFrame frame;
    std::size_t bytes = 0; ///< estimate of its encoded size, for retention and replay parts
};
using EventPtr = std::shared_ptr<const Event>;

// ---- edge -> hub ----------------------------------------------------------------------------------------------

/// Asked before any 101: may this peer upgrade? Answered by AdmissionDecision.
struct AdmissionRequest
{
    ConnectionKey connection;
    Surface surface = Surface::Chat;
    Peer peer;
    Secret credential;     ///< bearer token; empty when none was sent
    std::string clientId;  ///< from the path; an anonymous peer claims it as its user name
    std::string sessionId; ///< from the path
    int apiVersion = 0;    ///< from the subprotocol; 0 while the first frame has to decide
    wire::Encoding encoding = wire::Encoding::Json;
    bool mayHello = false; ///< offers a V2 subprotocol, so it may join the pre-auth pool when it has no credential
    std::string correlationId;
};

/// The 101 is out and the edge is ready to carry frames.
struct SocketOpened
{
    ConnectionKey connection;
};

/// The first frame has decided the version and encoding of a connection that offered no subprotocol.
struct VersionDecided
{
    ConnectionKey connection;
    int apiVersion = 2;
    wire::Encoding encoding = wire::Encoding::Json;
};

struct ClientMessage
{
    ConnectionKey connection;
    wire::ClientFrame frame;
    std::size_t bytes = 0;
    MonotonicTime receivedAt{};
};

struct OpsMessage
{
    ConnectionKey connection;
    wire::OpsClientFrame frame;
};

/// The last ReplayPart, or the last OpsOut with a TopicSnapshot that is not its last part, is written (or nearly): the
/// next one may come.
struct PartDrained
{
    ConnectionKey connection;
};

/// The connection is gone; nothing can be sent to it any more. Sent exactly once for each AdmissionRequest admitted.
struct ConnectionGone
{
    ConnectionKey connection;
    std::uint16_t closeCode = 1006;
    std::string reason;
};

/// Live numbers of one connection, once a second while somebody watches.
struct ConnectionStats
{
    ConnectionKey connection;
    std::uint64_t framesIn = 0;
    std::uint64_t framesOut = 0;
    std::uint64_t bytesIn = 0;
    std::uint64_t bytesOut = 0;
    std::uint64_t queueBytes = 0;
    std::uint64_t queueFrames = 0;
    std::uint64_t sequence = 0;
    std::uint64_t dropped = 0;
    std::uint64_t violations = 0;
    MonotonicTime lastActivity{};
};

struct EdgeReport
{
    std::uint32_t edge = 0;
    /// Never null. Apart, because every message has the size of the largest kind, and histograms are large.
    std::shared_ptr<const EdgeCounters> counters;
    /// Only those that changed since the last report; empty when nobody watches (see WatchConnections).
    std::vector<ConnectionStats> connections;
};

/// The last frames of one connection, answer to FramesWanted.
struct FrameHistory
{
    ConnectionKey connection;
    std::uint64_t query = 0;
    std::vector<wire::FrameTrace> frames;
};

// HTTP calls: parsed and validated by the edge, authenticated and answered by the hub.

struct GetLive
{
};
struct GetReady
{
};
struct GetHealth
{
};
struct GetMetrics
{
    bool openMetrics = false;
};
struct PostChat
{
    int apiVersion = 2;
    std::string message;
    std::string sessionId;
    std::optional<ThreadId> threadId;
    std::string messageId; ///< Idempotency-Key, or one made by the edge
    std::optional<wire::OptimizationHints> hints;
    bool stream = false;
    std::optional<wire::Cursor> lastEvent; ///< from Last-Event-ID; the thread id is the hub's to fill
    std::string traceparent;
    std::string tracestate;
};
struct ListThreads
{
    std::size_t limit = 50;
    std::optional<ThreadId> after;
};
struct ListMessages
{
    ThreadId threadId;
    std::size_t limit = 50;
    std::optional<MessageId> before;
};
struct DeleteThread
{
    ThreadId threadId;
};
struct ListTasks
{
};
struct PostCancel
{
    TaskId taskId;
};
struct PostFeedback
{
    wire::Feedback feedback;
};
struct PostTicket
{
};
/// A list for operators: the rows of one topic as they are now.
struct GetRows
{
    wire::Topic topic = wire::Topic::Overview;
};
struct GetAudit
{
    std::string target;
    std::uint64_t beforeIndex = 0;
    std::size_t limit = 100;
};
struct GetConfig
{
};
/// The tools of other programs, with their descriptions.
struct GetTools
{
};
/// An operator command over REST; the same as over the ops channel.
struct PostAction
{
    wire::OpsAction action;
};

// What clients of OpenAI's API ask for.

struct ListModels
{
};
struct GetModel
{
    std::string id;
};
struct PostCompletion
{
    std::shared_ptr<const CompletionOrder> order; ///< never null
    std::string traceparent;
    std::string tracestate;
};

using ApiRequest = std::variant<GetLive, GetReady, GetHealth, GetMetrics, PostChat, ListThreads, ListMessages,
                                DeleteThread, ListTasks, PostCancel, PostFeedback, PostTicket, GetRows, GetAudit,
                                GetConfig, GetTools, PostAction, ListModels, GetModel, PostCompletion>;

struct ApiCall
{
    ConnectionKey connection;
    std::uint64_t call = 0; ///< counts the calls of this connection
    Peer peer;
    Secret credential;
    std::string correlationId;
    std::string userName; ///< what an anonymous loopback caller claims (X-Client-Id); empty: "anonymous"
    ApiRequest request;
    MonotonicTime receivedAt{};
};

/// The HTTP client went away before its answer. A cut stream does not cancel the task, unless it is a completion's:
/// nobody could come back to that.
struct ApiAborted
{
    ConnectionKey connection;
    std::uint64_t call = 0;
};

using FromEdge = std::variant<AdmissionRequest, SocketOpened, VersionDecided, ClientMessage, OpsMessage, PartDrained,
                              ConnectionGone, EdgeReport, FrameHistory, ApiCall, ApiAborted>;

static_assert(sizeof(FromEdge) <= 1024,
              "a mailbox moves many of these: keep what is large and rare in memory of its own");

// ---- hub -> edge ----------------------------------------------------------------------------------------------

struct Admission
{
    ConnectionId connectionId;
    Principal principal;
    bool needsHello = false; ///< joined the pre-auth pool; `principal` is not known yet
};

struct AdmissionDecision
{
    ConnectionKey connection;
    Result<Admission> outcome;
};

/// The credential in a hello was accepted: the user is known (or another one than before), and a pre-auth connection's
/// limits are lifted.
struct Authenticated
{
    ConnectionKey connection;
    Principal principal;
};

/// One event for several connections of this edge thread.
struct Broadcast
{
    EventPtr event;
    std::vector<std::uint64_t> serials;
    MonotonicTime sentAt{}; ///< set by the EdgePort
};

/// One frame for one connection. `droppable` progress may be left out for a slow reader (it has no offset).
struct Unicast
{
    ConnectionKey connection;
    wire::ServerFrame frame;
    bool droppable = false;
};

/// A pulled piece of a replay or snapshot, at most limits.replay_part_bytes; PartDrained asks for the next.
struct ReplayPart
{
    ConnectionKey connection;
    std::vector<EventPtr> events;
};

/// One frame for one console. Snapshots are pulled like replays: after a TopicSnapshot with `last` false the next
/// part follows PartDrained.
struct OpsOut
{
    ConnectionKey connection;
    wire::OpsServerFrame frame;
};

struct CloseConnection
{
    ConnectionKey connection;
    std::uint16_t code = 1000;
    std::string reason;
};

struct WatchConnections
{
    bool watch = false;
};

struct FramesWanted
{
    ConnectionKey connection;
    std::uint64_t query = 0;
};

/// Stop accepting connections (drain); established ones live on.
struct StopAccepting
{
};

// Answers to HTTP calls.

struct TextBody
{
    std::string contentType;
    std::string text;
};
struct HealthBody
{
    HealthReport report;
    bool detailed = false;
};
struct ReadyBody
{
    bool ready = false;
    std::vector<wire::PhaseRow> phases;
    std::string reason; ///< why not, for people
};
struct ChatBody
{
    int apiVersion = 2;
    std::string sessionId;
    ThreadId threadId;
    TaskId taskId;
    wire::AgentCompleted completed;
};
struct ThreadsBody
{
    std::vector<wire::ThreadRow> threads;
    std::optional<ThreadId> next;
};
struct MessagesBody
{
    std::vector<wire::StoredMessage> messages;
    std::optional<MessageId> next;
};
struct RowsBody
{
    wire::Topic topic = wire::Topic::Overview;
    wire::Rows rows;
};
struct AuditBody
{
    std::vector<wire::AuditRow> rows;
    bool more = false;
};
struct TicketBody
{
    std::string ticket;
    wire::Timestamp expiresAt;
};
struct ActionBodyReply
{
    wire::OpsReply reply;
};
struct DoneBody
{
};
struct JsonBody
{
    wire::RawJson json;
};
struct ModelsBody
{
    std::vector<ListedModel> models;
};
struct CompletionBody
{
    CompletionHead head;
    std::vector<ModelPiece> said;
    CompletionEnding ending;
};

using ApiBody = std::variant<DoneBody, TextBody, JsonBody, HealthBody, ReadyBody, ChatBody, ThreadsBody, MessagesBody,
                             RowsBody, AuditBody, TicketBody, ActionBodyReply, ListedModel, ModelsBody, CompletionBody>;

struct ApiReply
{
    ConnectionKey connection;
    std::uint64_t call = 0;
    Result<ApiBody> body;
};

/// Answer to PostChat{stream}: the edge begins a text/event-stream; events follow as Broadcast or ReplayPart to the
/// connection's serial, and ApiStreamEnd ends it.
struct ApiStreamBegin
{
    ConnectionKey connection;
    std::uint64_t call = 0;
    std::string userId; ///< for the isolation check at egress
};
struct ApiStreamEnd
{
    ConnectionKey connection;
    std::uint64_t call = 0;
};

/// A completion that is streamed: it begins with its first words, so that what fails before has a status of its own.
struct CompletionBegin
{
    ConnectionKey connection;
    std::uint64_t call = 0;
    CompletionHead head;
};
/// What a model says next.
struct CompletionPart
{
    ConnectionKey connection;
    std::uint64_t call = 0;
    std::vector<ModelPiece> pieces;
};
/// The end of the stream: how the answer ended, or why it broke off.
struct CompletionDone
{
    ConnectionKey connection;
    std::uint64_t call = 0;
    Result<CompletionEnding> ending = CompletionEnding{};
};

using ToEdge = std::variant<AdmissionDecision, Authenticated, Broadcast, Unicast, ReplayPart, OpsOut, CloseConnection,
                            WatchConnections, FramesWanted, StopAccepting, ApiReply, ApiStreamBegin, ApiStreamEnd,
                            CompletionBegin, CompletionPart, CompletionDone>;

/// The hub's way to the edge threads. Lives on: hub. Implemented in server/app over one mailbox per edge thread.
class EdgePort
{
public:
    virtual ~EdgePort() = default;
    virtual std::uint32_t edgeCount() const = 0;
    /// Never blocks. When the mailbox of that edge is full the message is not lost silently: the implementation
    /// closes the connections concerned with 4101.
    virtual void send(std::uint32_t edge, ToEdge message) = 0;
};

} // namespace orchestra
