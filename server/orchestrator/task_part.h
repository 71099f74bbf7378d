// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/turn.h"
#include "shared/base/clock.h"
#include "shared/wire/ops_messages.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orchestra {

class Task;

/// A part of a task that an agent works on apart: a turn with a task id of its own, whose words go to who ordered it.
/// Its beginning and end are told in the turn as a call of the tool "delegate", so that only the task itself has a
/// terminal event. Kept by its task; everything done to a part that has ended is a no-op. Lives on: hub.
class TaskPart final : public Turn, public std::enable_shared_from_this<TaskPart>
{
public:
    /// `whole` is null when the task has ended already.
    TaskPart(Task *whole, RequestContext context, const TaskId &id, const TaskId &parent, PartOrder order);

    /// Tells the thread. Once.
    void begin();

    const RequestContext &context() const override { return context_; }
    const std::string &content() const override { return order_.content; }
    const std::optional<std::string> &commandName() const override { return noName_; }
    const std::optional<wire::RawJson> &commandArguments() const override { return noArguments_; }
    const std::optional<wire::OptimizationHints> &hints() const override { return order_.hints; }
    bool isAlive() const override;

    void setIntent(std::string, double) override {}
    void startAgent(std::string agentName) override;
    void think(std::string agentName, ReportText text) override;
    std::string startTool(std::string toolName, wire::RawJson parameters) override;
    void finishTool(const std::string &callId, bool ok, wire::RawJson result) override;
    void progressTool(const std::string &callId, const std::string &words) override;
    void say(const AnswerText &delta) override;
    void requireApproval(std::string what, wire::RawJson parameters,
                         std::function<void(wire::ApprovalOutcome)> decided) override;
    std::shared_ptr<Turn> branch(PartOrder order) override;
    void complete(Completion completion) override;
    void onEnded(std::function<void()> ended) override;

    const TaskId &id() const { return context_.taskId; }
    const TaskId &parent() const { return parent_; }
    wire::TaskRow row(WallMs now) const;
    void showStep(std::string step) { step_ = std::move(step); }

    /// Ends it, with the parts below it, from outside. False when it has ended.
    bool cancel(const std::string &why);
    /// Ends it because what is above it ends: who ordered it is not told. Adds what its agent waits to hear to `stops`.
    void abandon(const std::string &why, std::vector<std::function<void()>> &stops);
    /// The server goes: lets go of everybody without a word.
    void forget();

private:
    /// Tells the thread and leaves the task.
    void close(Completion completion);
    void endBelow(const std::string &why, std::vector<std::function<void()>> &stops);

    Task *whole_; ///< null once it has ended
    RequestContext context_;
    const TaskId parent_;
    PartOrder order_;
    const std::optional<std::string> noName_;
    const std::optional<wire::RawJson> noArguments_;

    std::string callId_; ///< of the delegation
    std::string step_;
    WallMs startedAt_ = 0;
    MonotonicTime begunAt_{};
    std::uint64_t deltas_ = 0;
    std::vector<AnswerText> said_;
    std::function<void()> ended_;
    std::optional<Completion> end_;
};

} // namespace orchestra
