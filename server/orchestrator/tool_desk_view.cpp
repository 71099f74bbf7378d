// SPDX-License-Identifier: GPL-3.0-or-later
// What operators see of the tools of other programs.
#include "server/orchestrator/tool_desk.h"

#include "shared/wire/json_reader.h"

#include <algorithm>
#include <utility>

namespace orchestra {
namespace {

std::string fullName(const OfferedTool &offer)
{
    return offer.server + "/" + offer.tool.name;
}

wire::JsonValue treeOf(const std::string &json)
{
    auto value = wire::JsonReader(64).readValue(json);
    return value ? *std::move(value) : wire::JsonValue();
}

/// In the words that built-in tools use.
std::string roleOf(ToolAudience audience)
{
    switch (audience) {
    case ToolAudience::Everybody:
        return "client";
    case ToolAudience::Observers:
        return "viewer or tester";
    case ToolAudience::Operators:
        return "operator";
    }
    return "operator";
}

template <class E>
std::string_view nameOf(E value)
{
    return wireNames(value)[static_cast<std::size_t>(value)];
}

} // namespace

HealthCheck ToolDesk::health() const
{
    HealthCheck check{.name = "tool_servers"};
    std::size_t waiting = 0;
    for (const auto &server : servers_) {
        waiting +=
            static_cast<std::size_t>(std::ranges::count(server->tools, ToolStanding::Waiting, &ToolState::standing));
        if (server->trouble)
            check.detail +=
                (check.detail.empty() ? "" : "; ") + server->settings.name + ": " + server->trouble->message;
    }
    if (waiting > 0)
        check.detail += (check.detail.empty() ? "" : "; ") + std::to_string(waiting) + " tools wait for an operator";
    if (!check.detail.empty())
        check.status = wire::HealthState::Degraded;
    else
        check.detail = servers_.empty() ? "there is none" : std::to_string(servers_.size()) + " answering";
    return check;
}

std::vector<wire::ProblemRow> ToolDesk::problems() const
{
    std::vector<wire::ProblemRow> found;
    for (const auto &server : servers_) {
        if (server->trouble)
            found.push_back({"tools_unavailable",
                             wire::Severity::Warning,
                             "Tools of " + server->settings.name + " cannot be used",
                             server->trouble->message,
                             {server->troubledSince},
                             {},
                             server->settings.name});
        for (const ToolState &tool : server->tools) {
            if (tool.standing == ToolStanding::Waiting)
                found.push_back(
                    {tool.acceptedDigest.empty() ? "tool_new" : "tool_changed",
                     wire::Severity::Warning,
                     "Tool " + fullName(tool.offer) + " waits to be accepted",
                     tool.acceptedDigest.empty() ? "it was not there before"
                                                 : "its server describes it differently now",
                     {acceptance_.noticedAt(server->settings.name, tool.offer.tool).value_or(hub_.clock.wallMs())},
                     "accept_tool",
                     fullName(tool.offer)});
        }
    }
    return found;
}

std::vector<wire::ToolRow> ToolDesk::rows() const
{
    std::vector<wire::ToolRow> rows;
    for (const auto &server : servers_) {
        const CircuitBreaker &breaker = server->guard->breaker();
        for (const ToolState &tool : server->tools) {
            wire::ToolRow row;
            row.name = tool.offer.name;
            row.server = server->settings.name;
            row.description = tool.offer.tool.description;
            row.target = fullName(tool.offer);
            row.role = roleOf(tool.offer.audience);
            row.changes = tool.offer.needsConsent;
            if (server->trouble)
                row.trouble = server->trouble->message;
            else if (tool.standing == ToolStanding::Waiting)
                row.trouble = "it waits to be accepted";
            else if (!isAllowed_)
                row.trouble = "the server is under load and uses no tools of others";
            row.breaker = breaker.name();
            row.breakerState = breaker.state();
            row.pinned = !tool.acceptedDigest.empty();
            row.changed = tool.standing == ToolStanding::Waiting;
            row.digest = tool.offer.tool.digest;
            row.differences = tool.differences;
            if (const auto figures = figures_.find(tool.offer.name); figures != figures_.end()) {
                row.calls = figures->second.calls;
                row.failures = figures->second.failures;
                row.latencyMs = figures->second.ms;
            }
            rows.push_back(std::move(row));
        }
    }
    return rows;
}

std::map<std::pair<std::string, std::string>, std::uint64_t> ToolDesk::counts() const
{
    std::map<std::pair<std::string, std::string>, std::uint64_t> counts;
    for (const auto &server : servers_) {
        for (const ToolStanding standing : {ToolStanding::Offered, ToolStanding::Waiting})
            counts[{server->settings.name, std::string(nameOf(standing))}] =
                static_cast<std::uint64_t>(std::ranges::count(server->tools, standing, &ToolState::standing));
    }
    return counts;
}

std::string ToolDesk::toJson() const
{
    wire::JsonValue list{wire::JsonValue::Array()};
    for (const auto &server : servers_) {
        wire::JsonValue item;
        item.set("name", server->settings.name);
        item.set("kind", nameOf(server->settings.kind));
        item.set("protocol", server->list.protocol);
        item.set("product", server->list.product);
        item.set("breaker", server->guard->breaker().name());
        item.set("trouble", server->trouble ? wire::JsonValue(server->trouble->message) : wire::JsonValue());
        item.set("in_flight", server->guard->concurrency().inFlight());
        wire::JsonValue tools{wire::JsonValue::Array()};
        for (const ToolState &tool : server->tools) {
            wire::JsonValue row;
            row.set("name", fullName(tool.offer));
            row.set("called", tool.offer.name);
            row.set("standing", nameOf(tool.standing));
            row.set("audience", nameOf(tool.offer.audience));
            row.set("needs_consent", tool.offer.needsConsent);
            row.set("digest", tool.offer.tool.digest);
            row.set("definition", treeOf(tool.offer.tool.definition.text));
            if (tool.standing == ToolStanding::Waiting && !tool.acceptedDigest.empty()) {
                row.set("accepted_digest", tool.acceptedDigest);
                row.set("accepted_definition", treeOf(tool.acceptedDefinition.text));
                wire::JsonValue differences{wire::JsonValue::Array()};
                for (const std::string &difference : tool.differences)
                    differences.append(difference);
                row.set("differences", std::move(differences));
            }
            tools.append(std::move(row));
        }
        item.set("tools", std::move(tools));
        wire::JsonValue refused{wire::JsonValue::Array()};
        for (const std::string &reason : server->list.refused)
            refused.append(reason);
        item.set("refused", std::move(refused));
        list.append(std::move(item));
    }
    wire::JsonValue out;
    out.set("servers", std::move(list));
    return out.toText();
}

} // namespace orchestra
