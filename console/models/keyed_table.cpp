// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/keyed_table.h"

#include "console/models/health.h"

#include <QFile>

#include <algorithm>

namespace orchestra {

int KeyedTable::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : rowTotal();
}

QHash<int, QByteArray> KeyedTable::roleNames() const
{
    return {{Qt::DisplayRole, "display"},
            {CellStatusRole, "cellStatus"},
            {FractionRole, "fraction"},
            {KeyRole, "key"},
            {CurrentRole, "current"},
            {MarkedRole, "marked"},
            {GoneRole, "gone"},
            {PendingTextRole, "pendingText"},
            {DimRole, "dim"},
            {SpokenRole, "spoken"}};
}

/// What a row says that is on its way from the server.
QVariant KeyedTable::placeholder(int role)
{
    switch (role) {
    case CellStatusRole:
        return Health::Pending;
    case FractionRole:
        return qQNaN();
    case CurrentRole:
    case MarkedRole:
    case GoneRole:
    case DimRole:
        return false;
    case Qt::DisplayRole:
    case KeyRole:
    case PendingTextRole:
    case SpokenRole:
        return QString();
    default:
        return {};
    }
}

QVariant KeyedTable::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const QString &key = keys_[static_cast<std::size_t>(index.row())];
    if (key.isEmpty())
        return placeholder(role);
    switch (role) {
    case Qt::DisplayRole:
        return cellText(key, index.column());
    case CellStatusRole:
        return cellStatus(key, index.column());
    case FractionRole:
        return cellFraction(key, index.column());
    case KeyRole:
        return key;
    case CurrentRole:
        return key == currentKey_;
    case MarkedRole:
        return marked_.contains(key);
    case GoneRole:
        return gone_.contains(key);
    case PendingTextRole:
        return pendingText(key);
    case DimRole:
        return isDim(key, index.column());
    case SpokenRole:
        return spoken(key);
    default:
        return {};
    }
}

void KeyedTable::sort(int column, Qt::SortOrder order)
{
    if (column < 0 || column >= columnCount())
        return;
    sortColumn_ = column;
    descending_ = order == Qt::DescendingOrder;
    Q_EMIT sortChanged();
    // An explicit wish is followed also while frozen: the person asked for this very order.
    apply(sorted());
}

void KeyedTable::setSortColumn(int column)
{
    if (column != sortColumn_)
        sort(column, descending_ ? Qt::DescendingOrder : Qt::AscendingOrder);
}

void KeyedTable::setSortDescending(bool descending)
{
    if (descending != descending_)
        sort(sortColumn_, descending ? Qt::DescendingOrder : Qt::AscendingOrder);
}

std::vector<QString> KeyedTable::sorted() const
{
    struct Entry
    {
        SortValue value;
        QString key;
    };
    std::vector<Entry> entries;
    for (QString &key : wantedKeys()) {
        SortValue value = sortValue(key, sortColumn_);
        entries.push_back({std::move(value), std::move(key)});
    }
    const auto less = [](const Entry &a, const Entry &b) {
        if (a.value.number != b.value.number)
            return a.value.number < b.value.number;
        if (const int order = QString::compare(a.value.text, b.value.text, Qt::CaseInsensitive); order != 0)
            return order < 0;
        return false;
    };
    // Keys first, so that equal rows keep one order in both directions.
    std::ranges::sort(entries, {}, &Entry::key);
    std::ranges::stable_sort(entries,
                             [&](const Entry &a, const Entry &b) { return descending_ ? less(b, a) : less(a, b); });
    std::vector<QString> keys(static_cast<std::size_t>(rowsBefore()));
    for (Entry &entry : entries)
        keys.push_back(std::move(entry.key));
    keys.resize(keys.size() + static_cast<std::size_t>(rowsBehind()));
    return keys;
}

int KeyedTable::rowsHere(const std::vector<QString> &keys)
{
    return static_cast<int>(std::ranges::count_if(keys, [](const QString &key) { return !key.isEmpty(); }));
}

