// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/qml/testing/role_model.h"

#include <QPointF>

namespace orchestra::testing {

namespace {

template <class Value>
QVariant listOf(const QVariantList &list)
{
    QList<Value> values;
    for (const QVariant &one : list)
        values.append(one.value<Value>());
    return QVariant::fromValue(values);
}

/// Arrays of QML arrive as lists of variants; the roles of models are lists of one type.
QVariant typed(const QVariant &value)
{
    if (value.typeId() != QMetaType::QVariantList)
        return value;
    const QVariantList list = value.toList();
    if (list.isEmpty() || list.first().typeId() == QMetaType::QPointF)
        return listOf<QPointF>(list);
    return list.first().typeId() == QMetaType::QString ? listOf<QString>(list) : listOf<int>(list);
}

} // namespace

void RoleModel::append(const QVariantMap &row)
{
    for (auto it = row.begin(); it != row.end(); ++it) {
        if (!names_.contains(it.key()))
            qWarning("RoleModel: no role is called %s", qPrintable(it.key()));
    }
    QVariantMap kept;
    for (const QString &name : std::as_const(names_)) {
        if (!row.contains(name))
            qWarning("RoleModel: a row without %s", qPrintable(name));
        kept.insert(name, typed(row.value(name)));
    }
    const int at = count();
    beginInsertRows({}, at, at);
    rows_.append(kept);
    endInsertRows();
    Q_EMIT countChanged();
}

void RoleModel::setProperty(int row, const QString &role, const QVariant &value)
{
    const int at = int(names_.indexOf(role));
    if (at < 0 || row < 0 || row >= count()) {
        qWarning("RoleModel: no %s in row %d", qPrintable(role), row);
        return;
    }
    rows_[row].insert(role, typed(value));
    Q_EMIT dataChanged(index(row), index(row), {Qt::UserRole + 1 + at});
}

void RoleModel::remove(int row)
{
    beginRemoveRows({}, row, row);
    rows_.removeAt(row);
    endRemoveRows();
    Q_EMIT countChanged();
}

void RoleModel::clear()
{
    beginResetModel();
    rows_.clear();
    endResetModel();
    Q_EMIT countChanged();
}

int RoleModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant RoleModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    return rows_[index.row()].value(names_.value(role - Qt::UserRole - 1));
}

QHash<int, QByteArray> RoleModel::roleNames() const
{
    QHash<int, QByteArray> roles;
    for (int at = 0; at < names_.size(); ++at)
        roles.insert(Qt::UserRole + 1 + at, names_[at].toUtf8());
    return roles;
}

} // namespace orchestra::testing
