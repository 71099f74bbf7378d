// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "qml/ui/time_scale.h"
#include "qml/ui/time_series.h"

#include <QtQml/qqmlregistration.h>

#include <QAbstractListModel>
#include <QList>
#include <QStringList>

namespace orchestra::ui {

/// The points of a chart as rows, newest first: what a reader who cannot see the picture reads instead.
class SeriesTable : public QAbstractListModel
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(bool active READ active WRITE setActive NOTIFY activeChanged)
    Q_PROPERTY(orchestra::ui::TimeScale *scale MEMBER scale_ NOTIFY scaleChanged)
    Q_PROPERTY(QStringList heads READ heads NOTIFY seriesChanged)

public:
    enum Role {
        TimeText = Qt::UserRole + 1, ///< "14:03:22"
        Values,                      ///< one text a series, "—" where nothing was measured
        Spoken,                      ///< the row as one sentence
    };

    explicit SeriesTable(QObject *parent = nullptr)
        : QAbstractListModel(parent)
    {
    }

    /// Off, it has no rows and does no work.
    [[nodiscard]] bool active() const { return active_; }
    void setActive(bool active);
    /// Adds a column; the rows are those of the first series.
    Q_INVOKABLE void add(orchestra::ui::TimeSeries *series);
    /// The time, then the names of the series.
    [[nodiscard]] QStringList heads() const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void activeChanged();
    void seriesChanged();
    void scaleChanged();

private:
    void follow();

    QList<TimeSeries *> series_;
    TimeScale *scale_ = nullptr;
    bool active_ = false;
    QList<QPointF> rows_; ///< the first series as the view knows it, oldest first
};

} // namespace orchestra::ui
