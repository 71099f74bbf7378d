// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "qml/ui/time_series.h"

#include <QtQml/qqmlregistration.h>

#include <QList>
#include <QObject>
#include <QPointer>

#include <vector>

class QAbstractSeries;

namespace orchestra::ui {

/// Carries one TimeSeries into Qt Charts: one chart series a run of points without a gap, replaced at once.
/// Qt Charts joins its line across a missing value, so a gap can only be the end of one chart series and the begin of
/// the next. The chart creates the series (`wanted` says how many) and hands them over with adopt(); they stay the
/// chart's.
class LineFeed : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(orchestra::ui::TimeSeries *series READ series WRITE setSeries NOTIFY seriesChanged)
    Q_PROPERTY(orchestra::ui::LineFeed *below READ below WRITE setBelow NOTIFY belowChanged)
    Q_PROPERTY(bool filled MEMBER filled_ NOTIFY filledChanged)
    Q_PROPERTY(int wanted READ wanted NOTIFY wantedChanged)
    Q_PROPERTY(int adopted READ adopted NOTIFY adoptedChanged)

public:
    explicit LineFeed(QObject *parent = nullptr)
        : QObject(parent)
    {
    }

    [[nodiscard]] TimeSeries *series() const { return series_; }
    void setSeries(TimeSeries *series);
    /// In a stacked chart, the feed this one lies on; its line is this one's floor.
    [[nodiscard]] LineFeed *below() const { return below_; }
    void setBelow(LineFeed *below);
    [[nodiscard]] int wanted() const { return int(runs_.size()); }
    [[nodiscard]] int adopted() const { return int(lines_.size()); }

    /// Takes a line series or, if filled, an area series of the chart.
    Q_INVOKABLE void adopt(QObject *chartSeries);

Q_SIGNALS:
    void seriesChanged();
    void belowChanged();
    void filledChanged();
    void wantedChanged();
    void adoptedChanged();
    /// The line as drawn has changed, so what lies on it must be drawn again.
    void topChanged();

private:
    struct Run
    {
        QList<QPointF> top;
        QList<QPointF> floor;
    };

    void recompute();
    void draw();
    void restyle();

    QPointer<TimeSeries> series_;
    QPointer<LineFeed> below_;
    bool filled_ = false;
    QList<QPointF> top_;
    std::vector<Run> runs_;
    std::vector<QPointer<QAbstractSeries>> lines_;
};

} // namespace orchestra::ui
