// SPDX-License-Identifier: GPL-3.0-or-later
#include "qml/ui/series_table.h"

#include <QAbstractItemModelTester>
#include <QTest>

using orchestra::ui::SeriesTable;
using orchestra::ui::TimeScale;
using orchestra::ui::TimeSeries;

class TstSeriesTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showsTheNewestFirst()
    {
        Fixture f;
        f.in.setPoints({{0, 1}, {1000, 2}});
        f.out.setPoints({{0, 10}, {1000, qQNaN()}});
        QCOMPARE(f.table.rowCount(), 2);
        QCOMPARE(f.text(0, SeriesTable::TimeText), QStringLiteral("00:00:01"));
        QCOMPARE(f.table.data(f.table.index(0), SeriesTable::Values).toStringList(),
                 (QStringList{QStringLiteral("2"), QStringLiteral("—")}));
        QCOMPARE(f.table.data(f.table.index(1), SeriesTable::Values).toStringList(),
                 (QStringList{QStringLiteral("1"), QStringLiteral("10")}));
    }
    void readsARowAsOneSentence()
    {
        Fixture f;
        f.in.setPoints({{0, 1}});
        f.out.setPoints({{0, 10}});
        QCOMPARE(f.text(0, SeriesTable::Spoken), QStringLiteral("00:00:00, in 1, out 10"));
    }
    void hasNoRowsWhileNobodyLooks()
    {
        Fixture f;
        f.in.setPoints({{0, 1}});
        f.table.setActive(false);
        QCOMPARE(f.table.rowCount(), 0);
        f.in.setPoints({{0, 1}, {1, 2}});
        QCOMPARE(f.table.rowCount(), 0);
        f.table.setActive(true);
        QCOMPARE(f.table.rowCount(), 2);
    }
    void keepsTheRulesOfAModelWhenRowsComeAndGo()
    {
        Fixture f;
        QAbstractItemModelTester tester(&f.table, QAbstractItemModelTester::FailureReportingMode::QtTest);
        f.in.setPoints({{0, 1}, {1, 2}, {2, 3}});
        f.in.setPoints({{0, 1}});
        f.in.setPoints({});
        QCOMPARE(f.table.rowCount(), 0);
    }
    void forgetsASeriesThatIsGone()
    {
        SeriesTable table;
        table.setActive(true);
        {
            TimeSeries series;
            series.setPoints({{0, 1}});
            table.add(&series);
            QCOMPARE(table.rowCount(), 1);
        }
        QCOMPARE(table.rowCount(), 0);
    }

private:
    struct Fixture
    {
        Fixture()
        {
            in.setProperty("name", QStringLiteral("in"));
            out.setProperty("name", QStringLiteral("out"));
            table.setProperty("scale", QVariant::fromValue(&scale));
            table.setActive(true);
            table.add(&in);
            table.add(&out);
        }
        [[nodiscard]] QString text(int row, int role) const { return table.data(table.index(row), role).toString(); }

        TimeSeries in;
        TimeSeries out;
        TimeScale scale;
        SeriesTable table;
    };
};

QTEST_GUILESS_MAIN(TstSeriesTable)
#include "tst_series_table.moc"
