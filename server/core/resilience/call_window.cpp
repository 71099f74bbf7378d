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

void CallWindow::takeBack(std::uint64_t CallCounts::*what, MonotonicTime at, MonotonicTime now)
{
    moveTo(now);
    const auto ago = static_cast<std::size_t>((end_ - std::chrono::nanoseconds(1) - std::min(at, now)) / width_);
    if (ago >= ring_.size())
        return;
    std::uint64_t &counted = ring_[(at_ + ring_.size() - ago) % ring_.size()].*what;
    if (counted == 0)
        return; // the window was emptied since
    --counted;
    --(sum_.*what);
}

void CallWindow::clear()
{
    std::ranges::fill(ring_, CallCounts{});
    sum_ = {};
}

} // namespace orchestra
