// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/counters.h"
#include "server/core/identity.h"
#include "shared/base/clock.h"
#include "shared/base/ids.h"
#include "shared/base/result.h"
#include "shared/wire/chat_messages.h"
#include "shared/wire/ops_messages.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What the hub asks of the store, as values. Each request names its reply as `Reply`.
/// Every write is durable (fsynced) when its reply arrives. Errors: StorageUnavailable (disk full, read-only,
/// mailbox full; retryable, nothing was written), NotFound, Internal.
namespace orchestra {

struct ThreadRecord
{
    ThreadId threadId;
    std::string userId;
    std::string sessionId; ///< empty for a thread that is no session's default
    std::string title;
    WallMs createdAt = 0;
    WallMs updatedAt = 0;
    std::uint64_t epoch = 1;
    std::uint64_t offset = 0; ///< of the last durable event
    std::uint64_t messages = 0;
};

/// The default thread of (user, session), made when there is none yet under `threadId`.
struct OpenThread
{
    using Reply = ThreadRecord;
    std::string userId;
    std::string sessionId;
    ThreadId threadId;
    WallMs at = 0;
};

/// NotFound when there is no such thread. The caller checks the owner.
struct FindThread
{
    using Reply = ThreadRecord;
    ThreadId threadId;
};

struct ThreadRecords
{
    std::vector<ThreadRecord> threads; ///< most recently updated first
    bool more = false;
};
struct ListUserThreads
{
    using Reply = ThreadRecords;
    std::string userId;
    std::size_t limit = 50;
    std::optional<ThreadId> after;
};
/// Deletes a thread with its messages, tasks and index entries.
struct EraseThread
{
    using Reply = Ok;
    ThreadId threadId;
};

struct AcceptedTask
{
    /// False: the idempotency key was known and the members tell of the first use.
    bool isNew = true;
    MessageId messageId;
    TaskId taskId;
    std::uint64_t epoch = 0;
    std::uint64_t offset = 0; ///< of the user_message; 0 while the task has not ended
    /// How the first use ended, when it has.
    std::optional<wire::AgentCompleted> completed;
};
/// Stores a user's message, its task (unfinished) and its idempotency key in one transaction.
/// IdempotencyConflict when (user, thread, ref) is known with another body within 24 h; NotFound when the user has no
/// such thread; Conflict when the thread is in another epoch.
struct AcceptMessage
{
    using Reply = AcceptedTask;
    ThreadId threadId;
    std::string userId;
    MessageId messageId;
    MessageId answerId; ///< of the answer to come: its checkpoint, its end and an interruption all have it
    TaskId taskId;
    std::string ref;      ///< the client's id: the idempotency key
    std::string bodyHash; ///< SHA-256 of what must not change under the same key
    std::string content;
    std::string title; ///< set on the thread when it has none, cut to 80 bytes; empty: the content's first line
    std::uint64_t epoch = 0;
    WallMs at = 0;
};

/// The answer so far, so that an unclean stop keeps it. NotFound when there is no such task, AlreadyEnded when it has
/// ended.
struct CheckpointTask
{
    using Reply = Ok;
    TaskId taskId;
    std::string content;
    wire::Provenance provenance; ///< who has made the text so far
    WallMs at = 0;
};

/// The terminal event of a task with the answer's text: durable before anybody sees it. The answer becomes a message
/// under the task's answerId. The same request again is Ok, so a reply that was lost can be asked for again; a
/// different end of an ended task is AlreadyEnded; NotFound when the thread was erased; Conflict when it is in another
/// epoch.
struct FinishTask
{
    using Reply = Ok;
    TaskId taskId;
    ThreadId threadId;
    std::string userId;
    std::uint64_t epoch = 0;
    std::uint64_t userMessageOffset = 0;
    std::uint64_t offset = 0; ///< reserved for the terminal event; becomes the thread's
    wire::AgentCompleted completed;
    std::string agent;
    std::string intent;
    WallMs at = 0;
};

struct MessagePage
{
    std::vector<wire::StoredMessage> messages; ///< oldest first
    bool more = false;                         ///< older ones exist
};
/// The newest `limit` messages, or those before `before`, in the order of their events. Without `before`, a task's
/// checkpoint is the last message while the task runs (status absent; it does not count towards `limit`).
///
/// `epoch` and `offset` of a message are those of its event (user_message, agent_completed). Offset 0: the event has
/// none that is durable. So it is for a user's message until its task ends (the hub knows the offset it gave), for the
/// message and the answer of an interrupted task (epoch of the answer: the new one), and for a checkpoint. Offsets of
/// different epochs cannot be compared: whatever is of an older epoch, or has offset 0, lies before offset 1 of the
/// thread's present epoch.
struct ReadMessages
{
    using Reply = MessagePage;
    ThreadId threadId;
    std::size_t limit = 50;
    std::optional<MessageId> before;
};

struct SearchHit
{
    ThreadId threadId;
    MessageId messageId;
    wire::MessageRole role = wire::MessageRole::User;
    WallMs at = 0;
    std::string snippet; ///< the match in its context, marked with [ and ]
};
struct SearchHits
{
    std::vector<SearchHit> hits; ///< best first
};
/// Full-text search in one user's messages. Any text is a valid query: operators of the index are quoted. Every word
/// must occur; the last one may be the beginning of a word. Invalid when so many messages match that finding the best
/// would keep everybody waiting.
struct SearchMessages
{
    using Reply = SearchHits;
    std::string userId;
    std::string query;
    std::size_t limit = 20;
    std::optional<WallMs> from;
    std::optional<WallMs> to;
};

/// What `recover` found and mended: each unfinished task is now failed with INTERRUPTED and the text of its checkpoint,
/// each of their threads has the next epoch, which begins again after offset 0.
struct Recovery
{
    std::uint64_t interruptedTasks = 0;
    std::uint64_t newEpochs = 0;
};
struct RecoverInterrupted
{
    using Reply = Recovery;
    WallMs at = 0;
};

struct TokenRecord
{
    std::string tokenId; ///< public name of the token, shown in lists
    std::string hash;    ///< SHA-256 of the whole token, lower-case hex
    std::string userId;
    Role role = Role::Client;
    WallMs createdAt = 0;
    std::optional<WallMs> expiresAt;
    std::optional<WallMs> revokedAt;
    std::string note;
};
struct TokenRecords
{
    std::vector<TokenRecord> tokens;
};
struct LoadTokens
{
    using Reply = TokenRecords;
};
struct AddToken
{
    using Reply = Ok;
    TokenRecord token;
};
struct RevokeToken
{
    using Reply = Ok;
    std::string tokenId;
    WallMs at = 0;
};

struct FlagRecords
{
    std::vector<wire::FlagRow> flags;
};
struct LoadFlags
{
    using Reply = FlagRecords;
};
/// An operator's change and its audit entry, in one transaction: a change without an audit row cannot exist.
struct SaveFlag
{
    using Reply = Ok;
    wire::FlagRow flag;
    wire::AuditRow audit;
};
/// Reply: the index the row was given.
struct AppendAudit
{
    using Reply = std::uint64_t;
    wire::AuditRow audit;
};
struct AuditPage
{
    std::vector<wire::AuditRow> rows; ///< newest first
    bool more = false;
};
struct ReadAudit
{
    using Reply = AuditPage;
    std::string target; ///< empty for all
    std::uint64_t beforeIndex = 0;
    std::size_t limit = 100;
};
/// What a label refers to.
struct SavedFeedback
{
    std::string question;      ///< the message that was answered
    std::string intent;        ///< what it was taken for
    bool isFirstLabel = false; ///< nobody had said before what it was about
};
/// NotFound when the message is not an answer to `userId`.
struct SaveFeedback
{
    using Reply = SavedFeedback;
    std::string userId;
    wire::Feedback feedback;
    WallMs at = 0;
    bool isShared = false;               ///< its label teaches how everybody's messages are read
    std::optional<wire::AuditRow> audit; ///< written in the same transaction
};
/// What a user said that a message was about.
struct IntentLabel
{
    MessageId messageId; ///< of the answer
    std::string userId;
    bool isShared = false;
    std::string intent;
    std::string question;
    WallMs at = 0;
};
struct IntentLabels
{
    std::vector<IntentLabel> labels; ///< oldest first
};
/// The newest labels that nobody has taken back: those for everybody first, then those for their own users.
struct LoadLabels
{
    using Reply = IntentLabels;
    std::size_t limit = 500;
    std::size_t perUser = 500; ///< of those for one user
};
/// Takes the label of one answer back, or all, with its audit entry. Reply: how many. NotFound when one has none.
struct RevertLabels
{
    using Reply = std::uint64_t;
    std::optional<MessageId> messageId;
    WallMs at = 0;
    wire::AuditRow audit;
};

struct MemoryRecord
{
    std::uint64_t number = 0; ///< what its user calls it
    std::string content;
    WallMs at = 0;
};
struct MemoryPage
{
    std::vector<MemoryRecord> memories;
    std::uint64_t total = 0;  ///< that the user has
    std::optional<bool> isOn; ///< as the user has chosen
};
/// Keeps something for one user. Reply: its number. TooLarge when there are `most` already (0: no bound).
struct Remember
{
    using Reply = std::uint64_t;
    std::string userId;
    std::string content;
    WallMs at = 0;
    std::size_t most = 0;
};
/// What one user has asked to be remembered: the best matches of any of the words, or the newest without words.
struct RecallMemories
{
    using Reply = MemoryPage;
    std::string userId;
    std::vector<std::string> words;
    std::size_t limit = 0; ///< 0: only how many there are and what was chosen
};
/// One by its number, or all of a user's. Reply: how many. NotFound when there is no such one.
struct ForgetMemories
{
    using Reply = std::uint64_t;
    std::string userId;
    std::optional<std::uint64_t> number;
};
struct ChooseMemory
{
    using Reply = Ok;
    std::string userId;
    bool isOn = false;
    WallMs at = 0;
};
/// Keeps a change of a circuit breaker's state, and forgets what is older than 24 hours at `transition.at`. A change
/// that an override has made is kept until the override ends.
struct SaveTransition
{
    using Reply = Ok;
    wire::BreakerTransition transition;
};
struct TransitionPage
{
    std::vector<wire::BreakerTransition> transitions; ///< newest first
    std::uint64_t nextIndex = 0;                      ///< beforeIndex of the older ones; 0 when there are none
};
struct ReadTransitions
{
    using Reply = TransitionPage;
    std::string breaker;           ///< empty for all
    std::uint64_t beforeIndex = 0; ///< 0 for the newest
    std::size_t limit = 100;
};
/// The newest `perBreaker` changes of every breaker.
struct LoadTransitions
{
    using Reply = TransitionPage;
    std::size_t perBreaker = 20;
};
/// A tool of another program as it was accepted.
struct ToolPin
{
    std::string server;
    std::string tool;
    std::string digest; ///< SHA-256 of `definition`, lower-case hexadecimal
    std::string definition;
    WallMs acceptedAt = 0;
    std::string acceptedBy;
    bool operator==(const ToolPin &) const = default;
};
struct ToolPins
{
    std::vector<ToolPin> pins;
};
struct LoadToolPins
{
    using Reply = ToolPins;
};
/// Keeps the pins, each in the place of the one before, and the audit entry if there is one, in one transaction.
struct SaveToolPins
{
    using Reply = Ok;
    std::vector<ToolPin> pins;
    std::optional<wire::AuditRow> audit;
};
/// The level of degradation that an operator holds.
struct DegradationPin
{
    std::uint64_t level = 0;
    std::string actor;
    std::string reason;
    WallMs until = 0;
    bool operator==(const DegradationPin &) const = default;
};
struct PinnedLevel
{
    std::optional<DegradationPin> pin;
};
struct LoadDegradationPin
{
    using Reply = PinnedLevel;
};
/// Puts the pin in the place of the one before; none: nobody holds a level any more.
struct SaveDegradationPin
{
    using Reply = Ok;
    std::optional<DegradationPin> pin;
};
/// Writes as a message would, and nothing that anybody reads: whether the store takes anything.
struct ProbeWrite
{
    using Reply = Ok;
    WallMs at = 0;
};

using StoreRequest =
    std::variant<OpenThread, FindThread, ListUserThreads, EraseThread, AcceptMessage, CheckpointTask, FinishTask,
                 ReadMessages, SearchMessages, RecoverInterrupted, LoadTokens, AddToken, RevokeToken, LoadFlags,
                 SaveFlag, AppendAudit, ReadAudit, SaveFeedback, ProbeWrite, LoadLabels, RevertLabels, Remember,
                 RecallMemories, ForgetMemories, ChooseMemory, SaveTransition, ReadTransitions, LoadTransitions,
                 LoadToolPins, SaveToolPins, LoadDegradationPin, SaveDegradationPin>;
using StoreValue = std::variant<Ok, ThreadRecord, ThreadRecords, AcceptedTask, MessagePage, SearchHits, Recovery,
                                TokenRecords, FlagRecords, std::uint64_t, AuditPage, SavedFeedback, IntentLabels,
                                MemoryPage, TransitionPage, ToolPins, PinnedLevel>;
using StoreReply = Result<StoreValue>;

/// The hub's way to the store. Lives on: hub.
class StorePort
{
public:
    virtual ~StorePort() = default;
    /// `done` is called once, later, on the hub thread, in the order of the requests; with StorageUnavailable when
    /// the store cannot take the request. Not called any more after the port is destroyed.
    virtual void submit(StoreRequest request, std::function<void(StoreReply)> done) = 0;

    /// The typed form: `done` takes Result<Request::Reply>.
    template <class Request, class Done>
    void ask(Request request, Done done)
    {
        submit(StoreRequest(std::move(request)), [done = std::move(done)](StoreReply reply) mutable {
            using Reply = typename Request::Reply;
            if (reply)
                done(Result<Reply>(std::get<Reply>(*std::move(reply))));
            else
                done(Result<Reply>(reply.error()));
        });
    }
};

} // namespace orchestra
