// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/resilience/concurrency_limit.h"

#include <algorithm>

namespace orchestra {

bool ConcurrencyLimit::enter()
{
    if (inFlight_ >= limit())
        return false;
    ++inFlight_;
    return true;
}

void ConcurrencyLimit::leave(Outcome outcome)
{
    const bool isUsed = 2 * static_cast<double>(inFlight_) >= limit_;
    if (outcome == Outcome::Ok && isUsed)
        limit_ = std::min(limit_ + 1, policy_.most);
    else if (outcome == Outcome::Dropped)
        limit_ = std::max(limit_ * policy_.shrink, policy_.least);
    inFlight_ -= inFlight_ > 0 ? 1 : 0;
}

} // namespace orchestra
