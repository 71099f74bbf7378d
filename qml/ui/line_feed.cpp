// SPDX-License-Identifier: GPL-3.0-or-later
#include "qml/ui/line_feed.h"

#include <QAreaSeries>
#include <QLineSeries>
#include <QPen>

#include <cmath>

namespace orchestra::ui {

void LineFeed::setSeries(TimeSeries *series)
{
    if (series_ == series)
        return;
    if (series_)
        disconnect(series_, nullptr, this, nullptr);
    series_ = series;
    if (series_) {
        connect(series_, &TimeSeries::pointsChanged, this, &LineFeed::recompute);
        connect(series_, &TimeSeries::styleChanged, this, &LineFeed::restyle);
    }
    Q_EMIT seriesChanged();
    recompute();
}

void LineFeed::setBelow(LineFeed *below)
{
    if (below_ == below)
        return;
    if (below_)
        disconnect(below_, nullptr, this, nullptr);
    below_ = below;
    if (below_)
        connect(below_, &LineFeed::topChanged, this, &LineFeed::recompute);
    Q_EMIT belowChanged();
    recompute();
}

void LineFeed::adopt(QObject *chartSeries)
{
    auto *line = qobject_cast<QAbstractSeries *>(chartSeries);
    if (!line)
        return;
    if (auto *area = qobject_cast<QAreaSeries *>(line)) {
        if (!area->upperSeries())
            area->setUpperSeries(new QLineSeries(area));
        if (!area->lowerSeries())
            area->setLowerSeries(new QLineSeries(area));
    }
    lines_.emplace_back(line);
    Q_EMIT adoptedChanged();
    restyle();
    draw();
}

void LineFeed::recompute()
{
    top_ = series_ ? series_->points() : QList<QPointF>();
    QList<QPointF> floor(top_.size());
    for (qsizetype at = 0; at < top_.size(); ++at) {
        const bool lies = below_ && at < below_->top_.size();
        floor[at] = QPointF(top_[at].x(), lies ? below_->top_[at].y() : 0);
        top_[at].ry() += floor[at].y();
    }
    const size_t before = runs_.size();
    runs_.clear();
    bool running = false;
    for (qsizetype at = 0; at < top_.size(); ++at) {
        const bool measured = std::isfinite(top_[at].y());
        if (measured && !running)
            runs_.emplace_back();
        if (measured) {
            runs_.back().top.append(top_[at]);
            runs_.back().floor.append(floor[at]);
        }
        running = measured;
    }
    if (runs_.size() != before)
        Q_EMIT wantedChanged();
    draw();
    Q_EMIT topChanged();
}

void LineFeed::draw()
{
    for (size_t at = 0; at < lines_.size(); ++at) {
        const Run run = at < runs_.size() ? runs_[at] : Run{};
        if (auto *area = qobject_cast<QAreaSeries *>(lines_[at].data())) {
            area->upperSeries()->replace(run.top);
            area->lowerSeries()->replace(run.floor);
        } else if (auto *line = qobject_cast<QLineSeries *>(lines_[at].data())) {
            line->replace(run.top);
        }
    }
}

void LineFeed::restyle()
{
    if (!series_)
        return;
    QPen pen(series_->color(), series_->lineWidth(), series_->dashed() ? Qt::DashLine : Qt::SolidLine, Qt::RoundCap,
             Qt::RoundJoin);
    for (const QPointer<QAbstractSeries> &held : lines_) {
        if (auto *area = qobject_cast<QAreaSeries *>(held.data())) {
            area->setPen(Qt::NoPen);
            area->setBrush(series_->color());
        } else if (auto *line = qobject_cast<QLineSeries *>(held.data())) {
            line->setPen(pen);
        }
    }
}

} // namespace orchestra::ui
