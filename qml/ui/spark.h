// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtQml/qqmlregistration.h>

#include <QColor>
#include <QList>
#include <QPointF>
#include <QQuickPaintedItem>

namespace orchestra::ui {

/// A line without axes: the shape of a value over the window, its last point marked, with an optional guard line.
/// x is milliseconds since the epoch; a y of NaN is a gap.
class Spark : public QQuickPaintedItem
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(QList<QPointF> points MEMBER points_ NOTIFY changed)
    Q_PROPERTY(qreal fromMs MEMBER fromMs_ NOTIFY changed)
    Q_PROPERTY(qreal toMs MEMBER toMs_ NOTIFY changed)
    Q_PROPERTY(qreal low MEMBER low_ NOTIFY changed)
    Q_PROPERTY(qreal high MEMBER high_ NOTIFY changed)
    Q_PROPERTY(qreal guard MEMBER guard_ NOTIFY changed)
    Q_PROPERTY(QColor color MEMBER color_ NOTIFY changed)
    Q_PROPERTY(QColor guardColor MEMBER guardColor_ NOTIFY changed)
    Q_PROPERTY(qreal lineWidth MEMBER lineWidth_ NOTIFY changed)

public:
    explicit Spark(QQuickItem *parent = nullptr);

    void paint(QPainter *painter) override;

Q_SIGNALS:
    void changed();

private:
    QList<QPointF> points_;
    qreal fromMs_ = qQNaN(); ///< NaN: from the first point
    qreal toMs_ = qQNaN();   ///< NaN: to the last point
    qreal low_ = qQNaN();    ///< NaN: the lowest value
    qreal high_ = qQNaN();   ///< NaN: the highest value
    qreal guard_ = qQNaN();
    QColor color_;
    QColor guardColor_;
    qreal lineWidth_ = 1.4;
};

} // namespace orchestra::ui
