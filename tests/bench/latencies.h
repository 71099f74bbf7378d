// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace orchestra {

/// Every single time, because a benchmark has the room and its percentiles ought to be exact.
class Latencies
{
public:
    void add(std::chrono::nanoseconds time) { us_.push_back(std::chrono::duration<double, std::micro>(time).count()); }
    std::size_t count() const { return us_.size(); }

    /// In microseconds; 0 without any. `share` in 0..1.
    double at(double share)
    {
        if (us_.empty())
            return 0;
        const auto rank = std::min(us_.size() - 1, static_cast<std::size_t>(share * double(us_.size())));
        std::nth_element(us_.begin(), us_.begin() + std::ptrdiff_t(rank), us_.end());
        return us_[rank];
    }

private:
    std::vector<double> us_;
};

} // namespace orchestra
