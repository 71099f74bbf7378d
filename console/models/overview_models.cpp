// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/overview_models.h"

#include <algorithm>

namespace orchestra {

TilesModel::TilesModel(QObject *parent)
    : RowModel(
          {{"label", [](const Tile &tile) { return QVariant(tile.label); }},
           {"value", [](const Tile &tile) { return QVariant(tile.value); }},
           {"unit", [](const Tile &tile) { return QVariant(tile.unit); }},
           {"changeText", [](const Tile &tile) { return QVariant(tile.changeText); }},
           {"trend", [](const Tile &tile) { return QVariant(tile.trend); }},
           {"note", [](const Tile &tile) { return QVariant(tile.note); }},
           {"status", [](const Tile &tile) { return QVariant(tile.status); }},
           {"points", [](const Tile &tile) { return QVariant::fromValue(tile.points); }},
           {"low", [](const Tile &tile) { return QVariant(tile.low); }},
           {"high", [](const Tile &tile) { return QVariant(tile.high); }},
           {"guard", [](const Tile &tile) { return QVariant(tile.guard); }},
           {"spoken", [](const Tile &tile) { return QVariant(tile.spoken); }},
           {"clickable", [](const Tile &tile) { return QVariant(tile.clickable); }}},
          [](const Tile &tile) { return tile.label; }, parent)
{
}

void TilesModel::open(int row)
{
    if (row >= 0 && row < rowCount() && at(row).clickable)
        Q_EMIT opened(at(row).screen);
}

ProblemsModel::ProblemsModel(QObject *parent)
    : RowModel(
          {{"key", [](const Problem &problem) { return QVariant(problem.key); }},
           {"status", [](const Problem &problem) { return QVariant(problem.status); }},
           {"title", [](const Problem &problem) { return QVariant(problem.title); }},
           {"detail", [](const Problem &problem) { return QVariant(problem.detail); }},
           {"ageText", [](const Problem &problem) { return QVariant(problem.ageText); }},
           {"actionText", [](const Problem &problem) { return QVariant(problem.actionText); }},
           {"actionAvailable", [](const Problem &problem) { return QVariant(problem.actionReason.isEmpty()); }},
           {"actionReason", [](const Problem &problem) { return QVariant(problem.actionReason); }},
           {"busyText", [](const Problem &problem) { return QVariant(problem.busyText); }}},
          [](const Problem &problem) { return problem.key; }, parent)
{
}

void ProblemsModel::replace(std::vector<Problem> problems, const QString &summary)
{
    for (Problem &problem : problems)
        problem.busyText = busy_.value(problem.key);
    setRows(std::move(problems));
    summary_ = summary;
    Q_EMIT changed();
}

void ProblemsModel::setBusy(const QString &key, const QString &text)
{
    if (text.isEmpty())
        busy_.remove(key);
    else
        busy_.insert(key, text);
    for (int row = 0; row < rowCount(); ++row) {
        if (at(row).key != key)
            continue;
        at(row).busyText = text;
        touch(row);
    }
}

void ProblemsModel::act(int row)
{
    if (row >= 0 && row < rowCount() && at(row).actionReason.isEmpty() && at(row).busyText.isEmpty() &&
        !at(row).actionText.isEmpty())
        Q_EMIT actionWanted(at(row).kind, at(row).target, at(row).key);
}

ChangesModel::ChangesModel(QObject *parent)
    : RowModel(
          {{"atText", [](const Change &change) { return QVariant(change.atText); }},
           {"subject", [](const Change &change) { return QVariant(change.subject); }},
           {"change", [](const Change &change) { return QVariant(change.change); }},
           {"actor", [](const Change &change) { return QVariant(change.actor); }}},
          [](const Change &change) { return change.key; }, parent)
{
}

void ChangesModel::replace(std::vector<Change> changes)
{
    setRows(std::move(changes));
    Q_EMIT changed();
}

StartupModel::StartupModel(QObject *parent)
    : RowModel(
          {{"name", [](const StartupPhase &phase) { return QVariant(phase.name); }},
           {"status", [](const StartupPhase &phase) { return QVariant(phase.status); }},
           {"tookText", [](const StartupPhase &phase) { return QVariant(phase.tookText); }},
           {"detail", [](const StartupPhase &phase) { return QVariant(phase.detail); }}},
          [](const StartupPhase &phase) { return phase.name; }, parent)
{
}

void StartupModel::replace(std::vector<StartupPhase> phases, bool running)
{
    const auto done = std::ranges::count(phases, static_cast<int>(Health::Ok), &StartupPhase::status);
    percent_ = phases.empty() ? 0 : static_cast<int>(done * 100 / static_cast<std::ptrdiff_t>(phases.size()));
    const auto failed = std::ranges::find(phases, static_cast<int>(Health::Bad), &StartupPhase::status);
    const auto current = std::ranges::find(phases, static_cast<int>(Health::Pending), &StartupPhase::status);
    if (failed != phases.end())
        headline_ = tr("%1 failed").arg(failed->name);
    else
        headline_ = current == phases.end() ? tr("Starting") : tr("Starting: %1").arg(current->name);
    running_ = running;
    setRows(std::move(phases));
    Q_EMIT changed();
}

FlagsModel::FlagsModel(QObject *parent)
    : RowModel(
          {{"name", [](const FlagTile &tile) { return QVariant(tile.name); }},
           {"stateText", [](const FlagTile &tile) { return QVariant(tile.stateText); }},
           {"status", [](const FlagTile &tile) { return QVariant(tile.status); }},
           {"strategyText", [](const FlagTile &tile) { return QVariant(tile.strategyText); }},
           {"percentText", [](const FlagTile &tile) { return QVariant(tile.percentText); }},
           {"ageText", [](const FlagTile &tile) { return QVariant(tile.ageText); }}},
          [](const FlagTile &tile) { return tile.name; }, parent)
{
}

void FlagsModel::replace(std::vector<FlagTile> flags)
{
    setRows(std::move(flags));
    Q_EMIT changed();
}

} // namespace orchestra
