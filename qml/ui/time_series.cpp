// SPDX-License-Identifier: GPL-3.0-or-later
#include "qml/ui/time_series.h"

#include "qml/ui/value_scale.h"

#include <algorithm>
#include <cmath>

namespace orchestra::ui {

void TimeSeries::setPoints(const QList<QPointF> &points)
{
    points_ = points;
    minimum_ = maximum_ = qQNaN();
    last_ = {qQNaN(), qQNaN()};
    for (const QPointF &point : points_) {
        if (!std::isfinite(point.y()))
            continue;
        minimum_ = std::fmin(minimum_, point.y());
        maximum_ = std::fmax(maximum_, point.y());
        last_ = point;
    }
    Q_EMIT pointsChanged();
}

qreal TimeSeries::valueAt(qreal ms) const
{
    if (points_.isEmpty() || !std::isfinite(ms))
        return qQNaN();
    const qreal step = points_.size() > 1 ? (points_.last().x() - points_.first().x()) / qreal(points_.size() - 1) : 0;
    const auto after =
        std::lower_bound(points_.begin(), points_.end(), ms, [](const QPointF &p, qreal at) { return p.x() < at; });
    auto best = after == points_.end() ? std::prev(after) : after;
    if (best != points_.begin() && ms - std::prev(best)->x() < std::abs(best->x() - ms))
        --best;
    return std::abs(best->x() - ms) <= step ? best->y() : qQNaN();
}

QString TimeSeries::textAt(qreal ms) const
{
    return shortNumber(valueAt(ms));
}

} // namespace orchestra::ui
