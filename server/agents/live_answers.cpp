// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/answers.h"
#include "shared/base/text.h"
#include "shared/wire/series_names.h"

#include <algorithm>
#include <array>

namespace orchestra::answers {
namespace {

using wire::JsonValue;

constexpr std::size_t kListed = 12;

JsonValue object(std::string_view member = {}, const std::string &value = {})
{
    JsonValue out{JsonValue::Object()};
    if (!value.empty())
        out.set(std::string(member), value);
    return out;
}

std::string_view healthWord(wire::HealthState state)
{
    switch (state) {
    case wire::HealthState::Healthy:
        return "Healthy";
    case wire::HealthState::Degraded:
        return "Degraded";
    case wire::HealthState::Unhealthy:
        return "Unhealthy";
    }
    return "Unknown";
}

std::string_view breakerWords(wire::BreakerState state)
{
    switch (state) {
    case wire::BreakerState::Closed:
        return "closed (passing)";
    case wire::BreakerState::Open:
        return "open (refusing)";
    case wire::BreakerState::HalfOpen:
        return "half-open (probing)";
    case wire::BreakerState::ForcedOpen:
        return "forced open (refusing)";
    case wire::BreakerState::Disabled:
        return "disabled (passing)";
    case wire::BreakerState::MetricsOnly:
        return "counting only (passing)";
    }
    return "unknown";
}

void sayMore(Report &report, std::size_t all)
{
    if (all > kListed)
        report.line("and {} more", {std::to_string(all - kListed)});
}

void sayStatus(Report &report, const ToolOutcome &outcome, WallMs now)
{
    if (outcome.rows.overview.empty())
        return report.line("The server tells nothing of itself right now.");
    const wire::OverviewRow &row = outcome.rows.overview.front();
    report.line("{}: {}", {healthWord(row.health), row.sentence});
    report.line("{} of {} clients, {} running, {} waiting.",
                {std::to_string(row.clients), std::to_string(row.clientLimit),
                 sayCount(row.tasksRunning, "task", "tasks"), sayCount(row.tasksQueued, "task", "tasks")});
    report.line("{} messages/s in, {} frames/s out; first token p95 {}.",
                {sayNumber(row.messagesInPerS, 1), sayNumber(row.framesOutPerS, 1),
                 sayNumber(row.firstTokenP95Ms, 1) + (row.firstTokenP95Ms ? " ms" : "")});
    report.line(
        "{} of {} breakers not closed. Degradation level {}.",
        {std::to_string(row.breakersNotClosed), std::to_string(row.breakers), std::to_string(row.degradationLevel)});
    report.line("Version {}, up for {}, {} of memory.",
                {row.version, sayAge(now - row.startedAt.ms), sayBytes(row.rssBytes)});
    for (const wire::ProblemRow &problem : row.problems)
        report.line("Problem: {}{} (for {})", {problem.title, problem.detail.empty() ? "" : ". " + problem.detail,
                                               sayAge(now - problem.since.ms)});
}

void sayConnections(Report &report, const ToolOutcome &outcome, const std::string &user, WallMs now)
{
    const auto &rows = outcome.rows.connections;
    if (rows.empty()) {
        if (user.empty())
            report.line("There is no connection that you may see.");
        else
            report.line("{} has no connection that you may see.", {user});
        return;
    }
    report.line("{}, busiest first:", {sayCount(rows.size(), "connection", "connections")});
    for (std::size_t i = 0; i < std::min(rows.size(), kListed); ++i) {
        const wire::ConnectionRow &row = rows[i];
        report.line("- {} ({}, session {}), {}, up {}, idle {}, queue {}, from {}",
                    {row.userId, row.apiVersion == 0 ? std::string("operations") : "v" + std::to_string(row.apiVersion),
                     row.sessionId, wireNames(row.phase)[static_cast<std::size_t>(row.phase)],
                     sayAge(now - row.connectedAt.ms), sayAge(static_cast<std::int64_t>(row.idleMs)),
                     sayBytes(row.queueBytes), row.address});
    }
    sayMore(report, rows.size());
}

void sayBreakers(Report &report, const ToolOutcome &outcome, WallMs now)
{
    const auto &rows = outcome.rows.breakers;
    if (rows.empty())
        return report.line("There is no such breaker.");
    for (const wire::BreakerRow &row : rows) {
        report.line("- {} is {} since {}: {} of {} calls failed, {} refused.",
                    {row.name, breakerWords(row.state), sayAge(now - row.since.ms), std::to_string(row.failures),
                     std::to_string(row.calls), std::to_string(row.rejected)});
        if (!row.cause.empty())
            report.line("  Cause: {}", {row.cause});
        if (row.nextProbeAt)
            report.line("  Next probe in {}.", {sayAge(row.nextProbeAt->ms - now)});
    }
}

void sayFlags(Report &report, const ToolOutcome &outcome, const std::string &name, WallMs now)
{
    const auto &rows = outcome.rows.flags;
    if (rows.empty()) {
        if (name.empty())
            report.line("There are no feature flags. An operator makes one with /set_flag NAME on.");
        else
            report.line("There is no flag {}.", {name});
        return;
    }
    for (std::size_t i = 0; i < std::min(rows.size(), kListed); ++i) {
        const wire::FlagRow &row = rows[i];
        if (row.enabled)
            report.line("- {} is on for {} % of sessions, changed {} ago by {}. {}",
                        {row.name, std::to_string(row.percent), sayAge(now - row.changedAt.ms), row.changedBy,
                         row.description});
        else
            report.line("- {} is off, changed {} ago by {}. {}",
                        {row.name, sayAge(now - row.changedAt.ms), row.changedBy, row.description});
    }
    sayMore(report, rows.size());
}

void sayTasks(Report &report, const ToolOutcome &outcome)
{
    std::vector<wire::TaskRow> rows = outcome.rows.tasks;
    std::erase_if(rows, [](const wire::TaskRow &row) { return row.state > wire::TaskState::WaitingApproval; });
    if (rows.empty()) {
        report.line("No task is running or waiting besides this one.");
    } else {
        report.line("{} not ended:", {sayCount(rows.size(), "task", "tasks")});
        for (std::size_t i = 0; i < std::min(rows.size(), kListed); ++i)
            report.line("- {} of {}: {}, {}, for {}",
                        {toString(rows[i].taskId), rows[i].userId,
                         wireNames(rows[i].state)[static_cast<std::size_t>(rows[i].state)],
                         rows[i].step.empty() ? std::string_view("no step yet") : std::string_view(rows[i].step),
                         sayAge(static_cast<std::int64_t>(rows[i].ageMs))});
        sayMore(report, rows.size());
    }
    const std::size_t ended = outcome.rows.tasks.size() - rows.size();
    if (ended > 0)
        report.line("{} ended lately.", {sayCount(ended, "task has", "tasks have")});
}

/// A series in words: its name for people, its unit, and by how much its values are multiplied.
struct MetricWords
{
    std::string_view name;
    std::string_view title;
    std::string_view unit;
    double scale = 1;
    int decimals = 1;
};

constexpr std::array kMetricWords = {
    MetricWords{series::kMessagesIn, "Messages in", "/s"},
    MetricWords{series::kFramesOut, "Frames out", "/s"},
    MetricWords{series::kTokens, "Tokens", "/s"},
    MetricWords{series::kTurns, "Turns", "/s", 1, 2},
    MetricWords{series::kErrorRate, "Failed turns", "%", 100, 2},
    MetricWords{series::kFirstTokenP50, "First token p50", "ms"},
    MetricWords{series::kFirstTokenP95, "First token p95", "ms"},
    MetricWords{series::kFirstTokenP99, "First token p99", "ms"},
    MetricWords{series::kTurnP95, "Whole answer p95", "ms"},
    MetricWords{series::kAckP50, "Acknowledged p50", "ms", 1, 2},
    MetricWords{series::kAckP99, "Acknowledged p99", "ms", 1, 2},
    MetricWords{series::kClients, "Clients", "", 1, 0},
    MetricWords{series::kTasksRunning, "Tasks running", "", 1, 0},
    MetricWords{series::kMemory, "Memory", "MiB", 1.0 / 1048576, 1},
    MetricWords{series::kCpu, "CPU", "% of a core", 100, 1},
};

/// Words of a question that point at some of the series; a question that points at none gets all.
std::vector<std::string_view> seriesAskedFor(std::string_view text)
{
    struct Hint
    {
        std::string_view word;
        std::vector<std::string_view> names;
    };
    static const std::vector<Hint> hints = {
        {"error", {series::kErrorRate}},
        {"fail", {series::kErrorRate}},
        {"latenc", {series::kFirstTokenP50, series::kFirstTokenP95, series::kFirstTokenP99, series::kAckP99}},
        {"slow", {series::kFirstTokenP50, series::kFirstTokenP95, series::kFirstTokenP99, series::kTurnP95}},
        {"p95", {series::kFirstTokenP95, series::kTurnP95}},
        {"p99", {series::kFirstTokenP99, series::kAckP99}},
        {"p50", {series::kFirstTokenP50, series::kAckP50}},
        {"first token", {series::kFirstTokenP50, series::kFirstTokenP95, series::kFirstTokenP99}},
        {"throughput", {series::kMessagesIn, series::kFramesOut, series::kTokens}},
        {"message", {series::kMessagesIn, series::kFramesOut}},
        {"token", {series::kTokens}},
        {"memory", {series::kMemory}},
        {"ram", {series::kMemory}},
        {"cpu", {series::kCpu}},
        {"client", {series::kClients}},
        {"ack", {series::kAckP50, series::kAckP99}},
    };
    const std::string lower = lowerAscii(text);
    std::vector<std::string_view> names;
    for (const Hint &hint : hints) {
        if (lower.find(hint.word) == std::string::npos)
            continue;
        for (const std::string_view name : hint.names) {
            if (std::ranges::find(names, name) == names.end())
                names.push_back(name);
        }
    }
    return names;
}

void sayMetrics(Report &report, const ToolOutcome &outcome, std::chrono::seconds range)
{
    bool any = false;
    for (const MetricWords &words : kMetricWords) {
        const auto found = std::ranges::find(outcome.metrics, words.name, &MetricSummary::name);
        if (found == outcome.metrics.end() || found->points == 0)
            continue;
        if (!any)
            report.line("Over the last {}:", {sayAge(range.count() * 1000)});
        any = true;
        const auto say = [&](const std::optional<double> &value) {
            return sayNumber(value ? std::optional(*value * words.scale) : std::nullopt, words.decimals);
        };
        report.line(
            "- {}: now {} {}, mean {}, lowest {}, highest {}",
            {words.title, say(found->latest), words.unit, say(found->mean), say(found->least), say(found->most)});
    }
    if (!any)
        report.line("There is no data for the last {}.", {sayAge(range.count() * 1000)});
}

} // namespace

void status(const Asking &asking)
{
    withTool(asking, "server_status", object(),
             [&clock = asking.clock](Report &report, const ToolOutcome &outcome, const ToolCall &) {
                 sayStatus(report, outcome, clock.wallMs());
             });
}

void connections(const Asking &asking)
{
    withTool(asking, "list_connections", object("user", asking.request.user),
             [user = asking.request.user, &clock = asking.clock](Report &report, const ToolOutcome &outcome,
                                                                 const ToolCall &) {
                 sayConnections(report, outcome, user, clock.wallMs());
             });
}

void breakers(const Asking &asking)
{
    withTool(asking, "list_breakers", object("name", asking.request.breaker),
             [&clock = asking.clock](Report &report, const ToolOutcome &outcome, const ToolCall &) {
                 sayBreakers(report, outcome, clock.wallMs());
             });
}

void flags(const Asking &asking)
{
    withTool(asking, "list_flags", object("name", asking.request.flag),
             [name = asking.request.flag, &clock = asking.clock](Report &report, const ToolOutcome &outcome,
                                                                 const ToolCall &) {
                 sayFlags(report, outcome, name, clock.wallMs());
             });
}

void tasks(const Asking &asking)
{
    withTool(asking, "list_tasks", object("user", asking.request.user),
             [](Report &report, const ToolOutcome &outcome, const ToolCall &) { sayTasks(report, outcome); });
}

void metrics(const Asking &asking)
{
    std::chrono::seconds range(900);
    if (asking.request.from)
        range = std::chrono::seconds(
            std::clamp<std::int64_t>((asking.clock.wallMs() - *asking.request.from) / 1000, 1, 86400));
    JsonValue arguments;
    arguments.set("range_s", range.count());
    if (const auto names = seriesAskedFor(asking.request.text); !names.empty()) {
        JsonValue list{JsonValue::Array()};
        for (const std::string_view name : names)
            list.append(name);
        arguments.set("names", std::move(list));
    }
    withTool(asking, "read_metrics", arguments, [range](Report &report, const ToolOutcome &outcome, const ToolCall &) {
        sayMetrics(report, outcome, range);
    });
}

} // namespace orchestra::answers
