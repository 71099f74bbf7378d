// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/task.h"

#include "server/orchestrator/task_part.h"
#include "server/orchestrator/task_registry.h"

#include <utility>

namespace orchestra {
namespace {

double milliseconds(std::chrono::nanoseconds time)
{
    return std::chrono::duration<double, std::milli>(time).count();
}

/// The text of an answer and who made it.
std::pair<const std::string &, wire::AnswerSource> partsOf(const AnswerText &delta)
{
    using Parts = std::pair<const std::string &, wire::AnswerSource>;
    return std::visit(Overload{
                          [](const ModelText &t) -> Parts {
                              return {t.text(), wire::AnswerSource::Model};
                          },
                          [](const ToolText &t) -> Parts {
                              return {t.text(), wire::AnswerSource::Tool};
                          },
                          [](const ReportText &t) -> Parts {
                              return {t.text(), wire::AnswerSource::Manager};
                          },
                      },
                      delta);
}

} // namespace

Task::Task(TaskRegistry &registry, Conversation &conversation, TurnOrder order, Schedule &schedule)
    : registry_(&registry)
    , conversation_(&conversation)
    , schedule_(schedule)
    , order_(std::move(order))
    , checkpoint_(schedule)
    , deadline_(schedule)
    , finishRetry_(schedule)
{
}

Task::~Task() = default;

bool Task::isRunning() const
{
    return (state_ == wire::TaskState::Running || state_ == wire::TaskState::WaitingApproval) && registry_ != nullptr;
}

void Task::setIntent(std::string intent, double confidence)
{
    if (!isRunning())
        return;
    intent_ = std::move(intent);
    ++registry_->hub_.counters.intents[intent_];
    registry_->hub_.counters.intentConfidence.record(static_cast<std::uint64_t>(std::max(confidence, 0.0) * 1000));
    registry_->changed();
}

void Task::startAgent(std::string agentName)
{
    if (!isRunning())
        return;
    agent_ = agentName;
    step_ = agentName;
    registry_->publish(*this, wire::AgentStarted{std::move(agentName), {}});
    registry_->changed();
}

void Task::think(std::string agentName, ReportText text)
{
    if (isRunning())
        registry_->publish(*this, wire::AgentThinking{std::move(agentName), text.text()});
}

std::string Task::startTool(std::string toolName, wire::RawJson parameters)
{
    return startTool(id(), std::move(toolName), std::move(parameters));
}

std::string Task::startTool(const TaskId &owner, std::string toolName, wire::RawJson parameters)
{
    std::string callId = "call-" + std::to_string(++toolCalls_);
    if (!isRunning())
        return callId;
    tools_[callId] = {owner, toolName, registry_->hub_.clock.now()};
    if (owner == id())
        step_ = toolName;
    registry_->publish(*this, wire::ToolExecuting{std::move(toolName), std::move(parameters), callId}, owner);
    registry_->changed();
    return callId;
}

void Task::finishTool(const std::string &callId, bool ok, wire::RawJson result)
{
    const auto tool = tools_.find(callId);
    if (!isRunning() || tool == tools_.end())
        return;
    const auto took = registry_->hub_.clock.now() - tool->second.startedAt;
    toolTime_ += took;
    ++toolsEnded_;
    toolsFailed_ += ok ? 0 : 1;
    wire::ToolCompleted done{tool->second.name, callId, ok, 0, std::move(result)};
    done.durationMs = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
    const TaskId owner = tool->second.owner;
    tools_.erase(tool);
    if (owner == id())
        step_ = agent_;
    registry_->publish(*this, std::move(done), owner);
    registry_->changed();
}

void Task::progressTool(const std::string &callId, const std::string &words)
{
    const auto tool = tools_.find(callId);
    if (!isRunning() || tool == tools_.end())
        return;
    const std::string step = tool->second.name + ": " + words;
    if (tool->second.owner == id())
        step_ = step;
    else if (const auto part = parts_.find(tool->second.owner); part != parts_.end())
        part->second->showStep(step);
    registry_->changed();
}

void Task::say(const AnswerText &delta)
{
    const auto [text, source] = partsOf(delta);
    if (!isRunning() || text.empty())
        return;
    // Once a model has spoken the answer is a model's, also where Maestro adds what is missing in it.
    if (source_ != wire::AnswerSource::Model)
        source_ = source;
    if (!firstDeltaAt_) {
        firstDeltaAt_ = registry_->hub_.clock.now();
        const auto took = std::chrono::duration_cast<std::chrono::microseconds>(*firstDeltaAt_ - context().acceptedAt);
        registry_->hub_.counters.firstTokenUs.record(
            static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0)));
    }
    text_ += text;
    ++registry_->hub_.counters.tokens;
    registry_->publishWords(*this, {deltas_++, text});
    registry_->noteSpeech(*this);
}

void Task::requireApproval(std::string what, wire::RawJson parameters,
                           std::function<void(wire::ApprovalOutcome)> decided)
{
    requireApproval(id(), std::move(what), std::move(parameters), std::move(decided));
}

