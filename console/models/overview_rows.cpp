// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/overview_rows.h"

#include "console/models/texts.h"

namespace orchestra {
namespace {

QString actionFor(const std::string &kind)
{
    if (kind == "probe_breaker")
        return ProblemsModel::tr("Probe now");
    if (kind == "open_connection")
        return ProblemsModel::tr("Open client");
    if (kind == "open_task")
        return ProblemsModel::tr("Open task");
    return {};
}

/// Twenty cells, newest last, whatever was recorded.
QString outcomeCells(const std::string &outcomes)
{
    const QString known = texts::line(outcomes).right(20);
    return QString(20 - known.size(), QLatin1Char(' ')) + known;
}

QString nextOf(const wire::BreakerRow &row, bool isUnused, WallMs now, int utcOffsetSeconds)
{
    if (row.nextProbeAt)
        return BreakersModel::tr("Probe in %1").arg(texts::age(row.nextProbeAt->ms - now));
    if (row.state == wire::BreakerState::HalfOpen)
        return BreakersModel::tr("%1 of %2 probes").arg(row.probesPassed).arg(row.probesNeeded);
    if (row.overrideUntil)
        return BreakersModel::tr("until %1, by %2")
            .arg(texts::clock(row.overrideUntil->ms, utcOffsetSeconds), texts::line(row.actor.value_or(std::string())));
    return isUnused ? BreakersModel::tr("Registered, never called") : texts::line(row.cause);
}

} // namespace

std::vector<Problem> problemsOf(const wire::OverviewRow &overview, WallMs now, bool isLive)
{
    std::vector<Problem> problems;
    for (const wire::ProblemRow &row : overview.problems) {
        Problem problem;
        problem.kind = texts::line(row.action.value_or(std::string()));
        problem.target = texts::line(row.target);
        problem.key = texts::line(row.kind) + QLatin1Char('/') + problem.target;
        problem.status = Health::of(row.severity);
        problem.title = texts::line(row.title);
        problem.detail = texts::line(row.detail);
        problem.ageText = texts::age(now - row.since.ms);
        problem.actionText = actionFor(row.action.value_or(std::string()));
        if (!isLive)
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

std::vector<BreakerTile> breakerTiles(const Mirror::Table<wire::BreakerRow> &breakers, WallMs now, int utcOffsetSeconds,
                                      bool faultsOnly)
{
    std::vector<BreakerTile> tiles;
    for (const auto &[name, row] : breakers) {
        if (faultsOnly && row.state == wire::BreakerState::Closed)
            continue;
        BreakerTile tile;
        tile.name = texts::line(name);
        const bool isUnused = row.calls == 0 && row.outcomes.empty() && row.state == wire::BreakerState::Closed;
        tile.stateText = isUnused ? BreakersModel::tr("No calls yet") : texts::breakerState(row.state);
        tile.status = isUnused ? Health::Idle : Health::of(row.state);
        tile.sinceText = texts::age(now - row.since.ms);
        tile.outcomes = outcomeCells(row.outcomes);
        tile.rateText = BreakersModel::tr("%1 % failed").arg(texts::number(row.failureRate * 100, 0));
        tile.thresholdText = BreakersModel::tr("trips at %1 %").arg(texts::number(row.threshold * 100, 0));
        tile.nextText = nextOf(row, isUnused, now, utcOffsetSeconds);
        tile.extraText = row.rejected > 0 ? BreakersModel::tr("%1 refused").arg(texts::count(row.rejected))
                                          : BreakersModel::tr("%1 calls").arg(texts::count(row.calls));
        tile.spoken = BreakersModel::tr("%1, %2, %3, %4").arg(tile.name, tile.stateText, tile.rateText, tile.nextText);
        tiles.push_back(std::move(tile));
    }
    return tiles;
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
