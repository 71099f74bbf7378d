// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QHash>

#include <algorithm>
#include <functional>
#include <vector>

namespace orchestra {

/// A list model over plain rows: each role is named once, with the function that reads it. setRows() keeps the identity
/// of rows by key, so that selection, scroll and running animations of a view survive. Lives on: gui.
template <class Row>
class RowModel : public QAbstractListModel
{
public:
    struct Role
    {
        QByteArray name;
        QVariant (*read)(const Row &);
    };

    int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : static_cast<int>(rows_.size());
    }

    QVariant data(const QModelIndex &index, int role) const override
    {
        const int field = role - Qt::UserRole - 1;
        if (!checkIndex(index, CheckIndexOption::IndexIsValid) || field < 0 || field >= static_cast<int>(roles_.size()))
            return {};
        return roles_[static_cast<std::size_t>(field)].read(rows_[static_cast<std::size_t>(index.row())]);
    }

    QHash<int, QByteArray> roleNames() const override
    {
        QHash<int, QByteArray> names;
        for (std::size_t i = 0; i < roles_.size(); ++i)
            names.insert(Qt::UserRole + 1 + static_cast<int>(i), roles_[i].name);
        return names;
    }

    const std::vector<Row> &rows() const { return rows_; }

protected:
    /// `key` tells rows apart; two rows of one list never share a key.
    RowModel(std::vector<Role> roles, std::function<QString(const Row &)> key, QObject *parent)
        : QAbstractListModel(parent)
        , roles_(std::move(roles))
        , key_(std::move(key))
    {
    }

    /// Makes the list equal to `rows` with as few changes as their keys allow.
    void setRows(std::vector<Row> rows)
    {
        QHash<QString, int> wanted;
        for (const Row &row : rows)
            wanted.insert(key_(row), 0);
        for (int i = static_cast<int>(rows_.size()) - 1; i >= 0; --i) {
            if (!wanted.contains(key_(rows_[static_cast<std::size_t>(i)])))
                removeAt(i);
        }
        for (std::size_t i = 0; i < rows.size(); ++i)
            place(static_cast<int>(i), std::move(rows[i]));
    }

    void removeAt(int row)
    {
        beginRemoveRows({}, row, row);
        rows_.erase(rows_.begin() + row);
        endRemoveRows();
    }

    void append(Row row)
    {
        const int at = static_cast<int>(rows_.size());
        beginInsertRows({}, at, at);
        rows_.push_back(std::move(row));
        endInsertRows();
    }

    void clearRows()
    {
        beginResetModel();
        rows_.clear();
        endResetModel();
    }

    Row &at(int row) { return rows_[static_cast<std::size_t>(row)]; }
    void touch(int row) { Q_EMIT dataChanged(index(row), index(row)); }
    void touchAll()
    {
        if (!rows_.empty())
            Q_EMIT dataChanged(index(0), index(static_cast<int>(rows_.size()) - 1));
    }

private:
    void place(int at, Row row)
    {
        const QString key = key_(row);
        int found = -1;
        for (int i = at; i < static_cast<int>(rows_.size()) && found < 0; ++i) {
            if (key_(rows_[static_cast<std::size_t>(i)]) == key)
                found = i;
        }
        if (found < 0) {
            beginInsertRows({}, at, at);
            rows_.insert(rows_.begin() + at, std::move(row));
            endInsertRows();
            return;
        }
        if (found != at) {
            beginMoveRows({}, found, found, {}, at);
            std::rotate(rows_.begin() + at, rows_.begin() + found, rows_.begin() + found + 1);
            endMoveRows();
        }
        if (!(rows_[static_cast<std::size_t>(at)] == row)) {
            rows_[static_cast<std::size_t>(at)] = std::move(row);
            touch(at);
        }
    }

    const std::vector<Role> roles_;
    const std::function<QString(const Row &)> key_;
    std::vector<Row> rows_;
};

} // namespace orchestra
