// SPDX-License-Identifier: GPL-3.0-or-later
#include "qml/ui/line_feed.h"

#include <QAreaSeries>
#include <QLineSeries>
#include <QSignalSpy>
#include <QTest>

using orchestra::ui::LineFeed;
using orchestra::ui::TimeSeries;

class TstLineFeed : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void wantsOneLineForPointsWithoutGap()
    {
        TimeSeries series;
        LineFeed feed;
        feed.setSeries(&series);
        QCOMPARE(feed.wanted(), 0);
        series.setPoints({{1, 10}, {2, 20}, {3, 30}});
        QCOMPARE(feed.wanted(), 1);
    }
    void splitsAtEveryGap()
    {
        TimeSeries series;
        LineFeed feed;
        feed.setSeries(&series);
        QLineSeries first;
        QLineSeries second;
        series.setPoints({{1, qQNaN()}, {2, 20}, {3, 30}, {4, qQNaN()}, {5, qQNaN()}, {6, 60}, {7, qQNaN()}});
        QCOMPARE(feed.wanted(), 2);
        feed.adopt(&first);
        feed.adopt(&second);
        QCOMPARE(first.points(), (QList<QPointF>{{2, 20}, {3, 30}}));
        QCOMPARE(second.points(), (QList<QPointF>{{6, 60}}));
    }
    void emptiesALineThatIsNoLongerWanted()
    {
        TimeSeries series;
        LineFeed feed;
        feed.setSeries(&series);
        QLineSeries first;
        QLineSeries second;
        feed.adopt(&first);
        feed.adopt(&second);
        series.setPoints({{1, 1}, {2, qQNaN()}, {3, 3}});
        QCOMPARE(second.count(), 1);
        series.setPoints({{1, 1}, {2, 2}, {3, 3}});
        QCOMPARE(first.count(), 3);
        QCOMPARE(second.count(), 0);
    }
    void replacesOncePerTick()
    {
        TimeSeries series;
        LineFeed feed;
        feed.setSeries(&series);
        QLineSeries line;
        feed.adopt(&line);
        QSignalSpy replaced(&line, &QXYSeries::pointsReplaced);
        QSignalSpy added(&line, &QXYSeries::pointAdded);
        series.setPoints({{1, 1}, {2, 2}});
        QCOMPARE(replaced.count(), 1);
        QCOMPARE(added.count(), 0);
    }
    void stacksOnTheOneBelow()
    {
        TimeSeries lower;
        TimeSeries upper;
        LineFeed floor;
        LineFeed roof;
        floor.setSeries(&lower);
        roof.setBelow(&floor);
        roof.setSeries(&upper);
        QAreaSeries area;
        roof.adopt(&area);
        lower.setPoints({{1, 10}, {2, 20}});
        upper.setPoints({{1, 1}, {2, 2}});
        QCOMPARE(area.upperSeries()->points(), (QList<QPointF>{{1, 11}, {2, 22}}));
        QCOMPARE(area.lowerSeries()->points(), (QList<QPointF>{{1, 10}, {2, 20}}));
        lower.setPoints({{1, 100}, {2, 200}});
        QCOMPARE(area.upperSeries()->points(), (QList<QPointF>{{1, 101}, {2, 202}}));
    }
    void survivesTheChartTakingItsSeriesAway()
    {
        TimeSeries series;
        LineFeed feed;
        feed.setSeries(&series);
        {
            QLineSeries line;
            feed.adopt(&line);
        }
        series.setPoints({{1, 1}});
        QCOMPARE(feed.wanted(), 1);
    }
};

QTEST_MAIN(TstLineFeed)
#include "tst_line_feed.moc"
