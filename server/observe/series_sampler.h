// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/observe/metrics_snapshot.h"
#include "shared/base/clock.h"

#include <map>
#include <optional>
#include <string>

namespace orchestra {

/// Turns the counters of one second into the values of the series (shared/wire/series_names.h): rates from differences,
/// percentiles from what was recorded since the last sample. A percentile of nothing is no value, never 0.
/// Lives on: hub.
class SeriesSampler
{
public:
    /// The values for the time since the last call; the first call only remembers and returns the gauges.
    /// `now` is monotonic: rates are per real second even when the timer was late.
    std::map<std::string, double> sample(const MetricsSnapshot &snapshot, MonotonicTime now);

private:
    struct Totals
    {
        MonotonicTime at{};
        double framesIn = 0;
        double framesOut = 0;
        double tokens = 0;
        double turns = 0;
        double failedTurns = 0;
        double cpuSeconds = 0;
        Histogram firstTokenUs;
        Histogram turnUs;
        Histogram ackUs;
    };

    static Totals totalsOf(const MetricsSnapshot &snapshot, MonotonicTime now);
    static void addRates(std::map<std::string, double> &out, const Totals &before, const Totals &after);
    static void addLatencies(std::map<std::string, double> &out, const Totals &before, const Totals &after);

    std::optional<Totals> last_;
};

} // namespace orchestra
