// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/admin_service.h"

#include "shared/wire/error_table.h"

#include <algorithm>
#include <utility>

namespace orchestra {
namespace {

constexpr std::size_t kMaxReason = 500;

std::string roleName(Role role)
{
    return std::string(wireNames(role)[static_cast<std::size_t>(role)]);
}

std::string commandKey(const Principal &actor, const std::string &requestId)
{
    return actor.userId + "\n" + requestId;
}

wire::OpsReply refusal(const std::string &requestId, const Error &error)
{
    wire::OpsReply reply;
    reply.requestId = requestId;
    reply.error = wire::ErrorBody{error.code, error.message, error.retryable};
    return reply;
}

} // namespace

AdminService::AdminService(const Hub &hub, FlagService &flags, BreakerBoard &breakers, DegradationService &degradation,
                           ClientRegistry &clients, Reception &reception, TaskRegistry &tasks)
    : hub_(hub)
    , flags_(flags)
    , breakers_(breakers)
    , degradation_(degradation)
    , clients_(clients)
    , reception_(reception)
    , tasks_(tasks)
{
}

// ---- the way of an action -------------------------------------------------------------------------------------

std::optional<Error> AdminService::objection(const Principal &actor, const wire::OpsAction &action,
                                             const Plan &plan) const
{
    if (!allows(actor.role, plan.needs))
        return makeError(Code::Forbidden, "this needs the role " + roleName(plan.needs));
    if (action.requestId.empty())
        return makeError(Code::Invalid, "a command needs a request id", "/request_id");
    if (action.reason.empty() || action.reason.size() > kMaxReason)
        return makeError(Code::Invalid, "a command needs a reason of 1 to 500 bytes", "/reason");
    if (plan.error)
        return plan.error;
    if (action.expectedRevision && plan.revision && *action.expectedRevision != *plan.revision)
        return makeError(Code::StaleRevision,
                         "it was changed meanwhile and is at revision " + std::to_string(*plan.revision) + " now",
                         "/expected_revision");
    return std::nullopt;
}

void AdminService::act(const Principal &actor, wire::OpsAction action, Done done)
{
    if (action.requestId.empty()) {
        perform(actor, std::move(action), std::move(done));
        return;
    }
    const std::string key = commandKey(actor, action.requestId);
    const auto [known, isNew] = commands_.try_emplace(key, Command{action, {}, {}});
    Command &command = known->second;
    if (command.action != action) {
        refuse(actor, action, plan(actor, action),
               makeError(Code::IdempotencyConflict, "another command had this request id", "/request_id"), done);
    } else if (command.reply) {
        done(*command.reply);
    } else {
        command.waiting.push_back(std::move(done));
        if (isNew)
            perform(actor, std::move(action), [this, key](wire::OpsReply reply) { finish(key, std::move(reply)); });
    }
}

void AdminService::finish(const std::string &key, wire::OpsReply reply)
{
    const auto known = commands_.find(key);
    const std::vector<Done> waiting = std::exchange(known->second.waiting, {});
    if (reply.error) {
        commands_.erase(known); // nothing was done, and another time it may be
    } else {
        known->second.reply = reply;
        answered_.push_back(key);
        if (answered_.size() > kRememberedCommands) {
            commands_.erase(answered_.front());
            answered_.pop_front();
        }
    }
    for (const Done &done : waiting)
        done(reply);
}

void AdminService::perform(const Principal &actor, wire::OpsAction action, Done done)
{
    Plan plan = this->plan(actor, action);
    if (auto error = objection(actor, action, plan)) {
        refuse(actor, action, plan, *std::move(error), done);
        return;
    }
    if (const auto *undo = std::get_if<wire::UndoAction>(&action.action))
        undos_.erase(undo->undoToken);
    wire::AuditRow row = auditRow(actor, action, plan, "ok");
    if (plan.flag) {
        wire::FlagRow flag = *plan.flag;
        flags_.save(std::move(flag), std::move(row), [this, actor, action, plan, done](const Status &saved) {
            if (saved)
                applied(actor, action, plan, plan.flag->revision, done);
            else
                done(refusal(action.requestId, saved.error()));
        });
        return;
    }
    hub_.store.ask(AppendAudit{std::move(row)}, [this, actor, action = std::move(action), plan = std::move(plan),
                                                 done = std::move(done)](const Result<std::uint64_t> &index) {
        if (!index) {
            done(refusal(action.requestId, index.error()));
            return;
        }
        const auto revision = plan.apply();
        if (revision)
            applied(actor, action, plan, *revision, done);
        else
            refuse(actor, action, plan, revision.error(), done);
    });
}

wire::AuditRow AdminService::auditRow(const Principal &actor, const wire::OpsAction &action, const Plan &plan,
                                      std::string result) const
{
    wire::AuditRow row;
    row.at = {hub_.clock.wallMs()};
    row.actor = actor.userId;
    row.role = roleName(actor.role);
    row.action = plan.name;
    row.target = plan.target;
    row.before = plan.before;
    row.after = plan.after;
    row.reason = action.reason.substr(0, kMaxReason);
    row.result = std::move(result);
    row.requestId = action.requestId;
    return row;
}

void AdminService::refuse(const Principal &actor, const wire::OpsAction &action, const Plan &plan, Error error,
                          const Done &done)
{
    wire::OpsReply reply = refusal(action.requestId, error);
    reply.revision = plan.revision.value_or(0);
    hub_.store.ask(AppendAudit{auditRow(actor, action, plan, std::string(errorRow(error.code).name))},
                   [this, reply = std::move(reply), done](const Result<std::uint64_t> &) {
                       audited();
                       done(reply);
                   });
}

void AdminService::applied(const Principal &actor, const wire::OpsAction &action, const Plan &plan,
                           std::uint64_t revision, const Done &done)
{
    recent_.push_front({{hub_.clock.wallMs()}, plan.target, plan.before, plan.after, actor.userId});
    if (recent_.size() > kRecentChanges)
        recent_.pop_back();
    hub_.log.write({LogLevel::Info,
                    "admin.applied",
                    "an operator's command took effect",
                    "orchestrator",
                    {},
                    {{"actor", actor.userId}, {"action", plan.name}, {"target", plan.target}}});
    audited();
    wire::OpsReply reply;
    reply.requestId = action.requestId;
    reply.revision = revision;
    reply.message = plan.message;
    if (plan.undo)
        reply.undoToken = rememberUndo(*plan.undo, revision == 0 ? std::nullopt : std::optional(revision));
    done(std::move(reply));
}

void AdminService::auditOwn(const char *action, std::string target, DegradationLevel before, DegradationLevel after,
                            std::string reason)
{
    const auto named = [](DegradationLevel level) {
        return std::string(wireNames(level)[static_cast<std::size_t>(level)]);
    };
    wire::AuditRow row;
    row.at = {hub_.clock.wallMs()};
    row.actor = "orchestrad";
    row.role = "server";
    row.action = action;
    row.target = std::move(target);
    row.before = named(before);
    row.after = named(after);
    row.reason = std::move(reason);
    row.result = "ok";
    recent_.push_front({row.at, row.target, row.before, row.after, row.actor});
    if (recent_.size() > kRecentChanges)
        recent_.pop_back();
    hub_.store.ask(AppendAudit{std::move(row)}, [this](const Result<std::uint64_t> &) { audited(); });
}

void AdminService::audited()
{
    ++hub_.counters.audits;
    if (audited_)
        audited_();
}

std::string AdminService::rememberUndo(wire::ActionBody action, std::optional<std::uint64_t> revision)
{
    const MonotonicTime now = hub_.clock.now();
    std::erase_if(undos_, [now](const auto &entry) { return entry.second.expires <= now; });
    std::string token = randomToken(hub_.random, 16);
    undos_.emplace(token, Undo{std::move(action), revision, now + kUndoLife});
    return token;
}

void AdminService::readAudit(const Principal &actor, std::string target, std::uint64_t beforeIndex, std::size_t limit,
                             std::function<void(Result<AuditPage>)> done)
{
    if (!allows(actor.role, Role::Viewer)) {
        done(makeError(Code::Forbidden, "this needs the role viewer"));
        return;
    }
    hub_.store.ask(ReadAudit{std::move(target), beforeIndex, std::clamp<std::size_t>(limit, 1, 500)}, std::move(done));
}

} // namespace orchestra
