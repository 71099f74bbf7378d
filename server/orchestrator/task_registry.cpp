// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/task_registry.h"

#include "server/orchestrator/task_part.h"

#include "shared/wire/error_table.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace orchestra {
namespace {

Completion stopped(wire::CompletionStatus status, Code code, std::string why)
{
    Completion completion;
    completion.status = status;
    completion.error = makeError(code, std::move(why));
    return completion;
}

} // namespace

TaskRegistry::TaskRegistry(const Hub &hub, Outbox &outbox, ThreadService &threads, Following &following)
    : hub_(hub)
    , outbox_(outbox)
    , threads_(threads)
    , following_(following)
{
}

TaskRegistry::~TaskRegistry()
{
    // Agents may hold a turn for longer than we live: from now on it is deaf.
    for (const auto &[id, task] : tasks_) {
        task->registry_ = nullptr;
        task->checkpoint_.stop();
        task->deadline_.stop();
        task->finishRetry_.stop();
        task->approvals_.clear();
        task->ended_ = {};
        for (const auto &[partId, part] : task->parts_)
            part->forget();
    }
}

std::shared_ptr<Task>
TaskRegistry::add(Conversation &conversation, TurnOrder order,
                  const std::function<void(const std::shared_ptr<Task> &, std::uint64_t offset)> &acknowledge)
{
    auto task = std::make_shared<Task>(*this, conversation, std::move(order), hub_.schedule);
    tasks_.emplace(task->id(), task);
    conversation.queue.push_back(task);
    ++conversation.record.messages;
    conversation.record.updatedAt = hub_.clock.wallMs();

    const TurnOrder &given = task->order();
    task->messageOffset_ = conversation.log.reserve();
    conversation.log.pin(task->messageOffset_);
    acknowledge(task, task->messageOffset_);
    following_.publish(conversation,
                       conversation.log.fill(
                           task->messageOffset_,
                           frameOf(*task, wire::UserMessage{given.messageId, given.context.requestId, given.message}),
                           hub_.clock.now()));
    if (conversation.running || conversation.queue.size() > 1)
        tellQueue(conversation);
    else
        startNext(conversation);
    changed();
    return task;
}

wire::ServerFrame TaskRegistry::frameOf(const Task &task, wire::ServerBody body) const
{
    wire::ServerFrame frame = outbox_.frame(task.context().principal.userId, std::move(body));
    frame.threadId = task.context().threadId;
    frame.requestId = task.context().requestId;
    frame.taskId = task.id();
    return frame;
}

std::uint64_t TaskRegistry::publish(Task &task, wire::ServerBody body, const std::optional<TaskId> &as)
{
    Conversation &conversation = *task.conversation_;
    const std::uint64_t offset = conversation.log.reserve();
    wire::ServerFrame frame = frameOf(task, std::move(body));
    if (as)
        frame.taskId = as;
    following_.publish(conversation, conversation.log.fill(offset, std::move(frame), hub_.clock.now()));
    return offset;
}

void TaskRegistry::publishWords(Task &task, wire::StreamToken words)
{
    Conversation &conversation = *task.conversation_;
    following_.publishWords(conversation, conversation.log.append(frameOf(task, std::move(words)), hub_.clock.now()));
}

/// Tells who waits at which place, so that nobody wonders.
void TaskRegistry::tellQueue(const Conversation &conversation)
{
    for (std::size_t i = 0; i < conversation.queue.size(); ++i)
        following_.tell(conversation,
                        frameOf(*conversation.queue[i], wire::StatusFrame{wire::TurnStatus::Queued, i + 1}));
}

void TaskRegistry::startNext(Conversation &conversation)
{
    if (conversation.running || conversation.queue.empty())
        return;
    const std::shared_ptr<Task> task = conversation.queue.front();
    conversation.queue.erase(conversation.queue.begin());
    conversation.running = task;
    tellQueue(conversation);
    start(*task);
}

void TaskRegistry::start(Task &task)
{
    const auto self = task.shared_from_this();
    task.state_ = wire::TaskState::Running;
    task.step_ = "starting";
    task.startedAt_ = hub_.clock.now();
    task.deadline_.start(hub_.turns.deadline, [this, &task] {
        end(task,
            stopped(task.text_.empty() ? wire::CompletionStatus::Failed : wire::CompletionStatus::Incomplete,
                    Code::ProviderTimeout, "the turn took longer than it may"),
            true);
    });
    following_.tell(*task.conversation_, frameOf(task, wire::StatusFrame{wire::TurnStatus::Processing, {}}));
    if (const DegradationLevel level = task.context().degradationLevel; level != DegradationLevel::Normal)
        following_.tell(
            *task.conversation_,
            frameOf(task, wire::SystemMessage{
                              wire::SystemEvent::Degraded, noteOf(level), {}, {}, static_cast<std::uint64_t>(level)}));
    try {
        (task.order().runner != nullptr ? task.order().runner : runner_)->run(self);
    } catch (const std::exception &error) {
        hub_.log.write({LogLevel::Error,
                        "turn.runner_failed",
                        "an agent threw",
                        "orchestrator",
                        task.context().correlationId,
                        {{"what", error.what()}}});
        end(task, stopped(wire::CompletionStatus::Failed, Code::Internal, "the agent failed"), true);
    }
}

