// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/series.h"

#include "console/models/texts.h"

#include <cmath>

namespace orchestra {
namespace {

QList<QPointF> thinned(const QList<QPointF> &points, qsizetype most)
{
    const qsizetype group = (points.size() + most - 1) / most;
    if (group <= 1)
        return points;
    QList<QPointF> out;
    out.reserve(most);
    for (qsizetype begin = 0; begin < points.size(); begin += group) {
        const qsizetype end = std::min(begin + group, points.size());
        qreal sum = 0;
        qsizetype count = 0;
        for (qsizetype i = begin; i < end; ++i) {
            if (std::isnan(points[i].y()))
                continue;
            sum += points[i].y();
            ++count;
        }
        out.append({points[end - 1].x(), count == 0 ? qQNaN() : sum / static_cast<qreal>(count)});
    }
    return out;
}

} // namespace

Series::Series(QString name, int decimals, QObject *parent)
    : QObject(parent)
    , name_(std::move(name))
    , decimals_(decimals)
{
}

qreal Series::last() const
{
    return points_.isEmpty() ? qQNaN() : points_.last().y();
}

QString Series::lastText() const
{
    return std::isnan(last()) ? name_ : name_ + QLatin1Char(' ') + valueText();
}

QString Series::valueText() const
{
    return std::isnan(last()) ? QString() : texts::number(last(), decimals_);
}

void Series::setPoints(QList<QPointF> points)
{
    points_ = thinned(points, kMaxPoints);
    minimum_ = qQNaN();
    maximum_ = qQNaN();
    for (const QPointF &point : points_) {
        minimum_ = std::fmin(minimum_, point.y());
        maximum_ = std::fmax(maximum_, point.y());
    }
    Q_EMIT changed();
}

} // namespace orchestra
