// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/answers.h"

namespace orchestra::answers {
namespace {

using wire::JsonValue;

/// What is missing from the request is asked for instead of guessed: a change is never half understood.
void askFor(const Asking &asking, ReportTemplate form)
{
    Report report(asking.turn);
    report.line(form);
    report.finish();
}

/// Checks the role first (nobody is asked to confirm what they may not do), then asks, then acts.
void confirmAndCall(const Asking &asking, std::string_view tool, JsonValue arguments, std::string what)
{
    if (!mayUse(asking.turn->context().principal, ToolAccess::Operators))
        return Report(asking.turn).fail({Code::Forbidden, "To " + what + " needs the role operator."});
    asking.turn->requireApproval(
        std::move(what), arguments.toRaw(), [asking, tool, arguments](wire::ApprovalOutcome decision) {
            if (decision == wire::ApprovalOutcome::Approved) {
                withTool(asking, tool, arguments, [](Report &report, const ToolOutcome &outcome, const ToolCall &) {
                    report.line("Done. {}", {outcome.reply ? outcome.reply->message : std::string()});
                });
                return;
            }
            Report report(asking.turn);
            if (decision == wire::ApprovalOutcome::Expired)
                report.line("Nobody confirmed in time, so nothing was changed.");
            else
                report.line("Refused, so nothing was changed.");
            report.finish();
        });
}

} // namespace

void setFlag(const Asking &asking)
{
    const OperationsRequest &request = asking.request;
    if (request.flag.empty())
        return askFor(asking, "Which flag? Say for example: /set_flag NAME on, off or 25%.");
    if (!request.on && !request.percent)
        return askFor(asking, "On, off, or for which share of sessions? Say for example: /set_flag NAME 25%.");
    JsonValue arguments;
    arguments.set("name", request.flag);
    std::string what = "turn flag " + request.flag + (request.on.value_or(true) ? " on" : " off");
    arguments.set("enabled", request.on.value_or(*request.percent > 0));
    if (request.percent) {
        arguments.set("percent", static_cast<std::int64_t>(*request.percent));
        what = "set flag " + request.flag + " to " + std::to_string(*request.percent) + " % of sessions";
    }
    confirmAndCall(asking, "set_flag", std::move(arguments), std::move(what));
}

void overrideBreaker(const Asking &asking)
{
    const OperationsRequest &request = asking.request;
    if (request.breaker.empty())
        return askFor(asking, "Which breaker? Say for example: /breaker NAME open 15m.");
    if (request.breakerOverride.empty())
        return askFor(asking, "What should it do? Say for example: /breaker NAME open, disable, count or reset.");
    const std::int64_t seconds = request.duration.value_or(std::chrono::minutes(15)).count();
    JsonValue arguments;
    arguments.set("name", request.breaker);
    arguments.set("override", request.breakerOverride);
    std::string what = "end the override of breaker " + request.breaker;
    if (request.breakerOverride != "none") {
        arguments.set("duration_s", seconds);
        what = "put breaker " + request.breaker + " to " + request.breakerOverride + " for " + sayAge(seconds * 1000);
    }
    confirmAndCall(asking, "override_breaker", std::move(arguments), std::move(what));
}

void closeConnections(const Asking &asking)
{
    const OperationsRequest &request = asking.request;
    if (request.user.empty() && !request.connection)
        return askFor(asking, "Whose connections, or which one? Say for example: /close USER.");
    JsonValue arguments;
    if (request.connection) {
        arguments.set("connection_id", toString(*request.connection));
        return confirmAndCall(asking, "close_connections", std::move(arguments),
                              "close connection " + toString(*request.connection));
    }
    arguments.set("user", request.user);
    confirmAndCall(asking, "close_connections", std::move(arguments), "close every connection of " + request.user);
}

void cancelTask(const Asking &asking)
{
    if (!asking.request.task)
        return askFor(asking, "Which task? /tasks lists them; say for example: /cancel TASK-ID.");
    JsonValue arguments;
    arguments.set("task_id", toString(*asking.request.task));
    confirmAndCall(asking, "cancel_task", std::move(arguments), "cancel task " + toString(*asking.request.task));
}

void drain(const Asking &asking)
{
    confirmAndCall(asking, "start_drain", JsonValue(JsonValue::Object()),
                   "drain this server: it takes no new work and then stops");
}

} // namespace orchestra::answers
