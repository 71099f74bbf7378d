// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/keyed_table.h"

#include "console/models/health.h"

#include <algorithm>
#include <utility>

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

} // namespace orchestra
