// SPDX-License-Identifier: GPL-3.0-or-later
#include "qml/ui/spark.h"

#include <QPainter>

#include <cmath>

namespace orchestra::ui {

namespace {
/// Room for the dot at the end of the line, so that it is not cut.
constexpr qreal kPad = 2;
constexpr qreal kDot = 2;
} // namespace

Spark::Spark(QQuickItem *parent)
    : QQuickPaintedItem(parent)
{
    setAntialiasing(true);
    connect(this, &Spark::changed, this, [this] { update(); });
}

void Spark::paint(QPainter *painter)
{
    if (points_.isEmpty() || width() <= 2 * kPad || height() <= 2 * kPad)
        return;
    qreal low = low_;
    qreal high = high_;
    for (const QPointF &point : points_) {
        if (!std::isfinite(point.y()))
            continue;
        low = std::isnan(low_) ? std::fmin(low, point.y()) : low;
        high = std::isnan(high_) ? std::fmax(high, point.y()) : high;
    }
    if (!std::isfinite(low) || !std::isfinite(high))
        return;
    const qreal from = std::isnan(fromMs_) ? points_.first().x() : fromMs_;
    const qreal to = std::isnan(toMs_) ? points_.last().x() : toMs_;
    const qreal across = (width() - 2 * kPad) / std::max(1.0, to - from);
    const qreal down = high > low ? (height() - 2 * kPad) / (high - low) : 0;
    const auto place = [&](qreal x, qreal y) {
        return QPointF(kPad + (x - from) * across, height() - kPad - (y - low) * down);
    };

    if (std::isfinite(guard_) && guard_ >= low && guard_ <= high) {
        QPen pen(guardColor_, 1, Qt::CustomDashLine, Qt::FlatCap);
        pen.setDashPattern({4, 3});
        painter->setPen(pen);
        const qreal y = std::round(place(from, guard_).y()) + 0.5;
        painter->drawLine(QPointF(kPad, y), QPointF(width() - kPad, y));
    }
    painter->setPen(QPen(color_, lineWidth_, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    QPolygonF run;
    for (const QPointF &point : points_) {
        if (std::isfinite(point.y())) {
            run.append(place(point.x(), std::clamp(point.y(), low, high)));
        } else if (!run.isEmpty()) {
            painter->drawPolyline(run);
            run.clear();
        }
    }
    painter->drawPolyline(run);
    if (run.isEmpty())
        return;
    painter->setPen(Qt::NoPen);
    painter->setBrush(color_);
    painter->drawEllipse(run.last(), kDot, kDot);
}

} // namespace orchestra::ui
