// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/resilience/adaptive_timeout.h"

#include <algorithm>
#include <cmath>

namespace orchestra {

std::int64_t AdaptiveTimeout::minuteNow() const
{
    return clock_.now().time_since_epoch() / kWidth;
}

void AdaptiveTimeout::record(std::chrono::microseconds took)
{
    const std::int64_t minute = minuteNow();
    for (std::int64_t m = std::max(newest_ + 1, minute - std::int64_t(kMinutes) + 1); m <= minute; ++m)
        minutes_[static_cast<std::size_t>(m) % kMinutes].clear();
    newest_ = std::max(newest_, minute);
    minutes_[static_cast<std::size_t>(minute) % kMinutes].record(static_cast<std::uint64_t>(took.count()));

    const auto us = static_cast<double>(took.count());
    if (smoothed_ == 0) {
        smoothed_ = us;
        deviation_ = us / 2;
    } else {
        deviation_ += (std::abs(us - smoothed_) - deviation_) / 4;
        smoothed_ += (us - smoothed_) / 8;
    }
}

void AdaptiveTimeout::succeeded(std::chrono::microseconds took)
{
    record(took);
    doublings_ = 0;
}

void AdaptiveTimeout::timedOut(std::chrono::microseconds after)
{
    record(after);
    doublings_ = std::min(doublings_ + 1, 16U);
}

std::chrono::milliseconds AdaptiveTimeout::current() const
{
    Histogram recent;
    const std::int64_t minute = minuteNow();
    for (std::int64_t m = minute - std::int64_t(kMinutes) + 1; m <= minute; ++m) {
        if (m >= 0 && m <= newest_ && m > newest_ - std::int64_t(kMinutes))
            recent.merge(minutes_[static_cast<std::size_t>(m) % kMinutes]);
    }
    if (recent.count() >= policy_.enough)
        return clamped(policy_.factor * static_cast<double>(recent.percentile(0.99)));
    if (smoothed_ == 0)
        return std::clamp(policy_.first, policy_.least, policy_.most);
    return clamped((smoothed_ + 4 * deviation_) * std::exp2(doublings_));
}

std::chrono::milliseconds AdaptiveTimeout::clamped(double us) const
{
    const double ms = std::min(us / 1000, static_cast<double>(policy_.most.count()));
    return std::clamp(std::chrono::milliseconds(static_cast<std::int64_t>(ms)), policy_.least, policy_.most);
}

} // namespace orchestra
