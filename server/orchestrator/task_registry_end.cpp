// SPDX-License-Identifier: GPL-3.0-or-later
// How a task ends: decided once, made durable, and only then told.
#include "server/orchestrator/task_part.h"
#include "server/orchestrator/task_registry.h"

#include "server/core/conversation/usage_budget.h"
#include "shared/wire/error_table.h"

#include <algorithm>
#include <utility>

namespace orchestra {
namespace {

constexpr std::size_t kEndedRefs = 64;

wire::TaskState stateAfter(wire::CompletionStatus status)
{
    switch (status) {
    case wire::CompletionStatus::Completed:
        return wire::TaskState::Completed;
    case wire::CompletionStatus::Failed:
        return wire::TaskState::Failed;
    case wire::CompletionStatus::Cancelled:
        return wire::TaskState::Cancelled;
    case wire::CompletionStatus::Incomplete:
        return wire::TaskState::Incomplete;
    }
    return wire::TaskState::Failed;
}

const char *outcomeLabel(wire::CompletionStatus status)
{
    switch (status) {
    case wire::CompletionStatus::Completed:
        return "ok";
    case wire::CompletionStatus::Cancelled:
        return "cancelled";
    case wire::CompletionStatus::Failed:
    case wire::CompletionStatus::Incomplete:
        return "error";
    }
    return "error";
}

} // namespace

bool TaskRegistry::end(Task &task, Completion completion, bool fromOutside)
{
    if (!task.isOpen())
        return false;
    const auto self = task.shared_from_this();
    // The agent hears of the expiry only when the task has ended, so that it cannot end it in another way meanwhile.
    std::vector<std::function<void(wire::ApprovalOutcome)>> unanswered;
    while (!task.approvals_.empty())
        unanswered.push_back(
            task.settleApproval(task.approvals_.begin()->first, wire::ApprovalOutcome::Expired, "end of the task"));
    const auto stops = task.endParts("its turn has ended");
    const bool wasQueued = task.state_ == wire::TaskState::Queued;
    task.checkpoint_.stop();
    task.deadline_.stop();
    task.selfCheck_ = completion.selfCheck;
    task.end_ = completedOf(task, std::move(completion));
    task.state_ = stateAfter(task.end_->status);
    if (decided_)
        decided_(task, *task.end_);
    task.step_ = "ending";
    Conversation &conversation = *task.conversation_;
    if (wasQueued) {
        std::erase(conversation.queue, self);
        conversation.ending.push_back(self);
    }
    task.endOffset_ = conversation.log.reserve();
    submitEnd(self);
    if (wasQueued)
        tellQueue(conversation);
    changed();
    for (const auto &decided : unanswered) {
        if (decided)
            decided(wire::ApprovalOutcome::Expired);
    }
    for (const auto &stop : stops)
        stop();
    if (const auto ended = std::exchange(task.ended_, {}); ended && fromOutside)
        ended();
    return true;
}

wire::AgentCompleted TaskRegistry::completedOf(const Task &task, Completion completion) const
{
    wire::AgentCompleted out;
    out.status = completion.status;
    out.content = task.text_;
    if (completion.error)
        out.error = wire::ErrorBody{completion.error->code, completion.error->message, completion.error->retryable};
    out.executionMode = completion.executionMode;
    out.qualityScore = completion.qualityScore;
    if (!out.qualityScore && completion.source == wire::AnswerSource::Model)
        out.qualityScore = orchestra::qualityScore(task.evidence());
    out.usage = completion.usage.value_or(
        wire::Usage{estimatedTokens(task.content().size()), estimatedTokens(task.text_.size()), true});
    out.timings = task.timings(hub_.clock.now());
    out.provenance = task.provenance();
    if (task.text_.empty() || completion.status == wire::CompletionStatus::Completed)
        out.provenance.source = completion.source;
    out.provenance.provider = completion.provider;
    out.provenance.model = completion.model;
    out.provenance.attempt = completion.attempt;
    out.provenance.fallbackFrom = completion.fallbackFrom;
    out.provenance.route = completion.route;
    out.provenance.cachedAgeS = completion.cachedAgeS;
    out.degradationLevel = static_cast<std::uint64_t>(task.context().degradationLevel);
    out.messageId = task.order().answerId;
    // The types of text should make this impossible; the counter is there to be believed when it says 0. A turn that
    // was ended from outside ends before it is known which model had begun.
    if (completion.status == wire::CompletionStatus::Completed && !out.content.empty() &&
        out.provenance.source == wire::AnswerSource::Model && !out.provenance.model)
        ++hub_.counters.syntheticAssistantContent;
    return out;
}

void TaskRegistry::submitEnd(const std::shared_ptr<Task> &task)
{
    FinishTask finish;
    finish.taskId = task->id();
    finish.threadId = task->context().threadId;
    finish.userId = task->context().principal.userId;
    finish.epoch = task->conversation_->log.epoch();
    finish.userMessageOffset = task->messageOffset_;
    finish.offset = task->endOffset_;
    finish.completed = *task->end_;
    finish.agent = task->agent_;
    finish.intent = task->intent_;
    finish.at = hub_.clock.wallMs();
    hub_.store.ask(std::move(finish), [this, task](const Result<Ok> &done) {
        if (task->registry_ == nullptr)
            return;
        if (done)
            endIsDurable(task);
        else
            endFailed(task, done.error());
    });
}

void TaskRegistry::endFailed(const std::shared_ptr<Task> &task, const Error &error)
{
    if (error.retryable) {
        // The answer is complete, but nobody may see its end before it is safe: try until there is room again.
        if (task->step_ != "waiting for the store") {
            task->step_ = "waiting for the store";
            following_.tell(*task->conversation_,
                            frameOf(*task, wire::SystemMessage{wire::SystemEvent::Degraded,
                                                               "The answer is complete but cannot be stored yet; it "
                                                               "will be confirmed as soon as it is safe.",
                                                               {},
                                                               {},
                                                               {}}));
            changed();
        }
        task->finishRetry_.start(hub_.turns.finishRetry, [this, task] { submitEnd(task); });
        return;
    }
    hub_.log.write({LogLevel::Error,
                    "turn.end_not_stored",
                    "the end of a task was refused by the store",
                    "orchestrator",
                    task->context().correlationId,
                    {{"task_id", toString(task->id())}, {"reason", error.message}}});
    endIsDurable(task); // its thread was erased: whoever still watches is told nevertheless
}

void TaskRegistry::endIsDurable(const std::shared_ptr<Task> &task)
{
    Conversation &conversation = *task->conversation_;
    ++conversation.record.messages;
    conversation.record.updatedAt = hub_.clock.wallMs();
    conversation.log.unpin(task->messageOffset_);
    conversation.endedRefs.push_back(task->context().requestId);
    if (conversation.endedRefs.size() > kEndedRefs)
        conversation.endedRefs.erase(conversation.endedRefs.begin());
    following_.publish(conversation,
                       conversation.log.fill(task->endOffset_, frameOf(*task, *task->end_), hub_.clock.now()));
    countEnd(*task);
    leave(task);
    for (const auto &told : std::exchange(task->waiters_, {}))
        told(*task->end_);
    startNext(conversation);
    changed();
    if (tasks_.empty() && idle_)
        idle_();
}

void TaskRegistry::countEnd(const Task &task)
{
    const wire::AgentCompleted &end = *task.end_;
    ++hub_.counters.turns[outcomeLabel(end.status)];
    if (end.error && end.status != wire::CompletionStatus::Cancelled)
        ++hub_.counters.turnErrors[std::string(errorRow(end.error->code).label)];
    if (task.firstDeltaAt_) {
        const auto took =
            std::chrono::duration_cast<std::chrono::microseconds>(*task.firstDeltaAt_ - task.context().acceptedAt);
        const bool isModels = end.provenance.provider && end.provenance.model;
        HubCounters::ofModel(hub_.counters.modelFirstTokenUs, isModels ? *end.provenance.provider : std::string(),
                             isModels ? *end.provenance.model : std::string())
            .record(static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0)));
    }
    hub_.counters.turnUs.record(static_cast<std::uint64_t>(std::max(end.timings.totalMs, 0.0) * 1000));
    hub_.log.write({LogLevel::Info,
                    "turn.ended",
                    "a turn has ended",
                    "orchestrator",
                    task.context().correlationId,
                    {{"task_id", toString(task.id())},
                     {"thread_id", toString(task.context().threadId)},
                     {"agent", task.agent_},
                     {"intent", task.intent_},
                     {"status", std::string(wireNames(end.status)[static_cast<std::size_t>(end.status)])},
                     {"code", end.error ? std::string(errorRow(end.error->code).name) : std::string()},
                     {"total_ms", std::to_string(static_cast<std::int64_t>(end.timings.totalMs))},
                     {"deltas", std::to_string(task.deltas_)}}});
}

void TaskRegistry::leave(const std::shared_ptr<Task> &task)
{
    task->step_ = "ended";
    if (task->conversation_->running == task)
        task->conversation_->running = nullptr;
    std::erase(task->conversation_->ending, task);
    rememberEnded(task->row(hub_.clock.wallMs()));
    tasks_.erase(task->id());
    task->registry_ = nullptr;
    task->conversation_ = nullptr;
}

void TaskRegistry::rememberEnded(wire::TaskRow row)
{
    ended_.push_back(std::move(row));
    if (ended_.size() > hub_.turns.endedKept)
        ended_.pop_front();
}

} // namespace orchestra
