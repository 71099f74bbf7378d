// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/resilience/retry_policy.h"

#include <algorithm>

namespace orchestra {

void RetryBudget::began(bool isRetry)
{
    ++inFlight_;
    retries_ += isRetry ? 1 : 0;
}

void RetryBudget::ended(bool isRetry)
{
    inFlight_ -= inFlight_ > 0 ? 1 : 0;
    retries_ -= isRetry && retries_ > 0 ? 1 : 0;
}

bool RetryBudget::allowsRetry() const
{
    const double share = policy_.budgetShare * static_cast<double>(inFlight_);
    return static_cast<double>(retries_) < std::max(static_cast<double>(policy_.budgetFloor), share);
}

std::optional<std::chrono::milliseconds> RetryPauses::next(const Error &error, std::chrono::milliseconds timeLeft,
                                                           RandomSource &random)
{
    using Milliseconds = std::chrono::milliseconds;
    if (!error.retryable || attempts_ >= policy_.extraAttempts)
        return {};
    const auto span = static_cast<double>((3 * last_ - policy_.base).count());
    Milliseconds pause = policy_.base + Milliseconds(static_cast<std::int64_t>(span * random.nextUnit()));
    pause = std::min(pause, policy_.cap);
    last_ = pause;
    if (error.retryAfterMs)
        pause = std::max(pause, Milliseconds(*error.retryAfterMs));
    if (pause >= timeLeft)
        return {};
    ++attempts_;
    return pause;
}

} // namespace orchestra
