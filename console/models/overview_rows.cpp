// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/overview_rows.h"

#include "console/models/texts.h"

namespace orchestra {
namespace {

/// The step that helps, by its name; empty: there is none. Only an open breaker can be probed: what was forced, or
/// probes already, is looked at.
std::string stepOf(const wire::ProblemRow &row)
{
    const std::string action = row.action.value_or(std::string());
    return action == "probe_breaker" && row.kind != "breaker_open" ? "open_breaker" : action;
}

QString actionFor(const std::string &kind)
{
    if (kind == "probe_breaker")
        return ProblemsModel::tr("Probe now");
    if (kind == "open_breaker")
        return ProblemsModel::tr("Show breaker");
    if (kind == "open_connection")
        return ProblemsModel::tr("Open client");
    if (kind == "open_task")
        return ProblemsModel::tr("Open task");
    if (kind == "open_tasks")
        return ProblemsModel::tr("Show tasks");
    if (kind == "accept_tool")
        return ProblemsModel::tr("Look at it");
    return {};
}

} // namespace

std::vector<Problem> problemsOf(const wire::OverviewRow &overview, WallMs now, bool isLive)
{
    std::vector<Problem> problems;
    for (const wire::ProblemRow &row : overview.problems) {
        Problem problem;
        const std::string step = stepOf(row);
        problem.kind = texts::line(step);
        problem.target = texts::line(row.target);
        problem.key = texts::line(row.kind) + QLatin1Char('/') + problem.target;
        problem.status = Health::of(row.severity);
        problem.title = texts::line(row.title);
        problem.detail = texts::line(row.detail);
        problem.ageText = texts::age(now - row.since.ms);
        problem.actionText = actionFor(step);
        const bool needsLink = step == "probe_breaker" || step == "accept_tool"; // else it is shown what is here
        if (needsLink && !isLive)
            problem.actionReason = ProblemsModel::tr("The link is not live");
        problems.push_back(std::move(problem));
    }
    return problems;
}

QString problemsSummary(const wire::OverviewRow &overview)
{
    const std::size_t count = overview.problems.size();
    if (count > 1)
        return ProblemsModel::tr("%1 problems, worst first").arg(count);
    if (count == 1)
        return ProblemsModel::tr("1 problem");
    if (overview.clients == 1)
        return ProblemsModel::tr("Nothing is wrong. 1 client connected.");
    return ProblemsModel::tr("Nothing is wrong. %1 clients connected.").arg(texts::count(overview.clients));
}

std::vector<Change> changesOf(const wire::OverviewRow &overview, int utcOffsetSeconds)
{
    std::vector<Change> changes;
    for (const wire::ChangeRow &row : overview.changes) {
        Change change{{},
                      texts::clock(row.at.ms, utcOffsetSeconds),
                      texts::line(row.what),
                      ChangesModel::tr("%1 → %2").arg(texts::line(row.before), texts::line(row.after)),
                      texts::line(row.actor)};
        change.key = QString::number(row.at.ms) + change.subject + change.change;
        changes.push_back(std::move(change));
    }
    return changes;
}

std::vector<StartupPhase> startupOf(const wire::OverviewRow &overview)
{
    std::vector<StartupPhase> phases;
    for (const wire::PhaseRow &row : overview.phases)
        phases.push_back(
            {texts::line(row.name), Health::of(row.state),
             row.state == wire::PhaseState::Pending ? QString() : texts::duration(static_cast<double>(row.durationMs)),
             texts::line(row.error.value_or(std::string()))});
    return phases;
}

std::vector<FlagTile> flagTiles(const Mirror::Table<wire::FlagRow> &flags, WallMs now)
{
    std::vector<FlagTile> tiles;
    for (const auto &[name, row] : flags) {
        const bool isPartly = row.enabled && row.percent < 100;
        const QString state = !row.enabled ? FlagsModel::tr("Off")
                              : isPartly   ? FlagsModel::tr("On for a share")
                                           : FlagsModel::tr("On");
        tiles.push_back({texts::line(name), state, row.enabled ? Health::Ok : Health::Idle,
                         isPartly ? FlagsModel::tr("share of sessions") : FlagsModel::tr("everybody"),
                         row.enabled ? FlagsModel::tr("%1 %").arg(row.percent) : QString(),
                         texts::age(now - row.changedAt.ms)});
    }
    return tiles;
}

} // namespace orchestra
