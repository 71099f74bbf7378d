// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/orchestrator/following.h"
#include "server/orchestrator/hub.h"
#include "server/orchestrator/task.h"
#include "server/orchestrator/thread_service.h"

#include <deque>
#include <functional>
#include <unordered_map>

namespace orchestra {

/// Every task that is queued or runs. One runs per thread; each ends with exactly one terminal event, which is durable
/// before anybody sees it. Lives on: hub.
class TaskRegistry
{
public:
    TaskRegistry(const Hub &hub, Outbox &outbox, ThreadService &threads, Following &following);
    ~TaskRegistry();
    TaskRegistry(const TaskRegistry &) = delete;
    TaskRegistry &operator=(const TaskRegistry &) = delete;

    /// Who answers turns. Must be set before the first task.
    void setRunner(TurnRunner &runner) { runner_ = &runner; }

    /// Takes a turn whose message is durable. `acknowledge` is called with the offset of the user_message before any
    /// event of the task goes out.
    std::shared_ptr<Task>
    add(Conversation &conversation, TurnOrder order,
        const std::function<void(const std::shared_ptr<Task> &, std::uint64_t offset)> &acknowledge);

    /// Nothing when there is no such task that has not ended.
    std::shared_ptr<Task> find(const TaskId &id) const;
    /// A part of a task that has not ended.
    std::shared_ptr<TaskPart> findPart(const TaskId &id) const;
    std::shared_ptr<Task> findApproval(const ApprovalId &id) const;
    /// The user of a task that ended lately; empty when it is not remembered.
    std::string userOfEnded(const TaskId &id) const;
    std::vector<std::shared_ptr<Task>> ofUser(const std::string &userId) const;

    /// Ends the task from outside. False when it is already ending.
    bool cancel(Task &task, const std::string &why);
    /// Ends everything: what the agents said so far is kept. For the end of a drain.
    void interruptAll(const std::string &why);

    /// `told` is called when the end of `task` is durable.
    void whenEnded(Task &task, std::function<void(const wire::AgentCompleted &)> told);
    /// Called once for each task, when its end is decided.
    void onDecided(std::function<void(const Task &, const wire::AgentCompleted &)> decided)
    {
        decided_ = std::move(decided);
    }
    /// Called whenever the last task has ended.
    void onIdle(std::function<void()> idle) { idle_ = std::move(idle); }
    /// Called after each change that a task list shows.
    void onChange(std::function<void()> changed) { changed_ = std::move(changed); }

    std::size_t size() const { return tasks_.size(); }
    std::size_t running() const;
    std::size_t queued() const { return tasks_.size() - running(); }
    std::vector<wire::TaskRow> rows() const;

private:
    friend class Task;
    friend class TaskPart;

    void startNext(Conversation &conversation);
    void start(Task &task);
    void tellQueue(const Conversation &conversation);
    /// `as`: the part of the task that says so; absent: the task itself.
    std::uint64_t publish(Task &task, wire::ServerBody body, const std::optional<TaskId> &as = {});
    void publishWords(Task &task, wire::StreamToken words);
    wire::ServerFrame frameOf(const Task &task, wire::ServerBody body) const;
    void noteSpeech(Task &task);
    void writeCheckpoint(Task &task);
    /// Decides on the end; nothing when it was decided before.
    bool end(Task &task, Completion completion, bool fromOutside);
    wire::AgentCompleted completedOf(const Task &task, Completion completion) const;
    void submitEnd(const std::shared_ptr<Task> &task);
    void endIsDurable(const std::shared_ptr<Task> &task);
    void endFailed(const std::shared_ptr<Task> &task, const Error &error);
    void countEnd(const Task &task);
    void leave(const std::shared_ptr<Task> &task);
    void rememberEnded(wire::TaskRow row);
    void changed();

    const Hub &hub_;
    Outbox &outbox_;
    ThreadService &threads_;
    Following &following_;
    TurnRunner *runner_ = nullptr;
    std::unordered_map<TaskId, std::shared_ptr<Task>> tasks_;
    std::deque<wire::TaskRow> ended_; ///< newest last
    std::function<void(const Task &, const wire::AgentCompleted &)> decided_;
    std::function<void()> idle_;
    std::function<void()> changed_;
};

} // namespace orchestra
