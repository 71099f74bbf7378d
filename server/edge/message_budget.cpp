// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/message_budget.h"

#include <algorithm>
#include <cmath>

namespace orchestra {

bool MessageBudget::take(MonotonicTime now, double cost)
{
    const double seconds = std::chrono::duration<double>(now - filledAt_).count();
    tokens_ = std::min(burst_, tokens_ + std::max(0.0, seconds) * perSecond_);
    filledAt_ = now;
    if (tokens_ < cost)
        return false;
    tokens_ -= cost;
    return true;
}

std::chrono::milliseconds MessageBudget::wait(double cost) const
{
    const double missing = std::max(0.0, cost - tokens_);
    return std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(missing / perSecond_ * 1000)));
}

bool EventWindow::add(MonotonicTime now)
{
    ++total_;
    if (events_ == 0)
        return true;
    if (times_.size() < events_)
        times_.push_back(now);
    else
        times_[next_] = now;
    next_ = (next_ + 1) % events_;
    // The oldest of the last `events_` stands where the next one will be written.
    return times_.size() == events_ && now - times_[next_] < window_;
}

} // namespace orchestra
