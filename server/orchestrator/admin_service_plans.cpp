// SPDX-License-Identifier: GPL-3.0-or-later
// What an operator's action comes down to, before anything is changed.
#include "server/orchestrator/admin_service.h"

#include "server/orchestrator/answer_cache.h"
#include "server/orchestrator/task_part.h"
#include "shared/wire/error_table.h"

#include <utility>

namespace orchestra {
namespace {

constexpr std::uint64_t kMaxOverrideS = 7 * 24 * 3600;

std::string describe(const wire::FlagRow &flag)
{
    return std::string(flag.enabled ? "on" : "off") + ", " + std::to_string(flag.percent) + " %";
}

std::string nameOf(wire::BreakerOverride state)
{
    return std::string(wireNames(state)[static_cast<std::size_t>(state)]);
}

} // namespace

AdminService::Plan AdminService::plan(const Principal &actor, const wire::OpsAction &action)
{
    return std::visit(
        Overload{
            [&](const wire::SetFlag &body) { return plan(actor, body); },
            [&](const wire::OverrideBreaker &body) { return plan(actor, body, action.reason); },
            [&](const wire::ProbeBreaker &body) { return plan(body); },
            [&](const wire::CloseConnections &body) { return plan(body); },
            [&](const wire::CancelTask &body) { return plan(body); },
            [&](const wire::ResolveApproval &body) { return plan(actor, body); },
            [&](const wire::StartDrain &) { return planDrain(actor); },
            [&](const wire::PinDegradation &body) { return plan(actor, body, action.reason); },
            [&](const wire::ClearCache &body) { return plan(body); },
            [&](const wire::AcceptTool &body) { return plan(actor, body); },
            [&](const wire::UndoAction &body) {
                const auto undo = undos_.find(body.undoToken);
                if (undo == undos_.end() || undo->second.expires <= hub_.clock.now()) {
                    Plan nothing;
                    nothing.name = "undo";
                    nothing.error = makeError(Code::NotFound, "there is nothing to undo: it was used or is too old");
                    return nothing;
                }
                wire::OpsAction inverse{action.requestId, undo->second.revision, action.reason, undo->second.action};
                Plan inner = plan(actor, inverse);
                inner.name = "undo " + inner.name;
                if (undo->second.revision && inner.revision != undo->second.revision)
                    inner.error = makeError(Code::StaleRevision, "it was changed again since; undo would lose that");
                return inner;
            },
        },
        action.action);
}

AdminService::Plan AdminService::plan(const Principal &actor, const wire::SetFlag &change) const
{
    Plan plan;
    plan.name = "set_flag";
    plan.target = "flag:" + change.name;
    const wire::FlagRow *known = flags_.find(change.name);
    plan.revision = known == nullptr ? 0 : known->revision;
    plan.before = known == nullptr ? "none" : describe(*known);
    auto flag = flags_.planned(change, actor.userId);
    if (!flag) {
        plan.error = flag.error();
        return plan;
    }
    plan.after = describe(*flag);
    plan.message = change.name + " is " + plan.after;
    plan.undo = wire::SetFlag{change.name, known != nullptr && known->enabled,
                              known == nullptr ? std::uint64_t{0} : known->percent};
    plan.flag = *std::move(flag);
    return plan;
}

AdminService::Plan AdminService::plan(const Principal &actor, const wire::OverrideBreaker &change,
                                      const std::string &reason) const
{
    Plan plan;
    plan.name = "override_breaker";
    plan.target = "breaker:" + change.name;
    CircuitBreaker *breaker = breakers_.find(change.name);
    if (breaker == nullptr) {
        plan.error = makeError(Code::NotFound, "there is no circuit breaker of this name", "/name");
        return plan;
    }
    const bool isSet = change.overrideState != wire::BreakerOverride::None;
    if (isSet && (change.durationS == 0 || change.durationS > kMaxOverrideS)) {
        plan.error = makeError(Code::Invalid, "an override lasts 1 s to 7 days", "/duration_s");
        return plan;
    }
    plan.revision = breaker->revision();
    plan.before = nameOf(breaker->overrideState());
    plan.after = nameOf(change.overrideState) + (isSet ? " for " + std::to_string(change.durationS) + " s" : "");
    plan.message = change.name + ": override " + plan.after;
    plan.undo = wire::OverrideBreaker{change.name, breaker->overrideState(),
                                      static_cast<std::uint64_t>(breaker->overrideLeft().count())};
    plan.apply = [breaker, change, actor = actor.userId, reason]() -> Result<std::uint64_t> {
        breaker->overrideWith(change.overrideState, actor, reason, std::chrono::seconds(change.durationS));
        return breaker->revision();
    };
    return plan;
}

AdminService::Plan AdminService::plan(const wire::ProbeBreaker &probe) const
{
    Plan plan;
    plan.name = "probe_breaker";
    plan.target = "breaker:" + probe.name;
    CircuitBreaker *breaker = breakers_.find(probe.name);
    if (breaker == nullptr) {
        plan.error = makeError(Code::NotFound, "there is no circuit breaker of this name", "/name");
        return plan;
    }
    if (breaker->state() != wire::BreakerState::Open) {
        plan.error = makeError(Code::Conflict, "only an open circuit breaker can be probed");
        return plan;
    }
    plan.revision = breaker->revision();
    plan.before = "open";
    plan.after = "half_open";
    plan.message = "the next calls to " + probe.name + " are its probes";
    plan.apply = [breaker]() -> Result<std::uint64_t> {
        breaker->healthProbe(true);
        return breaker->revision();
    };
    return plan;
}

AdminService::Plan AdminService::plan(const Principal &actor, const wire::PinDegradation &pin,
                                      const std::string &reason) const
{
    Plan plan;
    plan.name = "pin_degradation";
    plan.target = "degradation";
    const DegradationLadder &state = degradation_.state();
    plan.revision = state.revision();
    const auto named = [](std::uint64_t level) {
        return "level " + std::to_string(level) + ", " + std::string(wireNames(DegradationLevel{})[level]);
    };
    const auto now = static_cast<std::uint64_t>(state.level());
    plan.before = named(now) + (state.isPinned() ? ", pinned" : "");
    if (!pin.level) {
        plan.after = "automatic";
        plan.message = "the level is automatic";
        plan.apply = [this, actor = actor.userId, reason]() -> Result<std::uint64_t> {
            degradation_.unpin(actor, reason);
            return degradation_.state().revision();
        };
    } else if (*pin.level >= wireNames(DegradationLevel{}).size()) {
        plan.error = makeError(Code::Invalid, "there are the levels 0 to 4", "/level");
        return plan;
    } else if (pin.durationS == 0 || pin.durationS > kMaxOverrideS) {
        plan.error = makeError(Code::Invalid, "a pin lasts 1 s to 7 days", "/duration_s");
        return plan;
    } else {
        plan.after = named(*pin.level) + " for " + std::to_string(pin.durationS) + " s";
        plan.message = plan.after;
        plan.apply = [this, pin, actor = actor.userId, reason]() -> Result<std::uint64_t> {
            degradation_.pin(static_cast<DegradationLevel>(*pin.level), actor, reason,
                             std::chrono::seconds(pin.durationS));
            return degradation_.state().revision();
        };
    }
    plan.undo = state.isPinned() ? wire::PinDegradation{now, static_cast<std::uint64_t>(state.pinLeft().count())}
                                 : wire::PinDegradation{};
    return plan;
}

AdminService::Plan AdminService::plan(const wire::CloseConnections &close) const
{
    Plan plan;
    plan.name = "close_connections";
    std::vector<Client *> found = close.userId ? clients_.ofUser(*close.userId) : std::vector<Client *>();
    plan.target = close.userId ? "user:" + *close.userId : std::string("connections");
    for (const ConnectionId &id : close.connectionIds)
        if (Client *client = clients_.find(id))
            found.push_back(client);
    if (close.connectionIds.size() == 1 && !close.userId)
        plan.target = "connection:" + toString(close.connectionIds.front());
    if (found.empty()) {
        plan.error = makeError(Code::NotFound, "there is no such connection");
        return plan;
    }
    plan.before = std::to_string(found.size()) + " open";
    plan.after = "closed";
    plan.message = std::to_string(found.size()) + " closed";
    std::vector<ConnectionKey> keys;
    for (const Client *client : found)
        keys.push_back(client->key);
    plan.apply = [this, keys]() -> Result<std::uint64_t> {
        for (const ConnectionKey &key : keys)
            if (Client *client = clients_.find(key))
                reception_.close(*client, CloseCode::ClosedByOperator, "an operator closed the connection");
        return std::uint64_t{0};
    };
    return plan;
}

AdminService::Plan AdminService::plan(const wire::CancelTask &cancel) const
{
    Plan plan;
    plan.name = "cancel_task";
    plan.target = "task:" + toString(cancel.taskId);
    const auto task = tasks_.find(cancel.taskId);
    if (const auto part = task ? nullptr : tasks_.findPart(cancel.taskId)) {
        plan.before = "running";
        plan.after = "cancelled";
        plan.message = "cancelled";
        plan.apply = [this, id = cancel.taskId]() -> Result<std::uint64_t> {
            const auto running = tasks_.findPart(id);
            if (!running || !running->cancel("an operator cancelled it"))
                return makeError(Code::AlreadyEnded, "the part has ended by itself meanwhile");
            return std::uint64_t{0};
        };
        return plan;
    }
    if (!task || !task->isOpen()) {
        plan.error = makeError(task ? Code::AlreadyEnded : Code::NotFound, "the task does not run");
        return plan;
    }
    plan.before = std::string(wireNames(task->state())[static_cast<std::size_t>(task->state())]);
    plan.after = "cancelled";
    plan.message = "cancelled";
    plan.apply = [this, id = cancel.taskId]() -> Result<std::uint64_t> {
        const auto running = tasks_.find(id);
        if (!running || !tasks_.cancel(*running, "an operator cancelled it"))
            return makeError(Code::AlreadyEnded, "the task has ended by itself meanwhile");
        return std::uint64_t{0};
    };
    return plan;
}

AdminService::Plan AdminService::plan(const wire::ClearCache &clear) const
{
    Plan plan;
    plan.name = "clear_cache";
    plan.target = "cache:" + clear.cacheNamespace;
    plan.before = "kept answers";
    plan.after = "none";
    if (!AnswerCache::isNamespace(clear.cacheNamespace)) {
        plan.error = makeError(Code::Invalid, "a namespace is all, user:ID or model:SERVER/NAME", "/cache_namespace");
        return plan;
    }
    plan.message = "the answers kept for " + clear.cacheNamespace + " are forgotten";
    plan.apply = [this, space = clear.cacheNamespace]() -> Result<std::uint64_t> {
        if (clearCache_)
            clearCache_(space);
        return std::uint64_t{0};
    };
    return plan;
}

AdminService::Plan AdminService::plan(const Principal &actor, const wire::ResolveApproval &decision) const
{
    Plan plan;
    plan.name = "resolve_approval";
    plan.target = "approval:" + toString(decision.approvalId);
    const auto task = tasks_.findApproval(decision.approvalId);
    if (!task) {
        plan.error = makeError(Code::NotFound, "nothing waits for this approval; it may have expired");
        return plan;
    }
    const wire::ApprovalOutcome outcome =
        decision.approved ? wire::ApprovalOutcome::Approved : wire::ApprovalOutcome::Denied;
    plan.target = "task:" + toString(task->id());
    plan.before = task->approval(decision.approvalId)->what + " waits";
    plan.after = std::string(wireNames(outcome)[static_cast<std::size_t>(outcome)]);
    plan.message = task->approval(decision.approvalId)->what + ": " + plan.after;
    plan.apply = [this, id = decision.approvalId, outcome, who = actor.userId]() -> Result<std::uint64_t> {
        const auto waiting = tasks_.findApproval(id);
        if (!waiting || !waiting->resolveApproval(id, outcome, who))
            return makeError(Code::AlreadyEnded, "it was decided or has expired meanwhile");
        return std::uint64_t{0};
    };
    return plan;
}

AdminService::Plan AdminService::plan(const Principal &actor, const wire::AcceptTool &accept) const
{
    Plan plan;
    plan.name = "accept_tool";
    plan.target = "tool:" + accept.name;
    const auto tool = tools_ == nullptr ? std::nullopt : tools_->find(accept.name);
    if (!tool) {
        plan.error = makeError(Code::NotFound, "no server of tools offers this one", "/name");
        return plan;
    }
    const std::string &now = tool->offer.tool.digest;
    plan.before = tool->acceptedDigest.empty() ? "none" : tool->acceptedDigest;
    plan.after = now;
    plan.message = accept.name + " is offered";
    if (accept.digest != now)
        plan.error = makeError(Code::StaleRevision, "the tool describes itself differently now: look at it again");
    else if (tool->standing == ToolStanding::Offered)
        plan.error = makeError(Code::Conflict, "the tool is offered already");
    plan.apply = [this, accept, actor = actor.userId]() -> Result<std::uint64_t> {
        const Status accepted = tools_->accept(accept.name, accept.digest, actor);
        if (!accepted)
            return accepted.error();
        return std::uint64_t{0};
    };
    return plan;
}

std::optional<wire::ToolDescription> AdminService::tool(const std::string &name) const
{
    const auto found = tools_ == nullptr ? std::nullopt : tools_->find(name);
    if (!found)
        return std::nullopt;
    wire::ToolDescription out;
    out.name = name;
    out.digest = found->offer.tool.digest;
    out.definition = found->offer.tool.definition.text;
    out.waiting = found->standing == ToolStanding::Waiting;
    if (!found->acceptedDigest.empty()) {
        out.acceptedDigest = found->acceptedDigest;
        if (found->acceptedDigest != out.digest)
            out.acceptedDefinition = found->acceptedDefinition.text;
    }
    return out;
}

AdminService::Plan AdminService::planDrain(const Principal &actor) const
{
    Plan plan;
    plan.name = "start_drain";
    plan.target = "server";
    plan.before = "serving";
    plan.after = "draining";
    plan.message = "the server drains and ends";
    plan.apply = [this, who = actor.userId]() -> Result<std::uint64_t> {
        if (!drain_)
            return makeError(Code::Conflict, "this server cannot be drained from here");
        drain_(who);
        return std::uint64_t{0};
    };
    return plan;
}

} // namespace orchestra
