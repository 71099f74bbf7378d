// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/live_tools.h"

#include <algorithm>
#include <cmath>

namespace orchestra {
namespace {

using wire::JsonValue;

/// A tool whose answer is there at once: a spec and a function.
class LiveTool final : public Tool
{
public:
    using Look = std::function<Result<ToolOutcome>(const RequestContext &, const JsonValue &)>;

    LiveTool(ToolSpec spec, Look look)
        : spec_(spec)
        , look_(std::move(look))
    {
    }

    const ToolSpec &spec() const override { return spec_; }
    void invoke(const RequestContext &caller, const JsonValue &arguments, ToolDone done) override
    {
        done(look_(caller, arguments));
    }

private:
    const ToolSpec spec_;
    const Look look_;
};

/// Removes what does not match the name in argument `member`, if there is one.
template <class Row>
void keepNamed(std::vector<Row> &rows, const JsonValue &arguments, std::string_view member, std::string Row::*name)
{
    const std::string_view wanted = arguments.textOf(member);
    if (!wanted.empty())
        std::erase_if(rows, [&](const Row &row) { return row.*name != wanted; });
}

/// Removes what belongs to others, unless the caller is a viewer.
template <class Row>
void keepVisible(std::vector<Row> &rows, const RequestContext &caller)
{
    if (!allows(caller.principal.role, Role::Viewer))
        std::erase_if(rows, [&](const Row &row) { return row.userId != caller.principal.userId; });
}

/// Takes out what operators did, and the reasons of failures: they name users, paths and addresses.
void keepForViewers(wire::OverviewRow &row)
{
    row.changes.clear();
    for (wire::ProblemRow &problem : row.problems)
        problem.detail.clear();
    for (wire::PhaseRow &phase : row.phases)
        phase.error.reset();
}

MetricSummary summarise(const wire::SeriesChunk &chunk)
{
    MetricSummary out;
    out.name = chunk.name;
    double sum = 0;
    for (std::size_t i = 0; i < chunk.values.size(); ++i) {
        if (std::ranges::binary_search(chunk.gaps, i))
            continue;
        const double value = chunk.values[i];
        sum += value;
        ++out.points;
        out.latest = value;
        out.least = std::min(out.least.value_or(value), value);
        out.most = std::max(out.most.value_or(value), value);
    }
    if (out.points > 0)
        out.mean = sum / static_cast<double>(out.points);
    return out;
}

Result<ToolOutcome> readMetrics(const SeriesSource &series, const JsonValue &arguments)
{
    std::vector<std::string> names;
    if (const JsonValue *wanted = arguments.find("names")) {
        if (!wanted->items())
            return Error{Code::Invalid, "names is a list of series names.", false, "/names"};
        for (const JsonValue &name : *wanted->items()) {
            if (!name.text())
                return Error{Code::Invalid, "names is a list of series names.", false, "/names"};
            names.push_back(*name.text());
        }
    }
    const JsonValue *range = arguments.find("range_s");
    const std::int64_t seconds = range ? range->integer().value_or(0) : 900;
    if (seconds < 1 || seconds > 86400)
        return Error{Code::Invalid, "range_s is 1 to 86400 seconds: the server keeps a day.", false, "/range_s"};
    ToolOutcome out;
    for (const wire::SeriesChunk &chunk : series.series(names, std::chrono::seconds(seconds)))
        out.metrics.push_back(summarise(chunk));
    out.total = out.metrics.size();
    return out;
}

} // namespace

void addLiveTools(ToolRegistry &registry, const LiveState &state, const SeriesSource &series)
{
    const auto add = [&](ToolSpec spec, LiveTool::Look look) {
        registry.add(std::make_unique<LiveTool>(spec, std::move(look)));
    };
    add({"server_status", "Health, readiness and the main numbers of this server.",
         R"({"type":"object","properties":{}})"},
        [&state](const RequestContext &caller, const JsonValue &) -> Result<ToolOutcome> {
            ToolOutcome out;
            out.rows.overview = {state.overview()};
            if (!allows(caller.principal.role, Role::Viewer))
                keepForViewers(out.rows.overview.front());
            out.rows.degradation = {state.degradation()};
            out.total = 1;
            return out;
        });
    add({"list_connections", "Open connections: yours, or everybody's for a viewer.",
         R"({"type":"object","properties":{"user":{"type":"string"}}})"},
        [&state](const RequestContext &caller, const JsonValue &arguments) -> Result<ToolOutcome> {
            ToolOutcome out;
            out.rows.connections = state.connections();
            keepVisible(out.rows.connections, caller);
            keepNamed(out.rows.connections, arguments, "user", &wire::ConnectionRow::userId);
            std::ranges::sort(out.rows.connections, std::greater(),
                              [](const auto &row) { return row.inPerS + row.outPerS; });
            out.total = out.rows.connections.size();
            return out;
        });
    add({"list_breakers", "Circuit breakers with state, window and cause.",
         R"({"type":"object","properties":{"name":{"type":"string"}}})", ToolAccess::Observers},
        [&state](const RequestContext &, const JsonValue &arguments) -> Result<ToolOutcome> {
            ToolOutcome out;
            out.rows.breakers = state.breakers();
            keepNamed(out.rows.breakers, arguments, "name", &wire::BreakerRow::name);
            out.total = out.rows.breakers.size();
            return out;
        });
    add({"list_flags", "Feature flags with their share of sessions.",
         R"({"type":"object","properties":{"name":{"type":"string"}}})", ToolAccess::Observers},
        [&state](const RequestContext &, const JsonValue &arguments) -> Result<ToolOutcome> {
            ToolOutcome out;
            out.rows.flags = state.flags();
            keepNamed(out.rows.flags, arguments, "name", &wire::FlagRow::name);
            out.total = out.rows.flags.size();
            return out;
        });
    add({"list_tasks", "Tasks that run, wait or have just ended: yours, or everybody's for a viewer.",
         R"({"type":"object","properties":{"user":{"type":"string"}}})"},
        [&state](const RequestContext &caller, const JsonValue &arguments) -> Result<ToolOutcome> {
            ToolOutcome out;
            out.rows.tasks = state.tasks();
            keepVisible(out.rows.tasks, caller);
            keepNamed(out.rows.tasks, arguments, "user", &wire::TaskRow::userId);
            // The turn that asks is no news to who asks.
            std::erase_if(out.rows.tasks, [&](const auto &row) { return row.taskId == caller.taskId; });
            out.total = out.rows.tasks.size();
            return out;
        });
    add({"read_metrics", "Rates, percentiles and gauges of the server over the last seconds, up to a day.",
         R"({"type":"object","properties":{"names":{"type":"array","items":{"type":"string"}},"range_s":{"type":"integer","minimum":1,"maximum":86400}}})",
         ToolAccess::Observers},
        [&series](const RequestContext &, const JsonValue &arguments) { return readMetrics(series, arguments); });
}

} // namespace orchestra
