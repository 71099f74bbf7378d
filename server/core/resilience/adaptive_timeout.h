// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"
#include "shared/base/histogram.h"

#include <array>
#include <chrono>

namespace orchestra {

/// The bounds and the beginning of an adaptive timeout.
struct TimeoutPolicy
{
    std::chrono::milliseconds least = std::chrono::seconds(2);
    std::chrono::milliseconds most = std::chrono::seconds(60);
    std::chrono::milliseconds first = std::chrono::seconds(60); ///< while nothing was measured
    std::uint64_t enough = 200;                                 ///< samples for a percentile to mean something
    double factor = 1.5;
};

/// How long to wait for a dependency, from how long it took of late: 1.5 times the 99th percentile of the last five
/// minutes, or with too few samples the smoothed mean and deviation of RFC 6298 (section 2), doubled by each timeout.
/// Calls that were repeated are not to be recorded (Karn's algorithm). A call that was given up counts with the time
/// it was given, or the estimate would only ever see the quick ones. Lives on: hub.
class AdaptiveTimeout
{
public:
    explicit AdaptiveTimeout(TimeoutPolicy policy, const Clock &clock)
        : policy_(policy)
        , clock_(clock)
    {
    }

    void succeeded(std::chrono::microseconds took);
    void timedOut(std::chrono::microseconds after);
    std::chrono::milliseconds current() const;

private:
    static constexpr std::chrono::minutes kWidth{1};
    static constexpr std::size_t kMinutes = 5;

    void record(std::chrono::microseconds took);
    std::int64_t minuteNow() const;
    std::chrono::milliseconds clamped(double us) const;

    const TimeoutPolicy policy_;
    const Clock &clock_;
    std::array<Histogram, kMinutes> minutes_;
    std::int64_t newest_ = 0;
    double smoothed_ = 0; ///< microseconds; 0 while nothing was measured
    double deviation_ = 0;
    unsigned doublings_ = 0;
};

} // namespace orchestra
