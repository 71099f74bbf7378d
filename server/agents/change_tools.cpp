// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/change_tools.h"

#include <algorithm>

namespace orchestra {
namespace {

using wire::JsonValue;

Error invalid(std::string_view member, std::string message)
{
    return {Code::Invalid, std::move(message), false, "/" + std::string(member)};
}

std::optional<std::uint64_t> wholeNumber(const JsonValue &arguments, std::string_view member)
{
    const JsonValue *value = arguments.find(member);
    const auto number = value ? value->integer() : std::nullopt;
    return number && *number >= 0 ? std::optional<std::uint64_t>(*number) : std::nullopt;
}

Result<wire::ActionBody> readSetFlag(const JsonValue &arguments)
{
    wire::SetFlag action;
    action.name = arguments.textOf("name");
    if (action.name.empty())
        return invalid("name", "Say which flag.");
    if (const JsonValue *enabled = arguments.find("enabled"))
        action.enabled = enabled->boolean();
    action.percent = wholeNumber(arguments, "percent");
    if (action.percent.value_or(0) > 100)
        return invalid("percent", "A share is 0 to 100 percent.");
    if (!action.enabled && !action.percent)
        return invalid("enabled", "Say on, off or a percentage.");
    return wire::ActionBody(action);
}

Result<wire::ActionBody> readOverride(const JsonValue &arguments)
{
    wire::OverrideBreaker action;
    action.name = arguments.textOf("name");
    if (action.name.empty())
        return invalid("name", "Say which breaker.");
    const auto names = wireNames(wire::BreakerOverride{});
    const auto found = std::ranges::find(names, arguments.textOf("override"));
    if (found == names.end())
        return invalid("override", "An override is forced_open, disabled, metrics_only or none.");
    action.overrideState = static_cast<wire::BreakerOverride>(found - names.begin());
    action.durationS = wholeNumber(arguments, "duration_s").value_or(900);
    return wire::ActionBody(action);
}

Result<wire::ActionBody> readClose(const JsonValue &arguments)
{
    wire::CloseConnections action;
    if (const std::string_view user = arguments.textOf("user"); !user.empty())
        action.userId = std::string(user);
    if (const std::string_view id = arguments.textOf("connection_id"); !id.empty()) {
        const auto connection = parseId<ConnectionId>(id);
        if (!connection)
            return invalid("connection_id", "This is not a connection id.");
        action.connectionIds = {*connection};
    }
    if (!action.userId && action.connectionIds.empty())
        return invalid("user", "Say whose connections, or which one.");
    return wire::ActionBody(action);
}

Result<wire::ActionBody> readCancel(const JsonValue &arguments)
{
    const auto task = parseId<TaskId>(arguments.textOf("task_id"));
    if (!task)
        return invalid("task_id", "Say which task, by its id.");
    return wire::ActionBody(wire::CancelTask{*task});
}

Result<wire::ActionBody> readDrain(const JsonValue &)
{
    return wire::ActionBody(wire::StartDrain{});
}

/// A tool that turns its arguments into an operator command.
class ChangeTool final : public Tool
{
public:
    using Read = Result<wire::ActionBody> (*)(const JsonValue &);

    ChangeTool(ToolSpec spec, Read read, AdminPort &admin)
        : spec_(spec)
        , read_(read)
        , admin_(admin)
    {
    }

    const ToolSpec &spec() const override { return spec_; }

    void invoke(const RequestContext &caller, const JsonValue &arguments, ToolDone done) override
    {
        Result<wire::ActionBody> body = read_(arguments);
        if (!body)
            return done(body.error());
        wire::OpsAction action;
        action.requestId = toString(caller.taskId) + "/" + std::string(spec_.name);
        action.reason = "asked for in conversation " + toString(caller.threadId);
        action.action = *std::move(body);
        admin_.act(caller.principal, std::move(action), [done = std::move(done)](wire::OpsReply reply) {
            if (reply.error)
                return done(Error{reply.error->code, reply.error->message, reply.error->retryable});
            ToolOutcome out;
            out.reply = std::move(reply);
            out.total = 1;
            done(std::move(out));
        });
    }

private:
    const ToolSpec spec_;
    const Read read_;
    AdminPort &admin_;
};

} // namespace

void addChangeTools(ToolRegistry &registry, AdminPort &admin)
{
    const auto add = [&](std::string_view name, std::string_view description, std::string_view parameters,
                         ChangeTool::Read read) {
        registry.add(std::make_unique<ChangeTool>(ToolSpec{name, description, parameters, ToolAccess::Operators, true},
                                                  read, admin));
    };
    add("set_flag", "Turns a feature flag on or off, or on for a share of sessions.",
        R"({"type":"object","properties":{"name":{"type":"string"},"enabled":{"type":"boolean"},"percent":{"type":"integer","minimum":0,"maximum":100}},"required":["name"]})",
        readSetFlag);
    add("override_breaker", "Forces a circuit breaker open, disables it, lets it only count, or ends such an override.",
        R"({"type":"object","properties":{"name":{"type":"string"},"override":{"enum":["forced_open","disabled","metrics_only","none"]},"duration_s":{"type":"integer","minimum":1}},"required":["name","override"]})",
        readOverride);
    add("close_connections", "Closes one connection, or all of a user.",
        R"({"type":"object","properties":{"user":{"type":"string"},"connection_id":{"type":"string"}}})", readClose);
    add("cancel_task", "Stops a running task.",
        R"({"type":"object","properties":{"task_id":{"type":"string"}},"required":["task_id"]})", readCancel);
    add("start_drain", "Stops the server in good order: no new work, running tasks end, clients are told.",
        R"({"type":"object","properties":{}})", readDrain);
}

} // namespace orchestra
