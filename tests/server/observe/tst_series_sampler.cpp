// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/observe/series_sampler.h"
#include "shared/wire/series_names.h"
#include "tests/support/manual_clock.h"

#include <QTest>

using namespace orchestra;
using namespace std::chrono_literals;

class TstSeriesSampler : public QObject
{
    Q_OBJECT

private:
    static double value(const std::map<std::string, double> &values, std::string_view name)
    {
        const auto found = values.find(std::string(name));
        return found == values.end() ? -1 : found->second;
    }

private Q_SLOTS:
    void tellsRatesPerRealSecondEvenWhenTheTimerIsLate()
    {
        ManualClock clock;
        SeriesSampler sampler;
        MetricsSnapshot snapshot;
        snapshot.edges.resize(2);
        sampler.sample(snapshot, clock.now());
        snapshot.edges[0].framesIn = 30;
        snapshot.edges[1].framesIn = 10;
        snapshot.hub.tokens = 8;
        clock.advance(2s);
        const auto values = sampler.sample(snapshot, clock.now());
        QCOMPARE(value(values, series::kMessagesIn), 20.0);
        QCOMPARE(value(values, series::kTokens), 4.0);
    }

    void hasNoRatesBeforeItsSecondSample()
    {
        ManualClock clock;
        SeriesSampler sampler;
        const auto values = sampler.sample(MetricsSnapshot(), clock.now());
        QVERIFY(!values.contains(std::string(series::kMessagesIn)));
        QCOMPARE(value(values, series::kClients), 0.0);
    }

    void tellsPercentilesOfTheLastSecondOnly()
    {
        ManualClock clock;
        SeriesSampler sampler;
        MetricsSnapshot snapshot;
        for (int i = 0; i < 1000; ++i)
            snapshot.hub.firstTokenUs.record(1000);
        sampler.sample(snapshot, clock.now());
        snapshot.hub.firstTokenUs.record(200'000);
        clock.advance(1s);
        const auto values = sampler.sample(snapshot, clock.now());
        QVERIFY(value(values, series::kFirstTokenP50) > 190);
        QCOMPARE(value(values, series::heatName(7)), 1.0); // up to 200 ms
        QCOMPARE(value(values, series::heatName(0)), 0.0);
    }

    void countsWhatIsSlowerThanEveryBoundInTheLastCell()
    {
        ManualClock clock;
        SeriesSampler sampler;
        MetricsSnapshot snapshot;
        sampler.sample(snapshot, clock.now());
        snapshot.hub.firstTokenUs.record(60'000'000);
        clock.advance(1s);
        const auto values = sampler.sample(snapshot, clock.now());
        QCOMPARE(value(values, series::heatName(std::size(series::kHeatBoundsMs) - 1)), 1.0);
    }

    void leavesOutWhatNobodyMeasured()
    {
        ManualClock clock;
        SeriesSampler sampler;
        sampler.sample(MetricsSnapshot(), clock.now());
        clock.advance(1s);
        const auto values = sampler.sample(MetricsSnapshot(), clock.now());
        QVERIFY(!values.contains(std::string(series::kFirstTokenP95)));
        QVERIFY(!values.contains(std::string(series::kErrorRate)));
        QCOMPARE(value(values, series::kMessagesIn), 0.0);
    }

    void tellsTheShareOfTurnsThatFailed()
    {
        ManualClock clock;
        SeriesSampler sampler;
        MetricsSnapshot snapshot;
        snapshot.hub.turns = {{"ok", 100}};
        sampler.sample(snapshot, clock.now());
        snapshot.hub.turns = {{"ok", 103}, {"error", 1}};
        clock.advance(1s);
        QCOMPARE(value(sampler.sample(snapshot, clock.now()), series::kErrorRate), 0.25);
    }
};

QTEST_GUILESS_MAIN(TstSeriesSampler)
#include "tst_series_sampler.moc"
