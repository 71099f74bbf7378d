// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/breaker_models.h"

#include "console/models/texts.h"

#include <algorithm>
#include <array>

namespace orchestra {
namespace {

using wire::BreakerState;

/// Twenty cells, newest last, whatever was recorded.
QString outcomeCells(const std::string &outcomes)
{
    const QString known = texts::line(outcomes).right(20);
    return QString(20 - known.size(), QLatin1Char(' ')) + known;
}

bool isUnused(const wire::BreakerRow &row)
{
    return row.calls == 0 && row.outcomes.empty() && row.state == BreakerState::Closed;
}

QString overrideOf(const wire::BreakerRow &row, int utcOffsetSeconds)
{
    return BreakersModel::tr("until %1, by %2")
        .arg(texts::clock(row.overrideUntil->ms, utcOffsetSeconds), texts::line(row.actor.value_or(std::string())));
}

QString nextOf(const wire::BreakerRow &row, WallMs now, int utcOffsetSeconds)
{
    if (row.overrideUntil)
        return overrideOf(row, utcOffsetSeconds);
    if (row.nextProbeAt)
        return BreakersModel::tr("Probe in %1").arg(texts::age(row.nextProbeAt->ms - now));
    if (row.state == BreakerState::HalfOpen)
        return BreakersModel::tr("%1 of %2 probes").arg(row.probesPassed).arg(row.probesNeeded);
    return isUnused(row) ? BreakersModel::tr("Registered, never called")
                         : BreakersModel::tr("%1 in the window").arg(texts::count(row.calls));
}

QString extraOf(const wire::BreakerRow &row)
{
    if (row.rejected > 0)
        return BreakersModel::tr("%1 refused").arg(texts::count(row.rejected));
    return row.slow > 0 ? BreakersModel::tr("%1 slow").arg(texts::count(row.slow)) : QString();
}

/// A state in one word, for small places.
QString shortState(BreakerState state)
{
    return texts::breakerState(state).section(QLatin1String(" ("), 0, 0).toLower();
}

BreakerTile tileOf(const wire::BreakerRow &row, WallMs now, int utcOffsetSeconds)
{
    BreakerTile tile;
    tile.name = texts::line(row.name);
    tile.stateText = isUnused(row) ? BreakersModel::tr("No calls yet") : texts::breakerState(row.state);
    tile.status = isUnused(row) ? Health::Idle : Health::of(row.state);
    tile.sinceText = texts::age(now - row.since.ms);
    tile.outcomes = outcomeCells(row.outcomes);
    tile.rateText = BreakersModel::tr("%1 % failed").arg(texts::number(row.failureRate * 100, 0));
    tile.thresholdText = BreakersModel::tr("trips at %1 %").arg(texts::number(row.threshold * 100, 0));
    tile.causeText = texts::line(row.cause);
    tile.nextText = nextOf(row, now, utcOffsetSeconds);
    tile.extraText = extraOf(row);
    tile.spoken = BreakersModel::tr("%1, %2, %3, %4, %5")
                      .arg(tile.name, tile.stateText, tile.rateText, tile.causeText, tile.nextText);
    return tile;
}

void addSpan(BreakerLane &lane, qreal from, qreal to, BreakerState state)
{
    if (to <= from)
        return;
    lane.spans << QPointF(from, to);
    lane.spanStatus << static_cast<int>(Health::of(state));
    lane.spanTexts << (state == BreakerState::Closed
                           ? QString()
                           : LanesModel::tr("%1 %2").arg(shortState(state),
                                                         texts::age(static_cast<qint64>(to - from))));
}

BreakerLane laneOf(const wire::BreakerRow &row, const BreakerHistory::Moves &moves, qreal fromMs, qreal toMs,
                   WallMs startedAt)
{
    BreakerLane lane;
    lane.name = texts::line(row.name);
    lane.nowText = isUnused(row) ? LanesModel::tr("no calls") : shortState(row.state);
    lane.status = isUnused(row) ? Health::Idle : Health::of(row.state);
    const WallMs known = moves.empty()   ? row.since.ms
                         : startedAt > 0 ? std::min(startedAt, moves.front().at.ms)
                                         : moves.front().at.ms;
    qreal at = std::max(fromMs, static_cast<qreal>(known));
    BreakerState state = moves.empty() ? row.state : moves.front().fromState;
    for (const wire::BreakerTransition &move : moves) {
        const qreal next = std::clamp(static_cast<qreal>(move.at.ms), fromMs, toMs);
        addSpan(lane, at, next, state);
        at = std::max(at, next);
        state = move.toState;
    }
    addSpan(lane, at, toMs, state);
    if (isUnused(row))
        std::ranges::fill(lane.spanStatus, static_cast<int>(Health::Idle));
    QStringList troubles;
    for (const QString &text : lane.spanTexts) {
        if (!text.isEmpty())
            troubles << text;
    }
    lane.spoken = LanesModel::tr("%1: %2 now").arg(lane.name, lane.nowText);
    if (!troubles.isEmpty())
        lane.spoken += LanesModel::tr("; was %1").arg(troubles.join(QStringLiteral(", ")));
    return lane;
}

} // namespace

BreakersModel::BreakersModel(QObject *parent)
    : RowModel(
          {{"name", [](const BreakerTile &tile) { return QVariant(tile.name); }},
           {"stateText", [](const BreakerTile &tile) { return QVariant(tile.stateText); }},
           {"status", [](const BreakerTile &tile) { return QVariant(tile.status); }},
           {"sinceText", [](const BreakerTile &tile) { return QVariant(tile.sinceText); }},
           {"outcomes", [](const BreakerTile &tile) { return QVariant(tile.outcomes); }},
           {"rateText", [](const BreakerTile &tile) { return QVariant(tile.rateText); }},
           {"thresholdText", [](const BreakerTile &tile) { return QVariant(tile.thresholdText); }},
           {"causeText", [](const BreakerTile &tile) { return QVariant(tile.causeText); }},
           {"nextText", [](const BreakerTile &tile) { return QVariant(tile.nextText); }},
           {"extraText", [](const BreakerTile &tile) { return QVariant(tile.extraText); }},
           {"dayText", [](const BreakerTile &tile) { return QVariant(tile.dayText); }},
           {"spoken", [](const BreakerTile &tile) { return QVariant(tile.spoken); }},
           {"current", [](const BreakerTile &tile) { return QVariant(tile.isCurrent); }}},
          [](const BreakerTile &tile) { return tile.name; }, parent)
{
}

void BreakersModel::replace(std::vector<BreakerTile> breakers)
{
    setRows(std::move(breakers));
    Q_EMIT changed();
}

LanesModel::LanesModel(QObject *parent)
    : RowModel(
          {{"name", [](const BreakerLane &lane) { return QVariant(lane.name); }},
           {"nowText", [](const BreakerLane &lane) { return QVariant(lane.nowText); }},
           {"status", [](const BreakerLane &lane) { return QVariant(lane.status); }},
           {"spans", [](const BreakerLane &lane) { return QVariant::fromValue(lane.spans); }},
           {"spanStatus", [](const BreakerLane &lane) { return QVariant::fromValue(lane.spanStatus); }},
           {"spanTexts", [](const BreakerLane &lane) { return QVariant(lane.spanTexts); }},
           {"spoken", [](const BreakerLane &lane) { return QVariant(lane.spoken); }}},
          [](const BreakerLane &lane) { return lane.name; }, parent)
{
}

std::vector<BreakerTile> breakerTiles(const Mirror::Table<wire::BreakerRow> &breakers, WallMs now, int utcOffsetSeconds,
                                      bool faultsOnly)
{
    std::vector<BreakerTile> tiles;
    for (const auto &[name, row] : breakers) {
        if (!faultsOnly || row.state != BreakerState::Closed)
            tiles.push_back(tileOf(row, now, utcOffsetSeconds));
    }
    return tiles;
}

std::vector<BreakerLane> breakerLanes(const Mirror::Table<wire::BreakerRow> &breakers, const BreakerHistory &history,
                                      qreal fromMs, qreal toMs, WallMs startedAt)
{
    std::vector<BreakerLane> lanes;
    for (const auto &[name, row] : breakers)
        lanes.push_back(laneOf(row, history.of(name), fromMs, toMs, startedAt));
    return lanes;
}

QString breakersHead(const Mirror::Table<wire::BreakerRow> &breakers)
{
    std::array<int, wireNames(BreakerState{}).size()> counts{};
    int unused = 0;
    for (const auto &[name, row] : breakers)
        ++(isUnused(row) ? unused : counts[static_cast<std::size_t>(row.state)]);
    QStringList parts;
    for (const BreakerState state : {BreakerState::Open, BreakerState::ForcedOpen, BreakerState::HalfOpen,
                                     BreakerState::MetricsOnly, BreakerState::Disabled, BreakerState::Closed}) {
        if (const int count = counts[static_cast<std::size_t>(state)]; count > 0)
            parts << BreakersModel::tr("%1 %2").arg(count).arg(shortState(state));
    }
    if (unused > 0)
        parts << BreakersModel::tr("%1 without calls").arg(unused);
    return parts.join(QStringLiteral(", "));
}

std::vector<Fact> breakerFacts(const wire::BreakerRow &row, WallMs now, int utcOffsetSeconds)
{
    const auto plain = [](const QString &name, const QString &value) {
        return Fact{name, value, Health::Idle, false, {}};
    };
    std::vector<Fact> facts{{FactsModel::tr("State"), texts::breakerState(row.state), Health::of(row.state), false, {}},
                            plain(FactsModel::tr("For"), texts::age(now - row.since.ms)),
                            plain(FactsModel::tr("Cause"), texts::line(row.cause))};
    if (row.overrideUntil) {
        facts.push_back(plain(FactsModel::tr("Forced"), overrideOf(row, utcOffsetSeconds)));
        facts.push_back(plain(FactsModel::tr("Ends in"), texts::age(row.overrideUntil->ms - now)));
    }
    if (row.nextProbeAt)
        facts.push_back(plain(FactsModel::tr("Next probe in"), texts::age(row.nextProbeAt->ms - now)));
    if (row.probesNeeded > 0)
        facts.push_back(plain(FactsModel::tr("Probes passed"),
                              FactsModel::tr("%1 of %2").arg(row.probesPassed).arg(row.probesNeeded)));
    facts.push_back(plain(FactsModel::tr("Calls in the window"), texts::count(row.calls)));
    facts.push_back(
        {FactsModel::tr("Failed"),
         FactsModel::tr("%1, %2 %").arg(texts::count(row.failures), texts::number(row.failureRate * 100, 1)),
         row.failures > 0 ? Health::Warn : Health::Idle,
         false,
         {}});
    facts.push_back(plain(FactsModel::tr("Slow"), texts::count(row.slow)));
    facts.push_back(plain(FactsModel::tr("Refused"), texts::count(row.rejected)));
    facts.push_back(plain(FactsModel::tr("Failures in a row"), texts::count(row.consecutiveFailures)));
    facts.push_back(plain(FactsModel::tr("Trips at"),
                          FactsModel::tr("%1 % of %2 calls or more")
                              .arg(texts::number(row.threshold * 100, 0), texts::count(row.minimumCalls))));
    facts.push_back(plain(FactsModel::tr("Opened again"), texts::count(row.reopened)));
    return facts;
}

std::vector<Step> breakerSteps(const BreakerHistory::Moves &moves, WallMs now, int utcOffsetSeconds)
{
    std::vector<Step> steps;
    WallMs end = now;
    for (auto move = moves.rbegin(); move != moves.rend() && steps.size() < kMostSteps; ++move) {
        const QString at = texts::clock(move->at.ms, utcOffsetSeconds);
        const QString cause = texts::line(move->cause);
        steps.push_back({texts::breakerState(move->toState), texts::age(end - move->at.ms),
                         move->actor ? StepsModel::tr("%1, by %2: %3").arg(at, texts::line(*move->actor), cause)
                                     : StepsModel::tr("%1, %2").arg(at, cause),
                         Health::of(move->toState), static_cast<int>(move->at.ms & 0x7fffffff)});
        end = move->at.ms;
    }
    return steps;
}

QString breakerDay(const BreakerHistory::Moves &moves)
{
    const std::size_t count = BreakerHistory::openings(moves);
    return count == 0 ? QString() : BreakersModel::tr("%1× in 24 h").arg(texts::count(count));
}

} // namespace orchestra