void Task::requireApproval(const TaskId &owner, std::string what, wire::RawJson parameters,
                           std::function<void(wire::ApprovalOutcome)> decided)
{
    if (!isRunning()) {
        decided(wire::ApprovalOutcome::Expired);
        return;
    }
    const Hub &hub = registry_->hub_;
    const auto id = hub.ids.make<ApprovalId>();
    auto approval = std::make_unique<Approval>(schedule_);
    approval->owner = owner;
    approval->decided = std::move(decided);
    approval->expiry.start(hub.turns.approvalExpiry,
                           [this, id] { resolveApproval(id, wire::ApprovalOutcome::Expired, "clock"); });
    const WallMs now = hub.clock.wallMs();
    approval->row = {id, what, parameters, {now}, {now + hub.turns.approvalExpiry.count()}};
    approvals_.emplace(id, std::move(approval));
    state_ = wire::TaskState::WaitingApproval;
    wire::ApprovalRequired asked;
    asked.approvalId = id;
    if (!tools_.empty() && owner == this->id())
        asked.callId = tools_.rbegin()->first;
    asked.what = std::move(what);
    asked.parameters = std::move(parameters);
    asked.expiresAt = {now + hub.turns.approvalExpiry.count()};
    registry_->publish(*this, std::move(asked), owner);
    registry_->changed();
}

std::function<void(wire::ApprovalOutcome)> Task::settleApproval(const ApprovalId &id, wire::ApprovalOutcome outcome,
                                                                const std::string &actor)
{
    auto approval = approvals_.extract(id);
    if (approval.empty() || registry_ == nullptr)
        return {};
    approval.mapped()->expiry.stop();
    if (state_ == wire::TaskState::WaitingApproval && approvals_.empty())
        state_ = wire::TaskState::Running;
    registry_->publish(*this, wire::ApprovalResolved{id, outcome, actor}, approval.mapped()->owner);
    registry_->changed();
    return std::move(approval.mapped()->decided);
}

bool Task::resolveApproval(const ApprovalId &id, wire::ApprovalOutcome outcome, const std::string &actor)
{
    const auto self = shared_from_this(); // the agent may end the task when it hears the decision
    const auto decided = settleApproval(id, outcome, actor);
    if (!decided)
        return false;
    decided(outcome);
    return true;
}

std::shared_ptr<Turn> Task::branch(PartOrder order)
{
    return addPart(id(), std::move(order));
}

std::shared_ptr<TaskPart> Task::addPart(const TaskId &parent, PartOrder order)
{
    const bool isOn = isRunning();
    const auto newId = isOn ? registry_->hub_.ids.make<TaskId>() : TaskId();
    auto part = std::make_shared<TaskPart>(isOn ? this : nullptr, context(), newId, parent, std::move(order));
    if (isOn) {
        parts_.emplace(newId, part);
        part->begin();
    }
    return part;
}

std::vector<std::function<void()>> Task::endParts(const std::string &why)
{
    std::vector<std::function<void()>> stops;
    while (!parts_.empty())
        parts_.begin()->second->abandon(why, stops);
    return stops;
}

const wire::ApprovalRow *Task::approval(const ApprovalId &id) const
{
    const auto known = approvals_.find(id);
    return known == approvals_.end() ? nullptr : &known->second->row;
}

std::vector<wire::ApprovalRow> Task::approvalsOf(const TaskId &owner) const
{
    std::vector<wire::ApprovalRow> rows;
    for (const auto &[id, approval] : approvals_)
        if (approval->owner == owner)
            rows.push_back(approval->row);
    return rows;
}

void Task::complete(Completion completion)
{
    if (isRunning())
        registry_->end(*this, std::move(completion), false);
}

void Task::onEnded(std::function<void()> ended)
{
    ended_ = std::move(ended);
}

wire::Provenance Task::provenance() const
{
    wire::Provenance out;
    out.source = source_;
    out.flagVariants = context().flagVariants;
    return out;
}

wire::Timings Task::timings(MonotonicTime now) const
{
    wire::Timings out;
    const MonotonicTime accepted = context().acceptedAt;
    const bool hasStarted = startedAt_ != MonotonicTime{};
    out.queuedMs = milliseconds((hasStarted ? startedAt_ : now) - accepted);
    if (toolsEnded_ > 0)
        out.toolsMs = milliseconds(toolTime_);
    if (firstDeltaAt_)
        out.firstTokenMs = milliseconds(*firstDeltaAt_ - accepted);
    out.totalMs = milliseconds(now - accepted);
    out.storeAckMs = milliseconds(order_.storeTook);
    return out;
}

wire::TaskRow Task::row(WallMs now) const
{
    wire::TaskRow row;
    row.taskId = id();
    row.threadId = context().threadId;
    row.userId = context().principal.userId;
    row.agent = agent_;
    row.intent = intent_;
    row.state = state_;
    row.step = step_;
    row.acceptedAt = {order_.acceptedAt};
    row.ageMs = static_cast<std::uint64_t>(std::max<WallMs>(now - order_.acceptedAt, 0));
    row.tokens = deltas_;
    if (end_)
        row.error = end_->error;
    row.approvals = approvalsOf(id());
    return row;
}

} // namespace orchestra