void KeyedTable::refresh()
{
    std::vector<QString> keys = sorted();
    // Of a window of the server's rows nothing is held: what has been scrolled to must come.
    const bool isWindow = static_cast<int>(keys.size()) != rowsHere(keys) || rows_.size() != rowTotal();
    if (frozen_ && !isWindow && !keys_.empty())
        hold(keys);
    else
        apply(std::move(keys));
    Q_EMIT totalsChanged();
}

void KeyedTable::hold(const std::vector<QString> &keys)
{
    const QSet<QString> wanted(keys.begin(), keys.end());
    gone_.clear();
    for (const QString &key : keys_) {
        if (!key.isEmpty() && !wanted.contains(key))
            gone_.insert(key);
    }
    // Rows that come, go, or change places among those that stay: one new row on top is one change, not one for each
    // row.
    int moves = static_cast<int>(gone_.size());
    std::vector<int> tails; // of increasing runs of old rows, by length: the longest run need not move
    int kept = 0;
    for (const QString &key : keys) {
        if (key.isEmpty()) // on its way from the server, as it may have been before
            continue;
        const int row = rows_.value(key, -1);
        if (row < 0) {
            ++moves;
            continue;
        }
        ++kept;
        const auto tail = std::ranges::lower_bound(tails, row);
        if (tail == tails.end())
            tails.push_back(row);
        else
            *tail = row;
    }
    moves += kept - static_cast<int>(tails.size());
    if (moves != heldMoves_) {
        heldMoves_ = moves;
        Q_EMIT heldMovesChanged();
    }
    valuesChanged();
}

void KeyedTable::removeMissing(const QSet<QString> &wanted)
{
    for (int last = rowTotal() - 1; last >= 0;) {
        if (wanted.contains(keys_[static_cast<std::size_t>(last)])) {
            --last;
            continue;
        }
        int first = last;
        while (first > 0 && !wanted.contains(keys_[static_cast<std::size_t>(first - 1)]))
            --first;
        beginRemoveRows({}, first, last);
        keys_.erase(keys_.begin() + first, keys_.begin() + last + 1);
        rebuildRows();
        endRemoveRows();
        last = first - 1;
    }
}

void KeyedTable::apply(std::vector<QString> keys)
{
    gone_.clear();
    const QSet<QString> wanted(keys.begin(), keys.end());
    const bool isWindow = wanted.contains(QString()) || rows_.size() != rowTotal();
    const int rowBefore = currentRow();
    if (isWindow) // rows that are not here cannot be told apart: only how many there are matters
        resize(static_cast<int>(keys.size()));
    else
        exchange(keys, wanted);
    reorder(std::move(keys));
    if (heldMoves_ != 0) {
        heldMoves_ = 0;
        Q_EMIT heldMovesChanged();
    }
    if (marked_.removeIf([&](const QString &key) { return !wanted.contains(key); }) > 0)
        Q_EMIT marksChanged();
    if (awaitedRow_ >= rowTotal())
        awaitedRow_ = -1;
    if (awaitedRow_ >= 0 && !keyAt(awaitedRow_).isEmpty())
        setCurrentKey(keyAt(awaitedRow_));
    else if (currentRow() != rowBefore)
        Q_EMIT currentChanged();
    valuesChanged();
}

void KeyedTable::resize(int rows)
{
    if (rows > rowTotal()) {
        beginInsertRows({}, rowTotal(), rows - 1);
        keys_.resize(static_cast<std::size_t>(rows));
        endInsertRows();
    } else if (rows < rowTotal()) {
        beginRemoveRows({}, rows, rowTotal() - 1);
        keys_.resize(static_cast<std::size_t>(rows));
        rebuildRows();
        endRemoveRows();
    }
}

void KeyedTable::exchange(const std::vector<QString> &keys, const QSet<QString> &wanted)
{
    removeMissing(wanted);
    const std::size_t fresh = keys.size() - keys_.size();
    if (fresh == 0)
        return;
    beginInsertRows({}, rowTotal(), static_cast<int>(keys.size()) - 1);
    for (const QString &key : keys) {
        if (!rows_.contains(key))
            keys_.push_back(key);
    }
    rebuildRows();
    endInsertRows();
}

