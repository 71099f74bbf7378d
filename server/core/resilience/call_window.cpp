// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/resilience/call_window.h"

#include <algorithm>

namespace orchestra {

CallWindow::CallWindow(std::size_t buckets, std::chrono::nanoseconds width)
    : width_(width)
    , ring_(buckets)
{
}

void CallWindow::moveTo(MonotonicTime now)
{
    const std::int64_t ordinal = now.time_since_epoch() / width_;
    const auto size = static_cast<std::int64_t>(ring_.size());
    for (std::int64_t i = std::max(newest_ + 1, ordinal - size + 1); i <= ordinal; ++i)
        ring_[static_cast<std::size_t>(i % size)] = {};
    newest_ = std::max(newest_, ordinal);
}

CallCounts &CallWindow::at(MonotonicTime now)
{
    moveTo(now);
    return ring_[static_cast<std::size_t>(newest_ % static_cast<std::int64_t>(ring_.size()))];
}

CallCounts CallWindow::sum(MonotonicTime now)
{
    moveTo(now);
    CallCounts total;
    for (const CallCounts &bucket : ring_) {
        total.ok += bucket.ok;
        total.slow += bucket.slow;
        total.failed += bucket.failed;
        total.rejected += bucket.rejected;
    }
    return total;
}

void CallWindow::clear()
{
    std::ranges::fill(ring_, CallCounts{});
}

} // namespace orchestra
