// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/observe/series_store.h"

#include <QTest>

using namespace orchestra;
using std::chrono::seconds;

namespace {

constexpr WallMs kStart = 1'780'000'020'000; // a whole minute

wire::SeriesChunk only(const SeriesStore &store, seconds range)
{
    const auto chunks = store.series({"load"}, range);
    return chunks.size() == 1 ? chunks.front() : wire::SeriesChunk();
}

} // namespace

class TstSeriesStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsSecondsForTenMinutes()
    {
        SeriesStore store;
        for (int i = 0; i < 700; ++i)
            store.add(kStart + i * 1000, {{"load", i}});
        const auto chunk = only(store, seconds(600));
        QCOMPARE(chunk.stepS, 1U);
        QCOMPARE(chunk.values.size(), 600U);
        QCOMPARE(chunk.values.front(), 100.0);
        QCOMPARE(chunk.values.back(), 699.0);
        QCOMPARE(chunk.start.ms, kStart + 100 * 1000);
        QVERIFY(chunk.gaps.empty());
    }

    void answersWithTheFinestStepThatCoversTheRange_data()
    {
        QTest::addColumn<int>("range");
        QTest::addColumn<int>("step");
        QTest::newRow("a minute") << 60 << 1;
        QTest::newRow("ten minutes") << 600 << 1;
        QTest::newRow("fifteen minutes") << 900 << 10;
        QTest::newRow("two hours") << 7200 << 10;
        QTest::newRow("six hours") << 21600 << 60;
        QTest::newRow("more than there is") << 1'000'000 << 60;
    }
    void answersWithTheFinestStepThatCoversTheRange()
    {
        QFETCH(int, range);
        QFETCH(int, step);
        SeriesStore store;
        store.add(kStart, {{"load", 1}});
        QCOMPARE(only(store, seconds(range)).stepS, static_cast<std::uint64_t>(step));
    }

    void averagesTheFinerTierIntoTheCoarser()
    {
        SeriesStore store;
        for (int i = 0; i < 1200; ++i)
            store.add(kStart + i * 1000, {{"load", i % 10}});
        const auto chunk = only(store, seconds(1200));
        QCOMPARE(chunk.stepS, 10U);
        QCOMPARE(chunk.values.size(), 120U);
        QCOMPARE(chunk.values.front(), 4.5);
        QCOMPARE(chunk.start.ms, kStart);
    }

    void showsSkippedSecondsAsGapsNeverAsZero()
    {
        SeriesStore store;
        store.add(kStart, {{"load", 5}});
        store.add(kStart + 4000, {{"load", 6}});
        const auto chunk = only(store, seconds(60));
        QCOMPARE(chunk.values.size(), 5U);
        QCOMPARE(chunk.gaps, (std::vector<std::uint64_t>{1, 2, 3}));
    }

    void treatsNotANumberAsAGap()
    {
        SeriesStore store;
        store.add(kStart, {{"load", SeriesStore::kGap}});
        QCOMPARE(only(store, seconds(60)).gaps, (std::vector<std::uint64_t>{0}));
    }

    void ignoresAClockThatGoesBackUntilItHasCaughtUp()
    {
        SeriesStore store;
        store.add(kStart, {{"load", 1}});
        store.add(kStart - 60'000, {{"load", 2}});
        store.add(kStart + 1000, {{"load", 3}});
        QCOMPARE(only(store, seconds(60)).values, (std::vector<double>{1, 3}));
    }

    void survivesALeapOfYears()
    {
        SeriesStore store;
        store.add(kStart, {{"load", 1}});
        store.add(kStart + 10LL * 365 * 86400 * 1000, {{"load", 2}});
        const auto chunk = only(store, seconds(60));
        QCOMPARE(chunk.values.back(), 2.0);
        QCOMPARE(chunk.gaps.size(), 59U);
    }

    void boundsTheNumberOfSeries()
    {
        SeriesStore store;
        std::map<std::string, double> values;
        for (int i = 0; i < 500; ++i)
            values["s" + std::to_string(i)] = i;
        store.add(kStart, values);
        QCOMPARE(store.seriesNames().size(), SeriesStore::kMaxSeries);
    }

    void givesAllSeriesWhenNoneIsNamedAndNothingForAnUnknownName()
    {
        SeriesStore store;
        store.add(kStart, {{"load", 1}, {"rate", 2}});
        QCOMPARE(store.series({}, seconds(60)).size(), 2U);
        QVERIFY(store.series({"nonsense"}, seconds(60)).empty());
    }
};

QTEST_GUILESS_MAIN(TstSeriesStore)
#include "tst_series_store.moc"
