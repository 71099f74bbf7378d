// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"

#include <cstdint>
#include <vector>

namespace orchestra {

struct CallCounts
{
    std::uint64_t ok = 0;   ///< in time
    std::uint64_t slow = 0; ///< well, but too late
    std::uint64_t failed = 0;
    std::uint64_t rejected = 0; ///< by the breaker itself: no call was made

    /// Calls that were made and had an end.
    std::uint64_t calls() const { return ok + slow + failed; }
    double failureRate() const { return calls() == 0 ? 0 : static_cast<double>(failed) / static_cast<double>(calls()); }
    double slowRate() const { return calls() == 0 ? 0 : static_cast<double>(slow) / static_cast<double>(calls()); }
};

/// Counts of the last `buckets` x `width` of time, in a ring, with their sum kept up. Lives on: hub.
class CallWindow
{
public:
    CallWindow(std::size_t buckets, std::chrono::nanoseconds width);

    /// Counts one call, for example CallCounts::failed.
    void count(std::uint64_t CallCounts::*what, MonotonicTime now)
    {
        moveTo(now);
        ++(ring_[at_].*what);
        ++(sum_.*what);
    }
    /// Takes back one call that was counted at `at`; nothing happens when that has left the window.
    void takeBack(std::uint64_t CallCounts::*what, MonotonicTime at, MonotonicTime now);
    const CallCounts &sum(MonotonicTime now)
    {
        moveTo(now);
        return sum_;
    }
    void clear();

private:
    void moveTo(MonotonicTime now)
    {
        if (now >= end_)
            turn(now);
    }
    void turn(MonotonicTime now);

    const std::chrono::nanoseconds width_;
    std::vector<CallCounts> ring_;
    CallCounts sum_;
    std::size_t at_ = 0;  ///< the newest bucket's place
    MonotonicTime end_{}; ///< of the newest bucket
};

} // namespace orchestra
