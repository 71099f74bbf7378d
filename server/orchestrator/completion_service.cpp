// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/completion_service.h"

#include "shared/wire/error_table.h"

#include <algorithm>
#include <set>
#include <utility>

namespace orchestra {

CompletionService::CompletionService(const Hub &hub, Outbox &outbox, TaskRegistry &tasks, ChatService &chats)
    : hub_(hub)
    , outbox_(outbox)
    , tasks_(tasks)
    , chats_(chats)
{
}

CompletionService::~CompletionService() = default;

// ---- models ---------------------------------------------------------------------------------------------------

/// A model's own name where one server has it; what a second server has too goes by both names.
std::vector<ListedModel> CompletionService::models() const
{
    std::vector<ListedModel> listed;
    std::set<std::string> taken;
    for (const ModelOffer &offer : models_ != nullptr ? models_->offers() : std::vector<ModelOffer>()) {
        if (!offer.info.canChat)
            continue;
        const std::string full = offer.server + "/" + offer.info.name;
        listed.push_back({taken.insert(offer.info.name).second ? offer.info.name : full, offer.server});
    }
    if (!listed.empty())
        listed.insert(listed.begin(), {std::string(kAnyModel), "orchestra"});
    return listed;
}

void CompletionService::list(const ApiCaller &caller) const
{
    outbox_.reply(caller.connection, caller.call, ApiBody(ModelsBody{models()}));
}

void CompletionService::show(const ApiCaller &caller, const std::string &id) const
{
    for (ListedModel &model : models()) {
        if (model.id != id && model.owner + "/" + model.id != id)
            continue;
        outbox_.reply(caller.connection, caller.call, ApiBody(std::move(model)));
        return;
    }
    outbox_.reply(caller.connection, caller.call,
                  makeError(Code::NoModel, "There is no model called " + id + ".", "/model"));
}

// ---- completions ----------------------------------------------------------------------------------------------

std::optional<Error> CompletionService::objection(const CompletionOrder &order) const
{
    const Limits &limits = hub_.limits;
    if (order.request.messages.size() > limits.completionMessages)
        return makeError(Code::Invalid,
                         "must be at most " + std::to_string(limits.completionMessages) +
                             " messages (limits.completion_messages)",
                         "/messages");
    if (order.request.tools.size() > limits.completionTools)
        return makeError(Code::Invalid,
                         "must be at most " + std::to_string(limits.completionTools) + " (limits.completion_tools)",
                         "/tools");
    return {};
}

void CompletionService::complete(const ApiCaller &caller, const PostCompletion &post)
{
    ++hub_.counters.apiRequests["openai http"];
    const auto call = std::make_shared<CompletionTurn>(hub_, outbox_, caller, post.order);
    if (auto error = objection(*post.order))
        return call->refused(*std::move(error));
    TurnRequest turn;
    turn.message = shownQuestion(post.order->request.messages, hub_.limits.messageBytes);
    if (turn.message.empty())
        return call->refused(makeError(Code::Invalid, "say nothing that could be answered", "/messages"));
    turn.principal = caller.principal;
    turn.id = toString(hub_.ids.make<MessageId>());
    turn.traceparent = post.traceparent;
    turn.tracestate = post.tracestate;
    turn.correlationId = caller.correlationId;
    turn.receivedAt = caller.receivedAt;
    turn.runner = this;
    turn.busy = wire::BusyPolicy::Reject;
    turn.threadId = exchanges_.find(caller.principal.userId, post.order->request.messages);
    calls_.emplace(CallKey{caller.connection, caller.call}, call);
    submit(call, std::move(turn));
}

void CompletionService::submit(const std::shared_ptr<CompletionTurn> &call, TurnRequest request)
{
    if (!request.threadId)
        request.sessionId = "completion-" + toString(hub_.ids.make<ThreadId>());
    chats_.submit(request, [this, call, request](const Result<AcceptedTurn> &outcome) {
        if (outcome)
            return accepted(call, *outcome);
        const Code code = outcome.error().code;
        if (request.threadId && (code == Code::Busy || code == Code::NotFound)) {
            // The conversation forks while it is being answered, or was erased: it goes on elsewhere.
            TurnRequest elsewhere = request;
            elsewhere.threadId.reset();
            return submit(call, std::move(elsewhere));
        }
        calls_.erase({call->caller().connection, call->caller().call});
        call->refused(outcome.error());
    });
}

void CompletionService::accepted(const std::shared_ptr<CompletionTurn> &call, const AcceptedTurn &turn)
{
    const CallKey key{call->caller().connection, call->caller().call};
    if (!calls_.contains(key))
        return; // the client went away; run() ends what nobody waits for
    taskOf_.emplace(key, turn.taskId);
    turns_.emplace(turn.taskId, call);
    // By its id: a task that kept its completion, which keeps the task, would never go.
    tasks_.whenEnded(*turn.task, [this, taskId = turn.taskId, threadId = turn.conversation->id()](
                                     const wire::AgentCompleted &end) { ended(taskId, threadId, end); });
}

void CompletionService::run(std::shared_ptr<Turn> turn)
{
    const auto known = turns_.find(turn->context().taskId);
    if (known != turns_.end() && models_ != nullptr)
        return known->second->start(std::move(turn), *models_);
    Completion gone;
    gone.status = wire::CompletionStatus::Cancelled;
    gone.error = makeError(Code::Cancelled, "the client went away");
    turn->complete(std::move(gone));
}

void CompletionService::ended(const TaskId &taskId, const ThreadId &threadId, const wire::AgentCompleted &end)
{
    const std::shared_ptr<CompletionTurn> call = std::move(turns_.extract(taskId).mapped());
    const CallKey key{call->caller().connection, call->caller().call};
    calls_.erase(key);
    taskOf_.erase(key);
    if (call->finish())
        exchanges_.note(call->caller().principal.userId, call->order().request.messages, end.content,
                        call->finish()->toolCalls, threadId);
    call->ended(end);
}

void CompletionService::aborted(const ApiAborted &aborted)
{
    const CallKey key{aborted.connection, aborted.call};
    const auto call = calls_.extract(key);
    if (call.empty())
        return;
    call.mapped()->leave();
    const auto task = taskOf_.extract(key);
    if (task.empty())
        return;
    if (const auto running = tasks_.find(task.mapped()))
        tasks_.cancel(*running, "the client went away");
}

} // namespace orchestra
