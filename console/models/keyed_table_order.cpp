// SPDX-License-Identifier: GPL-3.0-or-later
// Which rows there are and in which order; what is held while somebody reads.
#include "console/models/keyed_table.h"

#include <algorithm>

namespace orchestra {

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

} // namespace orchestra
