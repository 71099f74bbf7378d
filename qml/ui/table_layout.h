// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "qml/ui/data_column.h"

#include <QtQml/qqmlregistration.h>

#include <QList>
#include <QObject>
#include <QQmlListProperty>

namespace orchestra::ui {

/// Widths of the columns of a DataTable, in the order of the columns; a hidden one is 0 wide.
/// The columns must be in the order of their sections, because the view shows the sections of the model in that order.
class TableLayout : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(QQmlListProperty<orchestra::ui::DataColumn> columns READ columns NOTIFY columnsChanged)
    Q_PROPERTY(int count READ count NOTIFY columnsChanged)
    Q_PROPERTY(QList<int> hidden READ hidden WRITE setHidden NOTIFY hiddenChanged)
    Q_PROPERTY(qreal room READ room WRITE setRoom NOTIFY roomChanged)
    Q_PROPERTY(qreal scale READ scale WRITE setScale NOTIFY scaleChanged)
    Q_PROPERTY(QList<int> widths READ widths NOTIFY changed)
    Q_PROPERTY(int leading READ leading NOTIFY changed)
    Q_PROPERTY(int trailing READ trailing NOTIFY changed)
    Q_PROPERTY(qreal total READ total NOTIFY changed)
    Q_CLASSINFO("DefaultProperty", "columns")

public:
    explicit TableLayout(QObject *parent = nullptr)
        : QObject(parent)
    {
    }

    [[nodiscard]] QQmlListProperty<DataColumn> columns();
    [[nodiscard]] int count() const { return int(columns_.size()); }
    /// Sections that are not shown.
    [[nodiscard]] const QList<int> &hidden() const { return hidden_; }
    void setHidden(const QList<int> &hidden);
    /// Pixels for all columns together.
    [[nodiscard]] qreal room() const { return room_; }
    void setRoom(qreal room);
    /// The text scale.
    [[nodiscard]] qreal scale() const { return scale_; }
    void setScale(qreal scale);

    [[nodiscard]] const QList<int> &widths() const { return widths_; }
    /// Section of the first column that is shown, -1 if none is.
    [[nodiscard]] int leading() const;
    /// Section of the last column that is shown, -1 if none is.
    [[nodiscard]] int trailing() const;
    [[nodiscard]] qreal total() const;

    Q_INVOKABLE orchestra::ui::DataColumn *at(int position) const;
    Q_INVOKABLE orchestra::ui::DataColumn *ofSection(int section) const;
    Q_INVOKABLE int widthOf(int section) const;
    Q_INVOKABLE int widthAt(int position) const { return widths_.value(position); }
    Q_INVOKABLE bool shows(int section) const { return widthOf(section) > 0; }
    /// `hidden` with this section taken out or put in; at least one column always stays.
    Q_INVOKABLE QList<int> toggled(int section) const;

Q_SIGNALS:
    void columnsChanged();
    void hiddenChanged();
    void roomChanged();
    void scaleChanged();
    void changed();

private:
    void update();
    [[nodiscard]] qsizetype positionOf(int section) const;
    void append(DataColumn *column);

    QList<DataColumn *> columns_;
    QList<int> hidden_;
    qreal room_ = 0;
    qreal scale_ = 1;
    QList<int> widths_;
};

} // namespace orchestra::ui