void TaskRegistry::noteSpeech(Task &task)
{
    if (task.text_.size() - task.durableText_ >= hub_.retention.checkpointBytes)
        writeCheckpoint(task);
    else if (!task.checkpoint_.isRunning())
        task.checkpoint_.start(hub_.retention.checkpointInterval, [this, &task] { writeCheckpoint(task); });
}

void TaskRegistry::writeCheckpoint(Task &task)
{
    task.checkpoint_.stop();
    // One at a time: each holds the whole text, and a slow store must not be handed ever more copies of it.
    if (task.isCheckpointing_ || task.durableText_ == task.text_.size())
        return;
    task.durableText_ = task.text_.size();
    task.isCheckpointing_ = true;
    // A checkpoint that cannot be written is no loss while the process lives; the next one holds the whole text again.
    std::function<void(const Result<Ok> &)> done = [this, weak = task.weak_from_this()](const Result<Ok> &) {
        const auto written = weak.lock();
        if (!written || !written->isRunning())
            return;
        written->isCheckpointing_ = false;
        if (written->durableText_ < written->text_.size())
            noteSpeech(*written);
    };
    hub_.store.ask(CheckpointTask{task.id(), task.text_, task.provenance(), hub_.clock.wallMs()}, std::move(done));
}

std::shared_ptr<Task> TaskRegistry::find(const TaskId &id) const
{
    const auto known = tasks_.find(id);
    return known == tasks_.end() ? nullptr : known->second;
}

std::shared_ptr<TaskPart> TaskRegistry::findPart(const TaskId &id) const
{
    for (const auto &[taskId, task] : tasks_) {
        if (const auto part = task->parts().find(id); part != task->parts().end())
            return part->second;
    }
    return nullptr;
}

std::shared_ptr<Task> TaskRegistry::findApproval(const ApprovalId &id) const
{
    const auto known =
        std::ranges::find_if(tasks_, [&](const auto &entry) { return entry.second->approvals_.contains(id); });
    return known == tasks_.end() ? nullptr : known->second;
}

std::string TaskRegistry::userOfEnded(const TaskId &id) const
{
    const auto row = std::ranges::find(ended_, id, &wire::TaskRow::taskId);
    return row == ended_.end() ? std::string() : row->userId;
}

std::vector<std::shared_ptr<Task>> TaskRegistry::ofUser(const std::string &userId) const
{
    std::vector<std::shared_ptr<Task>> out;
    for (const auto &[id, task] : tasks_)
        if (task->context().principal.userId == userId)
            out.push_back(task);
    return out;
}

std::size_t TaskRegistry::running() const
{
    return static_cast<std::size_t>(
        std::ranges::count_if(tasks_, [](const auto &entry) { return entry.second->isRunning(); }));
}

bool TaskRegistry::cancel(Task &task, const std::string &why)
{
    return end(task, stopped(wire::CompletionStatus::Cancelled, Code::Cancelled, why), true);
}

void TaskRegistry::interruptAll(const std::string &why)
{
    std::vector<std::shared_ptr<Task>> all;
    for (const auto &[id, task] : tasks_)
        all.push_back(task);
    for (const auto &task : all)
        end(*task,
            stopped(task->text_.empty() ? wire::CompletionStatus::Failed : wire::CompletionStatus::Incomplete,
                    Code::Interrupted, why),
            true);
}

void TaskRegistry::whenEnded(Task &task, std::function<void(const wire::AgentCompleted &)> told)
{
    task.waiters_.push_back(std::move(told));
}

std::vector<wire::TaskRow> TaskRegistry::rows() const
{
    std::vector<wire::TaskRow> rows;
    rows.reserve(tasks_.size() + ended_.size());
    const WallMs now = hub_.clock.wallMs();
    for (const auto &[id, task] : tasks_) {
        rows.push_back(task->row(now));
        rows.back().deadlineMs = static_cast<std::uint64_t>(hub_.turns.deadline.count());
        for (const auto &[partId, part] : task->parts())
            rows.push_back(part->row(now));
    }
    rows.insert(rows.end(), ended_.rbegin(), ended_.rend());
    return rows;
}

void TaskRegistry::changed()
{
    if (changed_)
        changed_();
}

} // namespace orchestra
