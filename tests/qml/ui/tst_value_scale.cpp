// SPDX-License-Identifier: GPL-3.0-or-later
#include "qml/ui/value_scale.h"

#include <QTest>

using orchestra::ui::shortNumber;
using orchestra::ui::ValueScale;

class TstValueScale : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesNumbersShort_data()
    {
        QTest::addColumn<qreal>("value");
        QTest::addColumn<QString>("text");
        QTest::newRow("unknown") << qQNaN() << "—";
        QTest::newRow("endless") << qInf() << "—";
        QTest::newRow("zero") << 0.0 << "0";
        QTest::newRow("small") << 0.034 << "0.034";
        QTest::newRow("tenths") << 0.3 << "0.3";
        QTest::newRow("one decimal") << 39.44 << "39.4";
        QTest::newRow("whole") << 407.3 << "407";
        QTest::newRow("just below a thousand") << 999.6 << "1\u202f000";
        QTest::newRow("group") << 1172.0 << "1\u202f172";
        QTest::newRow("thousands") << 12500.0 << "12.5k";
        QTest::newRow("millions") << 1.5e7 << "15M";
        QTest::newRow("below zero") << -39.4 << "−39.4";
        QTest::newRow("far below zero") << -1172.0 << "−1\u202f172";
    }
    void writesNumbersShort()
    {
        QFETCH(qreal, value);
        QTEST(shortNumber(value), "text");
    }
    void ticksAreRoundAndCoverTheData_data()
    {
        QTest::addColumn<qreal>("high");
        for (const qreal high : {0.04, 0.13, 0.9, 3.0, 7.0, 29.0, 105.0, 129.0, 412.0, 780.0, 1600.0, 48213.0})
            QTest::newRow(qPrintable(QString::number(high))) << high;
    }
    void ticksAreRoundAndCoverTheData()
    {
        QFETCH(qreal, high);
        for (int intervals = 1; intervals < 6; ++intervals) {
            ValueScale scale;
            scale.setIntervals(intervals);
            scale.setHigh(high);
            QVERIFY(scale.maximum() >= high);
            QVERIFY2(scale.maximum() <= high * 4, qPrintable(QString::number(scale.maximum())));
            QVERIFY(scale.ticks().size() >= 2 && scale.ticks().size() <= intervals + 1);
            QCOMPARE(scale.ticks().first(), 0.0);
            QCOMPARE(scale.ticks().last(), scale.maximum());
            QCOMPARE(scale.labels().size(), scale.ticks().size());
        }
    }
    void theGuardStaysInSight()
    {
        ValueScale scale;
        scale.setHigh(120);
        scale.setGuard(500);
        QVERIFY(scale.maximum() >= 500);
    }
    void doesNotJumpWhenDataFallALittle()
    {
        ValueScale scale;
        scale.setHigh(140);
        const qreal top = scale.maximum();
        scale.setHigh(95);
        QCOMPARE(scale.maximum(), top);
        scale.setHigh(20);
        QVERIFY(scale.maximum() < top);
    }
    void startsBelowTheDataWhenZeroSaysNothing()
    {
        ValueScale scale;
        scale.setFromZero(false);
        scale.setLow(380);
        scale.setHigh(420);
        QVERIFY(scale.minimum() > 0 && scale.minimum() <= 380);
        QVERIFY(scale.maximum() >= 420);
    }
    void hasAnAxisWithoutData()
    {
        ValueScale scale;
        QVERIFY(scale.maximum() > scale.minimum());
        scale.setIntervals(2);
        scale.setHigh(0);
        QCOMPARE(scale.labels(), QStringList({QStringLiteral("0"), QStringLiteral("0.5"), QStringLiteral("1")}));
        scale.setLow(5);
        scale.setHigh(5);
        QVERIFY(scale.maximum() > scale.minimum());
    }
};

QTEST_GUILESS_MAIN(TstValueScale)
#include "tst_value_scale.moc"
