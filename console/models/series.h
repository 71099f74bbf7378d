// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QObject>
#include <QPointF>
#include <QString>
#include <QtQml/qqmlregistration.h>

namespace orchestra {

/// One line of a chart: points over the visible range, at most 600, gaps as y = NaN. Lives on: gui.
class Series : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(QString name READ name CONSTANT)
    Q_PROPERTY(QList<QPointF> points READ points NOTIFY changed)
    Q_PROPERTY(qreal last READ last NOTIFY changed)
    Q_PROPERTY(QString lastText READ lastText NOTIFY changed)
    Q_PROPERTY(QString valueText READ valueText NOTIFY changed)
    Q_PROPERTY(qreal minimum READ minimum NOTIFY changed)
    Q_PROPERTY(qreal maximum READ maximum NOTIFY changed)

public:
    static constexpr qsizetype kMaxPoints = 600;

    /// `decimals` of the value in lastText.
    Series(QString name, int decimals, QObject *parent);

    QString name() const { return name_; }
    const QList<QPointF> &points() const { return points_; }
    qreal last() const;
    /// Name and last value; only the name when nothing was measured.
    QString lastText() const;
    /// The last value alone, for a chart that has no other line.
    QString valueText() const;
    qreal minimum() const { return minimum_; }
    qreal maximum() const { return maximum_; }

    /// Sorted by x; thinned to kMaxPoints by the mean of neighbours, where a gap stays a gap.
    void setPoints(QList<QPointF> points);

Q_SIGNALS:
    void changed();

private:
    const QString name_;
    const int decimals_;
    QList<QPointF> points_;
    qreal minimum_ = qQNaN();
    qreal maximum_ = qQNaN();
};

} // namespace orchestra
