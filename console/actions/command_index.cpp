// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/actions/command_index.h"

#include <algorithm>

namespace orchestra {
namespace {

constexpr qsizetype kRecent = 20;

QString riskWord(int risk)
{
    switch (risk) {
    case 2:
        return CommandIndex::tr("disruptive");
    case 3:
        return CommandIndex::tr("grave");
    default:
        return {};
    }
}

} // namespace

CommandIndex::CommandIndex(QObject *parent)
    : RowModel(
          {{"key", [](const PaletteEntry &entry) { return QVariant(entry.key); }},
           {"glyph", [](const PaletteEntry &entry) { return QVariant(entry.glyph); }},
           {"title", [](const PaletteEntry &entry) { return QVariant(entry.title); }},
           {"detail", [](const PaletteEntry &entry) { return QVariant(entry.detail); }},
           {"keysText", [](const PaletteEntry &entry) { return QVariant(entry.keysText); }},
           {"risk", [](const PaletteEntry &entry) { return QVariant(entry.risk); }},
           {"riskText", [](const PaletteEntry &entry) { return QVariant(riskWord(entry.risk)); }},
           {"available", [](const PaletteEntry &entry) { return QVariant(entry.reason.isEmpty()); }},
           {"reason", [](const PaletteEntry &entry) { return QVariant(entry.reason); }},
           {"spoken",
            [](const PaletteEntry &entry) {
                return QVariant(QStringList{entry.title, entry.detail, riskWord(entry.risk), entry.reason}.join(
                    QStringLiteral(", ")));
            }}},
          [](const PaletteEntry &entry) { return entry.key; }, parent)
{
}

int CommandIndex::score(const QString &query, const QString &text)
{
    if (query.isEmpty())
        return 1;
    const qsizetype at = text.indexOf(query, 0, Qt::CaseInsensitive);
    if (at == 0)
        return 400;
    if (at > 0)
        return text[at - 1].isLetterOrNumber() ? 200 : 300;
    // Letters in order, each gap costing a little.
    int gaps = 0;
    qsizetype last = -1;
    for (const QChar c : query) {
        if (c.isSpace())
            continue;
        const qsizetype found = text.indexOf(c, last + 1, Qt::CaseInsensitive);
        if (found < 0)
            return 0;
        gaps += found > last + 1 ? 1 : 0;
        last = found;
    }
    return gaps > 6 ? 0 : 100 - gaps;
}

void CommandIndex::rebuild()
{
    QString words = query_;
    const QChar prefix = words.isEmpty() ? QChar() : words.front();
    const bool onlyCommands = prefix == QLatin1Char('>');
    const bool onlyEntities = prefix == QLatin1Char('@');
    if (onlyCommands || onlyEntities)
        words.remove(0, 1);
    words = words.trimmed();

    struct Ranked
    {
        int score = 0;
        PaletteEntry entry;
    };
    std::vector<Ranked> ranked;
    sourceOf_.clear();
    for (std::size_t source = 0; source < sources_.size(); ++source) {
        for (PaletteEntry &entry : sources_[source].entries()) {
            if ((onlyCommands && entry.kind != PaletteEntry::Command) ||
                (onlyEntities && entry.kind != PaletteEntry::Entity))
                continue;
            int points = std::max(score(words, entry.title), score(words, entry.detail) / 2);
            if (points == 0)
                continue;
            const qsizetype used = recent_.indexOf(entry.key);
            points =
                points * 100 + (used < 0 ? 0 : static_cast<int>(kRecent - used)) - (entry.reason.isEmpty() ? 0 : 5000);
            sourceOf_.insert(entry.key, source);
            ranked.push_back({points, std::move(entry)});
        }
    }
    std::ranges::stable_sort(ranked, std::greater(), &Ranked::score);
    std::vector<PaletteEntry> rows;
    for (Ranked &row : ranked) {
        if (rows.size() < kShown)
            rows.push_back(std::move(row.entry));
    }
    setRows(std::move(rows));
    setCurrentRow(0);
    Q_EMIT queryChanged();
}

void CommandIndex::setQuery(const QString &query)
{
    if (query == query_)
        return;
    query_ = query;
    rebuild();
}

void CommandIndex::setCurrentRow(int row)
{
    currentRow_ = qBound(0, row, std::max(0, rowCount() - 1));
    Q_EMIT currentChanged();
}

bool CommandIndex::run(int row)
{
    if (row < 0 || row >= rowCount() || !at(row).reason.isEmpty())
        return false;
    const QString key = at(row).key;
    recent_.removeAll(key);
    recent_.prepend(key);
    if (recent_.size() > kRecent)
        recent_.removeLast();
    sources_[sourceOf_.value(key)].run(key);
    return true;
}

void CommandIndex::complete(int row)
{
    if (row >= 0 && row < rowCount())
        setQuery(at(row).title);
}

void CommandIndex::reset()
{
    query_.clear();
    rebuild();
}

} // namespace orchestra
