// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/random.h"
#include "shared/base/result.h"

#include <chrono>
#include <cstddef>
#include <optional>

namespace orchestra {

/// How often and after which pause a failed call is made again. A plain value.
struct RetryPolicy
{
    unsigned extraAttempts = 2;
    std::chrono::milliseconds base{200};
    std::chrono::milliseconds cap = std::chrono::seconds(5);
    double budgetShare = 0.2;    ///< of the calls in flight may be retries ...
    std::size_t budgetFloor = 3; ///< ... or this many, whichever is more
};

/// Keeps retries from adding to an overload: only so many of the calls in flight may be one. Lives on: hub.
class RetryBudget
{
public:
    explicit RetryBudget(const RetryPolicy &policy)
        : policy_(policy)
    {
    }

    void began(bool isRetry);
    void ended(bool isRetry);
    bool allowsRetry() const;
    std::size_t inFlight() const { return inFlight_; }
    std::size_t retries() const { return retries_; }

private:
    const RetryPolicy policy_;
    std::size_t inFlight_ = 0;
    std::size_t retries_ = 0;
};

/// The pauses of one call: decorrelated jitter (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog 2015):
/// uniform between the base and three times the last pause, at most the cap.
class RetryPauses
{
public:
    explicit RetryPauses(const RetryPolicy &policy)
        : policy_(policy)
        , last_(policy.base)
    {
    }

    /// The pause before the next attempt; nothing when there is to be none: the error will not go away, the attempts
    /// are used up, or the pause would outlast `timeLeft`. A server's Retry-After is honoured when it is longer.
    std::optional<std::chrono::milliseconds> next(const Error &error, std::chrono::milliseconds timeLeft,
                                                  RandomSource &random);
    unsigned attempts() const { return attempts_; }

private:
    const RetryPolicy policy_;
    std::chrono::milliseconds last_;
    unsigned attempts_ = 0; ///< extra ones, so far
};

} // namespace orchestra
