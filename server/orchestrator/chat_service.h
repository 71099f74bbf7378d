// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/feedback.h"
#include "server/orchestrator/hub.h"
#include "server/orchestrator/task_registry.h"
#include "server/orchestrator/thread_service.h"
#include "server/orchestrator/turn_rates.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orchestra {

class DegradationService;
class FlagService;

/// A turn that somebody asks for, over whichever door it came.
struct TurnRequest
{
    Principal principal;
    std::string sessionId;            ///< names the default thread
    std::optional<ThreadId> threadId; ///< instead of the default thread
    std::string id;                   ///< the client's own id: the idempotency key
    std::string message;              ///< of a chat; made from name and arguments for a command
    std::optional<std::string> commandName;
    std::optional<wire::RawJson> commandArguments;
    std::optional<wire::OptimizationHints> hints;
    wire::BusyPolicy busy = wire::BusyPolicy::Queue;
    std::string traceparent;
    std::string tracestate;
    std::string correlationId;
    int apiVersion = 2;
    MonotonicTime receivedAt{};
    TurnRunner *runner = nullptr; ///< who answers it, and takes its message for no command; null: whoever answers turns
};

/// What became of a TurnRequest: its message is durable.
struct AcceptedTurn
{
    bool isDuplicate = false;
    Conversation *conversation = nullptr; ///< valid during the call only
    MessageId messageId;
    TaskId taskId;
    std::uint64_t epoch = 0;
    std::uint64_t offset = 0;                      ///< of the user_message
    std::shared_ptr<Task> task;                    ///< null when it has ended
    std::optional<wire::AgentCompleted> completed; ///< when it has ended
};

using TurnAccepted = std::function<void(Result<AcceptedTurn>)>;

/// A message on its way to the store, with everybody who has sent it.
struct Submission
{
    std::string bodyHash;
    std::vector<TurnAccepted> waiters;
    bool isRated = false; ///< counted towards what its user may use
};

/// Takes turns: checks them, makes them durable, acknowledges them and hands them to the task registry; and cancels and
/// approves on behalf of users. Lives on: hub.
class ChatService
{
public:
    ChatService(const Hub &hub, ThreadService &threads, TaskRegistry &tasks, FlagService &flags,
                const DegradationService &degradation);
    ChatService(const ChatService &) = delete;
    ChatService &operator=(const ChatService &) = delete;

    /// `accepted` is called once: before any event of the task goes out, or with what is wrong. Possibly at once.
    void submit(TurnRequest request, TurnAccepted accepted);

    /// New turns are refused with DRAINING from now on.
    void refuseTurns() { refusing_ = true; }

    /// Called with feedback that was saved.
    void onFeedback(std::function<void(const wire::Feedback &)> saved) { feedbackSaved_ = std::move(saved); }
    /// A turn has ended: what it has cost counts towards what its user may spend.
    void settleRates(const Task &task, const wire::AgentCompleted &end);

    /// Cancels on behalf of `userId`: NOT_FOUND, ALREADY_ENDED or INVALID, else done.
    Status cancel(const std::string &userId, const wire::Cancel &cancel);
    Status cancelTask(const std::string &userId, const TaskId &taskId);
    /// Cancels a turn that is just being accepted, as soon as it has begun.
    void cancelSoon(const Task &task);
    Status approve(const std::string &userId, const wire::Approve &approve);
    /// INVALID when the intent it names is none, NOT_FOUND when the message is no answer to this user.
    void saveFeedback(const Principal &who, wire::Feedback feedback, std::function<void(Status)> done);
    /// Who learns from feedback. Without one, an intent that is named is stored and nothing else.
    void messagesErased();
    void setFeedbackListener(FeedbackListener &listener) { feedback_ = &listener; }

private:
    void accept(Conversation &conversation, TurnRequest request, TurnAccepted accepted);
    /// The answer when memory already knows this id; nothing otherwise.
    std::optional<Result<AcceptedTurn>> knownTurn(Conversation &conversation, const std::string &id,
                                                  const std::string &bodyHash) const;
    Status checkLoad(const Conversation &conversation, const TurnRequest &request) const;
    void auditDecision(const Task &task, const ApprovalId &approval, wire::ApprovalOutcome outcome);
    Status checkBusy(const Conversation &conversation, const TurnRequest &request) const;
    void store(Conversation &conversation, TurnRequest request, std::string bodyHash);
    void stored(const ThreadId &threadId, const TurnRequest &request, const AcceptMessage &sent,
                MonotonicTime submittedAt, Result<AcceptedTask> reply);
    void begin(Conversation &conversation, const TurnRequest &request, const AcceptMessage &sent,
               MonotonicTime submittedAt, const std::vector<TurnAccepted> &waiters);

    const Hub &hub_;
    ThreadService &threads_;
    TaskRegistry &tasks_;
    FlagService &flags_;
    FeedbackListener *feedback_ = nullptr;
    const DegradationService &degradation_;
    TurnRates rates_;
    std::function<void(const wire::Feedback &)> feedbackSaved_;
    bool refusing_ = false;
};

/// Splits "/name rest" into name and rest; nothing when `text` is no command.
std::optional<std::pair<std::string, std::string>> splitCommand(const std::string &text);

} // namespace orchestra
