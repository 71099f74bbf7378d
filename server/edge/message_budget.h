// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"

#include <chrono>
#include <cstddef>
#include <vector>

namespace orchestra {

/// How many messages a connection may send: a bucket that fills steadily and holds a burst. Pure.
class MessageBudget
{
public:
    MessageBudget(double perSecond, double burst, MonotonicTime now)
        : perSecond_(perSecond)
        , burst_(burst)
        , tokens_(burst)
        , filledAt_(now)
    {
    }

    /// False when there is not enough; nothing is taken then.
    bool take(MonotonicTime now, double cost = 1);
    /// Until one message may be sent again.
    std::chrono::milliseconds wait(double cost = 1) const;

private:
    double perSecond_;
    double burst_;
    double tokens_;
    MonotonicTime filledAt_;
};

/// Tells when so many events have happened within a window of time. Exact; holds nothing until the first event.
class EventWindow
{
public:
    EventWindow(std::size_t events, std::chrono::milliseconds window)
        : events_(events)
        , window_(window)
    {
    }

    /// True when this is the last of `events` within the window.
    bool add(MonotonicTime now);
    std::size_t total() const { return total_; }

private:
    std::size_t events_;
    std::chrono::milliseconds window_;
    std::vector<MonotonicTime> times_; ///< a ring once it is full
    std::size_t next_ = 0;
    std::size_t total_ = 0;
};

} // namespace orchestra
