// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/histogram.h"
#include "shared/base/random.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace orchestra;

class TstHistogram : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isEmptyAtFirst();
    void keepsSmallValuesExactly();
    void countsSumsAndRemembersTheLargest();
    void isRightWithinThreePercent_data();
    void isRightWithinThreePercent();
    void countsValuesAtOrBelow();
    void mergesAsIfRecordedInOne();
    void countsHugeValuesIntoTheLastCell();
};

void TstHistogram::isEmptyAtFirst()
{
    Histogram histogram;
    QCOMPARE(histogram.count(), std::uint64_t(0));
    QCOMPARE(histogram.percentile(0.99), std::uint64_t(0));
    histogram.record(5);
    histogram.clear();
    QCOMPARE(histogram.count() + histogram.sum() + histogram.max() + histogram.percentile(0.5), std::uint64_t(0));
}

void TstHistogram::keepsSmallValuesExactly()
{
    Histogram histogram;
    for (std::uint64_t value = 0; value < 64; ++value)
        histogram.record(value);
    for (std::uint64_t value = 0; value < 64; ++value)
        QCOMPARE(histogram.percentile(static_cast<double>(value + 1) / 64), value);
    QCOMPARE(histogram.percentile(0), std::uint64_t(0));
    QCOMPARE(histogram.percentile(-1), std::uint64_t(0));
    QCOMPARE(histogram.percentile(2), std::uint64_t(63));
}

void TstHistogram::countsSumsAndRemembersTheLargest()
{
    Histogram histogram;
    histogram.record(10, 3);
    histogram.record(1000);
    QCOMPARE(histogram.count(), std::uint64_t(4));
    QCOMPARE(histogram.sum(), std::uint64_t(1030));
    QCOMPARE(histogram.max(), std::uint64_t(1000));
    // Never above what was recorded, though the cell reaches further.
    QCOMPARE(histogram.percentile(1), std::uint64_t(1000));
}

void TstHistogram::isRightWithinThreePercent_data()
{
    QTest::addColumn<double>("exponent");
    QTest::newRow("hundreds") << 8.0;
    QTest::newRow("thousands") << 14.0;
    QTest::newRow("milliards") << 34.0;
}

void TstHistogram::isRightWithinThreePercent()
{
    QFETCH(double, exponent);
    SeededRandom random(3);
    Histogram histogram;
    std::vector<std::uint64_t> values;
    for (int i = 0; i < 20000; ++i) {
        values.push_back(static_cast<std::uint64_t>(std::exp2(random.nextUnit() * exponent)));
        histogram.record(values.back());
    }
    std::sort(values.begin(), values.end());
    for (const double quantile : {0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0}) {
        const auto rank = static_cast<std::size_t>(std::ceil(quantile * static_cast<double>(values.size())));
        const auto exact = static_cast<double>(values[rank - 1]);
        const auto told = static_cast<double>(histogram.percentile(quantile));
        QVERIFY2(told >= exact && told <= exact * 1.032,
                 qPrintable(QStringLiteral("%1: %2 told %3").arg(quantile).arg(exact).arg(told)));
    }
}

void TstHistogram::countsValuesAtOrBelow()
{
    Histogram histogram;
    for (const std::uint64_t value : {1, 2, 2, 30, 1000, 100000})
        histogram.record(value);
    QCOMPARE(histogram.countAtOrBelow(0), std::uint64_t(0));
    QCOMPARE(histogram.countAtOrBelow(2), std::uint64_t(3));
    QCOMPARE(histogram.countAtOrBelow(31), std::uint64_t(4));
    QCOMPARE(histogram.countAtOrBelow(50000), std::uint64_t(5));
    QCOMPARE(histogram.countAtOrBelow(100000), std::uint64_t(6));
}

void TstHistogram::mergesAsIfRecordedInOne()
{
    SeededRandom random(4);
    Histogram parts[3];
    Histogram whole;
    for (int i = 0; i < 3000; ++i) {
        const std::uint64_t value = random.next() % 1000000;
        parts[i % 3].record(value);
        whole.record(value);
    }
    Histogram merged;
    for (const Histogram &part : parts)
        merged.merge(part);
    QCOMPARE(merged.count(), whole.count());
    QCOMPARE(merged.sum(), whole.sum());
    QCOMPARE(merged.max(), whole.max());
    for (int percent = 0; percent <= 100; ++percent)
        QCOMPARE(merged.percentile(percent / 100.0), whole.percentile(percent / 100.0));
}

void TstHistogram::countsHugeValuesIntoTheLastCell()
{
    Histogram histogram;
    histogram.record(std::uint64_t{1} << 40U);
    histogram.record(~std::uint64_t{0} >> 1U);
    QCOMPARE(histogram.count(), std::uint64_t(2));
    QCOMPARE(histogram.percentile(0.5), (std::uint64_t{1} << 40U) - 1);
}

QTEST_GUILESS_MAIN(TstHistogram)
#include "tst_histogram.moc"
