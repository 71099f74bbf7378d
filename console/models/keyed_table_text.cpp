// SPDX-License-Identifier: GPL-3.0-or-later
// The rows as text, for the clipboard and for files.
#include "console/models/keyed_table.h"

#include <QFile>

namespace orchestra {

QStringList KeyedTable::rowsAsText(const std::vector<int> &rows, QChar separator, bool quoted) const
{
    const auto cell = [quoted](QString text) {
        if (!quoted)
            return text;
        // A leading formula character would be run by a spreadsheet.
        if (!text.isEmpty() && QStringLiteral("=+-@").contains(text.front()))
            text.prepend(QLatin1Char('\''));
        return QLatin1Char('"') + text.replace(QLatin1Char('"'), QStringLiteral("\"\"")) + QLatin1Char('"');
    };
    QStringList lines;
    QStringList cells;
    for (int column = 0; column < columnCount(); ++column)
        cells << cell(columnTitle(column));
    lines << cells.join(separator);
    for (const int row : rows) {
        cells.clear();
        for (int column = 0; column < columnCount(); ++column)
            cells << cell(cellText(keys_[static_cast<std::size_t>(row)], column));
        lines << cells.join(separator);
    }
    return lines;
}

QString KeyedTable::chosenText() const
{
    std::vector<int> rows;
    for (const QString &key : chosenKeys())
        rows.push_back(rows_.value(key));
    return rowsAsText(rows, QLatin1Char('\t'), false).join(QLatin1Char('\n'));
}

bool KeyedTable::exportCsv(const QUrl &url) const
{
    QFile file(url.toLocalFile());
    if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate))
        return false;
    std::vector<int> rows;
    for (int row = 0; row < rowTotal(); ++row) {
        if (!keys_[static_cast<std::size_t>(row)].isEmpty())
            rows.push_back(row);
    }
    const QByteArray text = rowsAsText(rows, QLatin1Char(','), true).join(QStringLiteral("\r\n")).toUtf8() + "\r\n";
    return file.write(text) == text.size();
}

} // namespace orchestra
