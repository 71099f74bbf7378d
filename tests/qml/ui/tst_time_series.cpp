// SPDX-License-Identifier: GPL-3.0-or-later
#include "qml/ui/time_series.h"

#include <QTest>

#include <cmath>

using orchestra::ui::TimeSeries;

class TstTimeSeries : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsItsExtremesAndItsEnd()
    {
        TimeSeries series;
        series.setPoints({{0, 5}, {10, qQNaN()}, {20, 2}, {30, 9}, {40, qQNaN()}});
        QCOMPARE(series.minimum(), 2.0);
        QCOMPARE(series.maximum(), 9.0);
        QCOMPARE(series.last(), 9.0);
        QCOMPARE(series.lastAt(), 30.0);
    }
    void knowsNothingOfNothing()
    {
        TimeSeries series;
        QVERIFY(std::isnan(series.minimum()) && std::isnan(series.last()));
        series.setPoints({{0, qQNaN()}});
        QVERIFY(std::isnan(series.maximum()) && std::isnan(series.lastAt()));
    }
    void answersWithTheNearestPoint()
    {
        TimeSeries series;
        series.setPoints({{0, 1}, {10, 2}, {20, qQNaN()}, {30, 4}});
        QCOMPARE(series.valueAt(4), 1.0);
        QCOMPARE(series.valueAt(6), 2.0);
        QVERIFY(std::isnan(series.valueAt(21)));
        QCOMPARE(series.valueAt(36), 4.0);
        QVERIFY(std::isnan(series.valueAt(41)));
        QVERIFY(std::isnan(series.valueAt(qQNaN())));
    }
    void saysWhenItDoesNotKnow()
    {
        TimeSeries series;
        QCOMPARE(series.textAt(0), QStringLiteral("—"));
        series.setPoints({{0, 1172}});
        QCOMPARE(series.textAt(0), QStringLiteral("1\u202f172"));
    }
};

QTEST_GUILESS_MAIN(TstTimeSeries)
#include "tst_time_series.moc"
