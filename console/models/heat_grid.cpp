// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/heat_grid.h"

#include "console/models/texts.h"
#include "shared/wire/series_names.h"

#include <algorithm>
#include <cmath>

namespace orchestra {
namespace {

constexpr int kMostColumns = 120;

/// The time between two samples; 0 when there are not two.
qreal stepOf(const QList<QPointF> &points)
{
    qreal step = 0;
    for (qsizetype i = 1; i < points.size(); ++i) {
        const qreal gap = points[i].x() - points[i - 1].x();
        if (gap > 0 && (step == 0 || gap < step))
            step = gap;
    }
    return step;
}

} // namespace

int HeatGrid::rows() const
{
    return static_cast<int>(std::size(series::kHeatBoundsMs));
}

QStringList HeatGrid::rowLabels() const
{
    // A label at each decade is enough to read the scale; more would stand on each other.
    QStringList labels;
    for (auto bound = std::rbegin(series::kHeatBoundsMs); bound != std::rend(series::kHeatBoundsMs); ++bound) {
        const bool isDecade = *bound == 2000 || *bound == 200 || *bound == 20 || *bound == 2;
        labels << (!isDecade ? QString() : *bound >= 1000 ? tr("%1 s").arg(*bound / 1000) : QString::number(*bound));
    }
    return labels;
}

QString HeatGrid::maximumText() const
{
    return maximum_ > 0 ? texts::number(maximum_, maximum_ < 10 ? 1 : 0) : QString();
}

void HeatGrid::fill(const SeriesFeed &feed, qreal fromMs, qreal toMs)
{
    const auto rowCount = static_cast<std::size_t>(rows());
    // As many columns as hold equally many samples each: others would be empty or twice as full by chance.
    const qreal span = std::max(1.0, toMs - fromMs);
    const qreal step = std::max(span / 100'000, stepOf(feed.points(series::heatName(0))));
    const qreal width = std::max(step * std::ceil(span / step / kMostColumns), span / kMostColumns);
    columns_ = std::max(1, static_cast<int>(std::ceil(span / width)));
    std::vector<qreal> sums(rowCount * static_cast<std::size_t>(columns_), qQNaN());
    for (std::size_t row = 0; row < rowCount; ++row) {
        for (const QPointF &point : feed.points(series::heatName(rowCount - 1 - row))) {
            const qreal place = (point.x() - fromMs) / span * columns_;
            const auto column = static_cast<std::size_t>(std::clamp(place, 0.0, columns_ - 0.5));
            qreal &sum = sums[column * rowCount + row];
            if (!std::isnan(point.y()))
                sum = (std::isnan(sum) ? 0 : sum) + point.y();
        }
    }
    maximum_ = 0;
    for (const qreal sum : sums)
        maximum_ = std::fmax(maximum_, sum);
    cells_.clear();
    for (const qreal sum : sums)
        cells_.append(maximum_ > 0 ? sum / maximum_ : sum);
    Q_EMIT changed();
}

} // namespace orchestra
