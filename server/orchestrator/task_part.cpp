// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/task_part.h"

#include "server/orchestrator/task_registry.h"
#include "shared/base/text.h"
#include "shared/wire/error_table.h"
#include "shared/wire/json_value.h"

#include <algorithm>
#include <utility>

namespace orchestra {
namespace {

constexpr const char *kDelegate = "delegate";
/// Its title says what a user has asked, which is not for task lists.
constexpr const char *kWorking = "working";
constexpr std::size_t kShownContent = 2000;

std::string_view statusName(wire::CompletionStatus status)
{
    return wireNames(status)[static_cast<std::size_t>(status)];
}

wire::TaskState stateOf(wire::CompletionStatus status)
{
    switch (status) {
    case wire::CompletionStatus::Completed:
        return wire::TaskState::Completed;
    case wire::CompletionStatus::Cancelled:
        return wire::TaskState::Cancelled;
    case wire::CompletionStatus::Incomplete:
        return wire::TaskState::Incomplete;
    case wire::CompletionStatus::Failed:
        break;
    }
    return wire::TaskState::Failed;
}

wire::RawJson outcomeOf(const TaskId &id, const Completion &completion)
{
    wire::JsonValue out;
    out.set("task_id", toString(id));
    out.set("status", statusName(completion.status));
    if (completion.error) {
        out.set("code", errorRow(completion.error->code).name);
        out.set("message", completion.error->message);
    }
    if (completion.provider && completion.model)
        out.set("model", *completion.provider + "/" + *completion.model);
    if (completion.usage) {
        out.set("prompt_tokens", completion.usage->promptTokens);
        out.set("completion_tokens", completion.usage->completionTokens);
        out.set("estimated", completion.usage->estimated);
    }
    return out.toRaw();
}

Completion cancelled(const std::string &why)
{
    Completion completion;
    completion.status = wire::CompletionStatus::Cancelled;
    completion.error = makeError(Code::Cancelled, why);
    return completion;
}

} // namespace

TaskPart::TaskPart(Task *whole, RequestContext context, const TaskId &id, const TaskId &parent, PartOrder order)
    : whole_(whole)
    , context_(std::move(context))
    , parent_(parent)
    , order_(std::move(order))
    , step_(kWorking)
{
    context_.taskId = id;
}

void TaskPart::begin()
{
    TaskRegistry &registry = *whole_->registry_;
    startedAt_ = registry.hub_.clock.wallMs();
    begunAt_ = registry.hub_.clock.now();
    wire::JsonValue parameters;
    parameters.set("task_id", toString(id()));
    parameters.set("agent", order_.agentName);
    parameters.set("title", order_.title);
    parameters.set("task", cutUtf8(order_.content, kShownContent));
    callId_ = "call-" + std::to_string(++whole_->toolCalls_);
    registry.publish(*whole_, wire::ToolExecuting{kDelegate, parameters.toRaw(), callId_}, parent_);
    registry.publish(*whole_, wire::AgentStarted{order_.agentName, parent_}, id());
    registry.changed();
}

bool TaskPart::isAlive() const
{
    return whole_ != nullptr && whole_->isRunning();
}

void TaskPart::startAgent(std::string agentName)
{
    if (isAlive())
        whole_->registry_->publish(*whole_, wire::AgentStarted{std::move(agentName), parent_}, id());
}

void TaskPart::think(std::string agentName, ReportText text)
{
    if (isAlive())
        whole_->registry_->publish(*whole_, wire::AgentThinking{std::move(agentName), text.text()}, id());
}

std::string TaskPart::startTool(std::string toolName, wire::RawJson parameters)
{
    if (!isAlive())
        return {};
    step_ = toolName;
    return whole_->startTool(id(), std::move(toolName), std::move(parameters));
}

void TaskPart::finishTool(const std::string &callId, bool ok, wire::RawJson result)
{
    if (!isAlive())
        return;
    step_ = kWorking;
    whole_->finishTool(callId, ok, std::move(result));
}

void TaskPart::progressTool(const std::string &callId, const std::string &words)
{
    if (isAlive())
        whole_->progressTool(callId, words);
}

void TaskPart::say(const AnswerText &delta)
{
    if (!isAlive())
        return;
    ++deltas_;
    const auto *text = std::get_if<ModelText>(&delta);
    auto *last = said_.empty() ? nullptr : std::get_if<ModelText>(&said_.back());
    if (text == nullptr || last == nullptr || !last->append(*text))
        said_.push_back(delta);
    if (order_.said)
        order_.said(delta);
}

void TaskPart::requireApproval(std::string what, wire::RawJson parameters,
                               std::function<void(wire::ApprovalOutcome)> decided)
{
    if (isAlive())
        whole_->requireApproval(id(), std::move(what), std::move(parameters), std::move(decided));
    else
        decided(wire::ApprovalOutcome::Expired);
}

std::shared_ptr<Turn> TaskPart::branch(PartOrder order)
{
    if (isAlive())
        return whole_->addPart(id(), std::move(order));
    return std::make_shared<TaskPart>(nullptr, context_, TaskId(), id(), std::move(order));
}

void TaskPart::onEnded(std::function<void()> ended)
{
    // Who has ended tells nobody any more, and must not keep its agent alive.
    if (isAlive())
        ended_ = std::move(ended);
}

wire::TaskRow TaskPart::row(WallMs now) const
{
    wire::TaskRow row;
    row.taskId = id();
    row.threadId = context_.threadId;
    row.userId = context_.principal.userId;
    row.agent = order_.agentName;
    row.state = end_ ? stateOf(end_->status) : wire::TaskState::Running;
    row.step = end_ ? "ended" : step_;
    row.acceptedAt = {startedAt_};
    row.ageMs = static_cast<std::uint64_t>(std::max<WallMs>(now - startedAt_, 0));
    row.tokens = deltas_;
    row.parentTaskId = parent_;
    if (end_ && end_->error)
        row.error = wire::ErrorBody{end_->error->code, end_->error->message, end_->error->retryable};
    if (whole_ && !end_)
        row.approvals = whole_->approvalsOf(id());
    if (!row.approvals.empty())
        row.state = wire::TaskState::WaitingApproval;
    return row;
}

void TaskPart::close(Completion completion)
{
    Task &whole = *whole_;
    TaskRegistry &registry = *whole.registry_;
    for (auto approval = whole.approvals_.begin(); approval != whole.approvals_.end();) {
        const auto &[approvalId, asked] = *approval++;
        // Its agent is past hearing the decision.
        if (asked->owner == id())
            whole.settleApproval(approvalId, wire::ApprovalOutcome::Expired, "end of the part");
    }
    std::erase_if(whole.tools_, [this](const auto &tool) { return tool.second.owner == id(); });
    const WallMs now = registry.hub_.clock.wallMs();
    wire::ToolCompleted done{kDelegate, callId_, completion.status == wire::CompletionStatus::Completed, 0, {}};
    const auto took = registry.hub_.clock.now() - begunAt_;
    done.durationMs = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
    done.result = outcomeOf(id(), completion);
    end_ = std::move(completion);
    registry.publish(whole, std::move(done), parent_);
    registry.rememberEnded(row(now));
    whole_ = nullptr;
    whole.parts_.erase(id());
    registry.changed();
}

void TaskPart::endBelow(const std::string &why, std::vector<std::function<void()>> &stops)
{
    const auto child = [this] {
        const auto &parts = whole_->parts();
        const auto found = std::ranges::find_if(parts, [this](const auto &p) { return p.second->parent_ == id(); });
        return found == parts.end() ? nullptr : found->second;
    };
    while (const auto next = child())
        next->abandon(why, stops);
}

void TaskPart::abandon(const std::string &why, std::vector<std::function<void()>> &stops)
{
    const auto self = shared_from_this();
    endBelow(why, stops);
    close(cancelled(why));
    order_.ended = {};
    if (ended_)
        stops.push_back(std::exchange(ended_, {}));
}

void TaskPart::forget()
{
    whole_ = nullptr;
    ended_ = {};
    order_.said = {};
    order_.ended = {};
}

bool TaskPart::cancel(const std::string &why)
{
    if (!isAlive())
        return false;
    const auto self = shared_from_this();
    std::vector<std::function<void()>> stops;
    endBelow(why, stops);
    close(cancelled(why));
    if (ended_)
        stops.push_back(std::exchange(ended_, {}));
    for (const auto &stop : stops)
        stop();
    if (const auto ended = std::exchange(order_.ended, {}))
        ended({*end_, std::move(said_)});
    return true;
}

void TaskPart::complete(Completion completion)
{
    if (!isAlive())
        return;
    const auto self = shared_from_this();
    std::vector<std::function<void()>> stops;
    endBelow("what it was for has ended", stops);
    close(std::move(completion));
    ended_ = {};
    for (const auto &stop : stops)
        stop();
    if (const auto ended = std::exchange(order_.ended, {}))
        ended({*end_, std::move(said_)});
}

} // namespace orchestra
