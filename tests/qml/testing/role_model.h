// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtQml/qqmlregistration.h>

#include <QAbstractListModel>
#include <QList>
#include <QStringList>
#include <QVariantMap>

namespace orchestra::testing {

/// A list model whose roles a test names and whose rows it fills; unlike ListModel it can hold points and other models.
/// Warns about a row that has not exactly these roles, so a stand-in cannot drift from what the screens were promised.
class RoleModel : public QAbstractListModel
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(QStringList names MEMBER names_ NOTIFY namesChanged)
    Q_PROPERTY(int count READ count NOTIFY countChanged)

public:
    explicit RoleModel(QObject *parent = nullptr)
        : QAbstractListModel(parent)
    {
    }

    [[nodiscard]] int count() const { return int(rows_.size()); }
    Q_INVOKABLE void append(const QVariantMap &row);
    Q_INVOKABLE void setProperty(int row, const QString &role, const QVariant &value);
    Q_INVOKABLE QVariantMap get(int row) const { return rows_.value(row); }
    Q_INVOKABLE void remove(int row);
    Q_INVOKABLE void clear();

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void namesChanged();
    void countChanged();

private:
    QStringList names_;
    QList<QVariantMap> rows_;
};

} // namespace orchestra::testing
