// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/series_feed.h"

#include <QObject>
#include <QStringList>
#include <QtQml/qqmlregistration.h>

namespace orchestra {

/// Time by latency, counted: a column a moment, a row a range of milliseconds. Lives on: gui.
class HeatGrid : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(int columns READ columns NOTIFY changed)
    Q_PROPERTY(int rows READ rows CONSTANT)
    Q_PROPERTY(QList<qreal> cells READ cells NOTIFY changed)
    Q_PROPERTY(QStringList rowLabels READ rowLabels CONSTANT)
    Q_PROPERTY(QString maximumText READ maximumText NOTIFY changed)

public:
    explicit HeatGrid(QObject *parent)
        : QObject(parent)
    {
    }

    int columns() const { return columns_; }
    int rows() const;
    /// Column by column, oldest first; within a column the slowest first. 0..1 of the maximum, NaN without data.
    QList<qreal> cells() const { return cells_; }
    QStringList rowLabels() const;
    QString maximumText() const;

    /// Sums what was counted in each of the columns that span the range.
    void fill(const SeriesFeed &feed, qreal fromMs, qreal toMs);

Q_SIGNALS:
    void changed();

private:
    int columns_ = 0;
    qreal maximum_ = 0;
    QList<qreal> cells_;
};

} // namespace orchestra
