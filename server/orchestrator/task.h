// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/quality_score.h"
#include "server/core/schedule.h"
#include "server/core/turn.h"
#include "server/orchestrator/conversation.h"

#include <map>
#include <memory>
#include <vector>

namespace orchestra {

class TaskPart;
class TaskRegistry;

/// What a turn was asked to do, as it was accepted.
struct TurnOrder
{
    RequestContext context;
    MessageId messageId;
    MessageId answerId;
    std::string bodyHash; ///< of what must not change when the same id comes again
    std::string message;  ///< what the user sent, as it is stored and shown
    std::string content;  ///< what the agent gets: the message, or a command's arguments
    std::optional<std::string> commandName;
    std::optional<wire::RawJson> commandArguments;
    std::optional<wire::OptimizationHints> hints;
    WallMs acceptedAt = 0;
    std::chrono::nanoseconds storeTook{0};
    TurnRunner *runner = nullptr; ///< who answers it; null: whoever answers turns
};

/// One accepted turn from its user_message to its terminal event. Agents see it as a Turn; everything they do to a task
/// that has ended is a no-op. Kept by TaskRegistry, which gives every event its offset. Lives on: hub.
class Task final : public Turn, public std::enable_shared_from_this<Task>
{
public:
    Task(TaskRegistry &registry, Conversation &conversation, TurnOrder order, Schedule &schedule);
    ~Task() override;

    const RequestContext &context() const override { return order_.context; }
    const std::string &content() const override { return order_.content; }
    const std::optional<std::string> &commandName() const override { return order_.commandName; }
    const std::optional<wire::RawJson> &commandArguments() const override { return order_.commandArguments; }
    const std::optional<wire::OptimizationHints> &hints() const override { return order_.hints; }
    bool isAlive() const override { return isRunning(); }

    void setIntent(std::string intent, double confidence) override;
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

    const TaskId &id() const { return order_.context.taskId; }
    const TurnOrder &order() const { return order_; }
    wire::TaskState state() const { return state_; }
    bool isRunning() const;
    /// No terminal event was decided on yet.
    bool isOpen() const { return isRunning() || state_ == wire::TaskState::Queued; }
    const std::string &text() const { return text_; }
    /// What is known of how good its answer is.
    QualityEvidence evidence() const
    {
        return {.toolCalls = toolsEnded_, .toolFailures = toolsFailed_, .selfCheck = selfCheck_};
    }
    std::uint64_t messageOffset() const { return messageOffset_; }
    wire::TaskRow row(WallMs now) const;
    /// Those that have not ended, by their ids.
    const std::map<TaskId, std::shared_ptr<TaskPart>> &parts() const { return parts_; }
    /// Null when this task asks for no such approval now.
    const wire::ApprovalRow *approval(const ApprovalId &id) const;
    /// What this task, or a part of it, waits for.
    std::vector<wire::ApprovalRow> approvalsOf(const TaskId &owner) const;

    /// Takes an approval out and publishes its outcome; what its agent waits to hear is returned. Empty when there is
    /// none.
    std::function<void(wire::ApprovalOutcome)> settleApproval(const ApprovalId &id, wire::ApprovalOutcome outcome,
                                                              const std::string &actor);
    /// False when this task asks for no such approval now.
    bool resolveApproval(const ApprovalId &id, wire::ApprovalOutcome outcome, const std::string &actor);

private:
    friend class TaskPart;
    friend class TaskRegistry;

    struct ToolRun
    {
        TaskId owner; ///< the task, or one of its parts
        std::string name;
        MonotonicTime startedAt{};
    };
    struct Approval
    {
        explicit Approval(Schedule &schedule)
            : expiry(schedule)
        {
        }
        TaskId owner;
        wire::ApprovalRow row;
        std::function<void(wire::ApprovalOutcome)> decided;
        Alarm expiry;
    };

    // What the task and its parts do alike, each under its own id.
    std::string startTool(const TaskId &owner, std::string toolName, wire::RawJson parameters);
    void requireApproval(const TaskId &owner, std::string what, wire::RawJson parameters,
                         std::function<void(wire::ApprovalOutcome)> decided);
    std::shared_ptr<TaskPart> addPart(const TaskId &parent, PartOrder order);
    /// Ends every part; what their agents wait to hear is returned, for when the task itself has ended.
    std::vector<std::function<void()>> endParts(const std::string &why);

    wire::Provenance provenance() const;
    wire::Timings timings(MonotonicTime now) const;

    TaskRegistry *registry_; ///< null once it has ended
    Conversation *conversation_;
    Schedule &schedule_;
    const TurnOrder order_;

    wire::TaskState state_ = wire::TaskState::Queued;
    std::uint64_t messageOffset_ = 0; ///< of its user_message
    std::uint64_t endOffset_ = 0;     ///< reserved for its terminal event
    MonotonicTime startedAt_{};
    std::string agent_;
    std::string intent_;
    std::string step_ = "queued";

    std::string text_;
    std::uint64_t deltas_ = 0;
    std::optional<MonotonicTime> firstDeltaAt_;
    wire::AnswerSource source_ = wire::AnswerSource::Manager;
    std::size_t durableText_ = 0;  ///< bytes of text_ that the last checkpoint holds
    bool isCheckpointing_ = false; ///< one is on its way to the store
    Alarm checkpoint_;

    std::map<std::string, ToolRun> tools_; ///< by call id, those that run
    std::uint64_t toolCalls_ = 0;
    std::uint64_t toolsEnded_ = 0;
    std::uint64_t toolsFailed_ = 0; ///< of these
    std::optional<double> selfCheck_;
    std::chrono::nanoseconds toolTime_{0};
    std::map<ApprovalId, std::unique_ptr<Approval>> approvals_;
    std::map<TaskId, std::shared_ptr<TaskPart>> parts_;

    Alarm deadline_;
    Alarm finishRetry_;
    std::function<void()> ended_;
    std::optional<wire::AgentCompleted> end_;
    std::vector<std::function<void(const wire::AgentCompleted &)>> waiters_; ///< told when the end is durable
};

} // namespace orchestra
