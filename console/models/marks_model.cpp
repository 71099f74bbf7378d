// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/marks_model.h"

#include "console/models/texts.h"

#include <algorithm>

namespace orchestra {

MarksModel::MarksModel(QObject *parent)
    : RowModel(
          {{"atMs", [](const Mark &mark) { return QVariant(mark.atMs); }},
           {"markText", [](const Mark &mark) { return QVariant(mark.text); }},
           {"status", [](const Mark &mark) { return QVariant(mark.status); }},
           {"target", [](const Mark &mark) { return QVariant(mark.target); }}},
          [](const Mark &mark) { return QString::number(mark.atMs, 'f', 0) + mark.text; }, parent)
{
}

void MarksModel::take(const wire::OverviewRow &row, qreal fromMs, qreal toMs)
{
    std::vector<Mark> marks;
    const auto add = [&](WallMs at, const QString &text, int status) {
        const auto ms = static_cast<qreal>(at);
        if (ms >= fromMs && ms <= toMs)
            marks.push_back({ms, text, status, {}});
    };
    add(row.startedAt.ms, tr("started"), Health::Idle);
    for (const wire::ChangeRow &change : row.changes) {
        const bool isTrip = change.after == "open" || change.after == "forced_open";
        add(change.at.ms, tr("%1 %2").arg(texts::line(change.what), texts::line(change.after)),
            isTrip ? Health::Bad : Health::Idle);
    }
    std::ranges::sort(marks, {}, &Mark::atMs);
    const auto [first, last] = std::ranges::unique(marks);
    marks.erase(first, last);
    setRows(std::move(marks));
}

} // namespace orchestra