void KeyedTable::valuesChanged()
{
    if (keys_.empty())
        return;
    static const QList<int> roles{Qt::DisplayRole, CellStatusRole, FractionRole, GoneRole,
                                  PendingTextRole, DimRole,        SpokenRole};
    Q_EMIT dataChanged(index(0, 0), index(rowTotal() - 1, columnCount() - 1), roles);
}

void KeyedTable::reorder(std::vector<QString> keys)
{
    if (keys == keys_)
        return;
    Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    QStringList beforeKeys;
    for (const QModelIndex &at : before)
        beforeKeys << keys_[static_cast<std::size_t>(at.row())];
    keys_ = std::move(keys);
    rebuildRows();
    QModelIndexList after;
    for (qsizetype i = 0; i < before.size(); ++i) {
        const int row = rows_.value(beforeKeys[i], -1);
        after << (row < 0 ? QModelIndex() : index(row, before[i].column()));
    }
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

void KeyedTable::rebuildRows()
{
    rows_.clear();
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        if (!keys_[i].isEmpty())
            rows_.insert(keys_[i], static_cast<int>(i));
    }
}

void KeyedTable::touch(const QStringList &keys, const QList<int> &roles)
{
    int first = rowTotal();
    int last = -1;
    for (const QString &key : keys) {
        const int row = rows_.value(key, -1);
        first = row < 0 ? first : std::min(first, row);
        last = std::max(last, row);
    }
    // One signal for the range: a view looks only at what it shows of it.
    if (last >= 0)
        Q_EMIT dataChanged(index(first, 0), index(last, columnCount() - 1), roles);
}

void KeyedTable::setFrozen(bool frozen)
{
    if (frozen == frozen_)
        return;
    frozen_ = frozen;
    Q_EMIT frozenChanged();
    if (!frozen_)
        apply(sorted());
}

int KeyedTable::currentRow() const
{
    return currentKey_.isEmpty() ? awaitedRow_ : rows_.value(currentKey_, -1);
}

void KeyedTable::setCurrentKey(const QString &key)
{
    const bool wasAwaited = std::exchange(awaitedRow_, -1) >= 0;
    if (key == currentKey_) {
        if (wasAwaited)
            Q_EMIT currentChanged();
        return;
    }
    const QStringList both{currentKey_, key};
    currentKey_ = key;
    touch(both, {CurrentRole});
    Q_EMIT currentChanged();
}

void KeyedTable::select(int row)
{
    setCurrentKey(keyAt(row));
    if (!currentKey_.isEmpty() || row < 0 || row >= rowTotal())
        return;
    // It is on its way from the server; until then the place is chosen.
    awaitedRow_ = row;
    Q_EMIT currentChanged();
}

void KeyedTable::toggleMark(int row)
{
    const QString key = keyAt(row);
    if (key.isEmpty())
        return;
    if (!marked_.remove(key))
        marked_.insert(key);
    touch({key}, {MarkedRole});
    Q_EMIT marksChanged();
}

void KeyedTable::markRange(int from, int to)
{
    QStringList touched;
    for (int row = std::min(from, to); row <= std::max(from, to); ++row) {
        const QString key = keyAt(row);
        if (key.isEmpty())
            continue;
        marked_.insert(key);
        touched << key;
    }
    touch(touched, {MarkedRole});
    Q_EMIT marksChanged();
}

void KeyedTable::markAll()
{
    markRange(0, rowTotal() - 1);
}

void KeyedTable::clearMarks()
{
    const QStringList touched = marked_.values();
    marked_.clear();
    touch(touched, {MarkedRole});
    Q_EMIT marksChanged();
}

QString KeyedTable::keyAt(int row) const
{
    return row >= 0 && row < rowTotal() ? keys_[static_cast<std::size_t>(row)] : QString();
}

int KeyedTable::rowOf(const QString &key) const
{
    return rows_.value(key, -1);
}

void KeyedTable::viewport(int first, int last)
{
    Q_EMIT viewportChanged(std::max(0, first), std::min(last, rowTotal() - 1));
}

QStringList KeyedTable::chosenKeys() const
{
    QStringList out;
    for (const QString &key : keys_) {
        if (marked_.contains(key))
            out << key;
    }
    if (out.isEmpty() && rows_.contains(currentKey_))
        out << currentKey_;
    return out;
}

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
