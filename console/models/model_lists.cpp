// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/model_lists.h"

#include "console/models/texts.h"

#include <algorithm>
#include <set>

namespace orchestra {
namespace {

bool isRefused(const std::optional<wire::BreakerState> &state)
{
    return state == wire::BreakerState::Open || state == wire::BreakerState::ForcedOpen;
}

/// State and status of something that is called behind a breaker.
std::pair<QString, int> stateOf(const std::optional<std::string> &trouble,
                                const std::optional<wire::BreakerState> &breaker, const QString &well, int wellStatus)
{
    if (trouble)
        return {ModelsModel::tr("Does not answer"), Health::Bad};
    if (isRefused(breaker))
        return {ModelsModel::tr("Refused by its breaker"), Health::Bad};
    if (breaker == wire::BreakerState::HalfOpen)
        return {ModelsModel::tr("On probation"), Health::Warn};
    return {well, wellStatus};
}

QString abilitiesOf(const wire::ModelRow &row)
{
    QStringList parts;
    if (!row.parameters.empty())
        parts << texts::line(row.parameters);
    if (!row.canChat)
        parts << ModelsModel::tr("no chat");
    if (row.canUseTools)
        parts << ModelsModel::tr("tools");
    if (row.canThink)
        parts << ModelsModel::tr("thinks");
    if (row.contextTokens > 0)
        parts << ModelsModel::tr("%1 tokens of context").arg(texts::count(row.contextTokens));
    parts << texts::line(row.url);
    return parts.join(QStringLiteral(", "));
}

ModelLine lineOf(const std::string &key, const wire::ModelRow &row)
{
    ModelLine line;
    line.key = QString::fromStdString(key);
    line.name = row.model.empty() ? texts::line(row.server)
                                  : ModelsModel::tr("%1/%2").arg(texts::line(row.server), texts::line(row.model));
    const bool isEmpty = row.model.empty();
    const auto [state, status] =
        stateOf(row.trouble, row.breakerState, isEmpty ? ModelsModel::tr("Has no model") : ModelsModel::tr("Answers"),
                isEmpty ? Health::Warn : Health::Ok);
    line.stateText = state;
    line.status = status;
    line.detailText = row.trouble ? texts::line(*row.trouble) : abilitiesOf(row);
    if (row.firstTokenMs)
        line.firstTokenText = ModelsModel::tr("first token %1").arg(texts::duration(*row.firstTokenMs));
    else if (!isEmpty && row.canChat)
        line.firstTokenText = ModelsModel::tr("not measured");
    if (row.errorRate >= 0.005)
        line.loadText = ModelsModel::tr("%1 % failed").arg(texts::number(row.errorRate * 100, 0));
    else if (row.inFlight > 0)
        line.loadText = ModelsModel::tr("%1 at work").arg(texts::count(row.inFlight));
    line.breaker = texts::line(row.breaker);
    QStringList words{line.name, line.stateText, line.detailText, line.firstTokenText, line.loadText};
    words.removeAll(QString());
    line.spoken = words.join(QStringLiteral(", "));
    return line;
}

ToolRowLine lineOf(const std::string &key, const wire::ToolRow &row)
{
    ToolRowLine line;
    line.key = QString::fromStdString(key);
    line.name = texts::line(row.name);
    line.serverText = texts::line(row.server);
    line.target = QString::fromStdString(row.target);
    const auto [state, status] = row.changed
                                     ? std::pair<QString, int>{ToolsModel::tr("Changed, waits for a yes"), Health::Warn}
                                     : stateOf(row.trouble, row.breakerState, ToolsModel::tr("Ready"), Health::Ok);
    line.stateText = state;
    line.status = status;
    line.detailText = row.trouble ? texts::line(*row.trouble) : texts::line(row.description);
    line.roleText = row.changes ? ToolsModel::tr("%1, asks first").arg(texts::line(row.role)) : texts::line(row.role);
    if (row.calls > 0)
        line.callsText =
            row.failures > 0
                ? ToolsModel::tr("%1 calls, %2 failed").arg(texts::count(row.calls), texts::count(row.failures))
                : ToolsModel::tr("%1 calls").arg(texts::count(row.calls));
    QStringList words{line.name, line.serverText, line.stateText, line.detailText, line.roleText, line.callsText};
    words.removeAll(QString());
    line.spoken = words.join(QStringLiteral(", "));
    return line;
}

} // namespace

ModelsModel::ModelsModel(QObject *parent)
    : RowModel(
          {{"key", [](const ModelLine &line) { return QVariant(line.key); }},
           {"name", [](const ModelLine &line) { return QVariant(line.name); }},
           {"stateText", [](const ModelLine &line) { return QVariant(line.stateText); }},
           {"status", [](const ModelLine &line) { return QVariant(line.status); }},
           {"detailText", [](const ModelLine &line) { return QVariant(line.detailText); }},
           {"firstTokenText", [](const ModelLine &line) { return QVariant(line.firstTokenText); }},
           {"loadText", [](const ModelLine &line) { return QVariant(line.loadText); }},
           {"spoken", [](const ModelLine &line) { return QVariant(line.spoken); }},
           {"clickable", [](const ModelLine &line) { return QVariant(!line.breaker.isEmpty()); }}},
          [](const ModelLine &line) { return line.key; }, parent)
{
}

void ModelsModel::replace(std::vector<ModelLine> models, const QString &summary)
{
    setRows(std::move(models));
    summary_ = summary;
    Q_EMIT changed();
}

void ModelsModel::open(int row)
{
    if (row >= 0 && row < rowCount() && !at(row).breaker.isEmpty())
        Q_EMIT opened(at(row).breaker);
}

ToolsModel::ToolsModel(QObject *parent)
    : RowModel(
          {{"key", [](const ToolRowLine &line) { return QVariant(line.key); }},
           {"name", [](const ToolRowLine &line) { return QVariant(line.name); }},
           {"serverText", [](const ToolRowLine &line) { return QVariant(line.serverText); }},
           {"stateText", [](const ToolRowLine &line) { return QVariant(line.stateText); }},
           {"status", [](const ToolRowLine &line) { return QVariant(line.status); }},
           {"detailText", [](const ToolRowLine &line) { return QVariant(line.detailText); }},
           {"roleText", [](const ToolRowLine &line) { return QVariant(line.roleText); }},
           {"callsText", [](const ToolRowLine &line) { return QVariant(line.callsText); }},
           {"spoken", [](const ToolRowLine &line) { return QVariant(line.spoken); }},
           {"clickable", [](const ToolRowLine &line) { return QVariant(!line.target.isEmpty()); }}},
          [](const ToolRowLine &line) { return line.key; }, parent)
{
}

void ToolsModel::replace(std::vector<ToolRowLine> tools, const QString &summary)
{
    setRows(std::move(tools));
    summary_ = summary;
    Q_EMIT changed();
}

void ToolsModel::open(int row)
{
    if (row >= 0 && row < rowCount() && !at(row).target.isEmpty())
        Q_EMIT opened(at(row).target);
}

std::vector<ModelLine> modelLines(const Mirror::Table<wire::ModelRow> &models, bool faultsOnly)
{
    std::vector<ModelLine> lines;
    for (const auto &[key, row] : models) {
        ModelLine line = lineOf(key, row);
        if (!faultsOnly || line.status > Health::Ok)
            lines.push_back(std::move(line));
    }
    return lines;
}

QString modelsSummary(const Mirror::Table<wire::ModelRow> &models)
{
    if (models.empty())
        return ModelsModel::tr("There is no model server.");
    std::set<std::string> servers;
    std::set<std::string> silent;
    int count = 0;
    for (const auto &[key, row] : models) {
        servers.insert(row.server);
        if (row.trouble)
            silent.insert(row.server);
        count += row.model.empty() ? 0 : 1;
    }
    QString text = count == 1 ? ModelsModel::tr("1 model") : ModelsModel::tr("%1 models").arg(count);
    if (servers.size() > 1)
        text = ModelsModel::tr("%1 on %2 servers").arg(text).arg(servers.size());
    if (!silent.empty())
        text = silent.size() == 1 ? ModelsModel::tr("%1; %2 does not answer").arg(text, texts::line(*silent.begin()))
                                  : ModelsModel::tr("%1; %2 servers do not answer").arg(text).arg(silent.size());
    return text;
}

std::vector<ToolRowLine> toolLines(const Mirror::Table<wire::ToolRow> &tools, bool faultsOnly)
{
    std::vector<ToolRowLine> lines;
    for (const auto &[key, row] : tools) {
        ToolRowLine line = lineOf(key, row);
        if (!faultsOnly || line.status > Health::Ok)
            lines.push_back(std::move(line));
    }
    return lines;
}

QString toolsSummary(const Mirror::Table<wire::ToolRow> &tools)
{
    std::set<std::string> servers;
    for (const auto &[key, row] : tools)
        servers.insert(row.server);
    QString text = tools.size() == 1 ? ToolsModel::tr("1 tool") : ToolsModel::tr("%1 tools").arg(tools.size());
    if (servers.size() > 1)
        text = ToolsModel::tr("%1 of %2 servers").arg(text).arg(servers.size());
    const auto changed = std::ranges::count_if(tools, [](const auto &entry) { return entry.second.changed; });
    return changed == 0 ? text : ToolsModel::tr("%1, %2 changed").arg(text).arg(changed);
}

} // namespace orchestra
