// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/qml/testing/row_model.h"

namespace orchestra::testing {

void RowModel::setFrozen(bool frozen)
{
    if (frozen_ == frozen)
        return;
    frozen_ = frozen;
    Q_EMIT frozenChanged();
    if (frozen_)
        return;
    for (const auto &[from, to] : std::exchange(held_, {}))
        moveNow(from, to);
    Q_EMIT heldMovesChanged();
}

int RowModel::heldMoves() const
{
    return int(held_.size());
}

void RowModel::add(const QString &key, const QStringList &cells, int status, qreal fraction)
{
    const int at = int(rows_.size());
    beginInsertRows({}, at, at);
    rows_.append({key, cells, status, fraction, false, {}});
    endInsertRows();
}

void RowModel::setCell(int row, int column, const QString &text)
{
    rows_[row].cells[column] = text;
    Q_EMIT dataChanged(index(row, column), index(row, column), {Qt::DisplayRole});
}

void RowModel::setMarked(int row, bool marked)
{
    rows_[row].marked = marked;
    Q_EMIT dataChanged(index(row, 0), index(row, columns_ - 1), {Marked});
}

void RowModel::setPending(int row, const QString &text)
{
    rows_[row].pending = text;
    Q_EMIT dataChanged(index(row, 0), index(row, columns_ - 1), {PendingText});
}

void RowModel::move(int from, int to)
{
    if (!frozen_) {
        moveNow(from, to);
        return;
    }
    held_.append({from, to});
    Q_EMIT heldMovesChanged();
}

void RowModel::moveNow(int from, int to)
{
    Q_EMIT layoutAboutToBeChanged();
    const QModelIndexList before = persistentIndexList();
    QStringList keys;
    for (const QModelIndex &old : before)
        keys.append(rows_[old.row()].key);
    rows_.move(from, to);
    QModelIndexList after;
    for (qsizetype at = 0; at < before.size(); ++at) {
        int row = 0;
        while (rows_[row].key != keys[at])
            ++row;
        after.append(index(row, before[at].column()));
    }
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged();
}

void RowModel::clear()
{
    beginResetModel();
    rows_.clear();
    endResetModel();
}

int RowModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(rows_.size());
}

int RowModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : columns_;
}

QVariant RowModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row &row = rows_[index.row()];
    const QString text = row.cells.value(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return text;
    case CellStatus:
        return index.column() == 0 || (index.column() == barColumn_ && row.fraction > 0.75) ? row.status : 0;
    case Fraction:
        return row.fraction;
    case Key:
        return row.key;
    case Marked:
        return row.marked;
    case Gone:
        return false;
    case Dim:
        return text == QLatin1String("0") || text == QLatin1String("0.0");
    case PendingText:
        return row.pending;
    default:
        return {};
    }
}

QHash<int, QByteArray> RowModel::roleNames() const
{
    return {{Qt::DisplayRole, "display"},
            {CellStatus, "cellStatus"},
            {Fraction, "fraction"},
            {Key, "key"},
            {Marked, "marked"},
            {Gone, "gone"},
            {Dim, "dim"},
            {PendingText, "pendingText"}};
}

} // namespace orchestra::testing
