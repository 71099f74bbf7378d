// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/resilience/call_window.h"

#include <algorithm>

namespace orchestra {

CallWindow::CallWindow(std::size_t buckets, std::chrono::nanoseconds width)
    : width_(width)
    , ring_(buckets)
{
}

/// Empties the buckets that have left the window, until the newest one holds `now`.
void CallWindow::turn(MonotonicTime now)
{
    const std::int64_t behind = (now - end_) / width_ + 1;
    end_ += behind * width_;
    if (behind >= static_cast<std::int64_t>(ring_.size()))
        return clear();
    for (std::int64_t i = 0; i < behind; ++i) {
        at_ = at_ + 1 == ring_.size() ? 0 : at_ + 1;
        CallCounts &gone = ring_[at_];
        sum_.ok -= gone.ok;
        sum_.slow -= gone.slow;
        sum_.failed -= gone.failed;
        sum_.rejected -= gone.rejected;
        gone = {};
    }
}

void CallWindow::clear()
{
    std::ranges::fill(ring_, CallCounts{});
    sum_ = {};
}

} // namespace orchestra
