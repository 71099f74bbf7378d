// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/resilience/adaptive_timeout.h"
#include "server/core/resilience/concurrency_limit.h"
#include "server/core/resilience/retry_policy.h"
#include "server/orchestrator/breaker_board.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace orchestra {

/// What stands between callers and one model: its breaker, its limits and what was measured of it. Lives on: hub.
class ModelGuard
{
public:
    struct Policy
    {
        TimeoutPolicy timeout;
        BreakerPolicy breaker = {};                                ///< its times are set from the timeout
        std::chrono::milliseconds slow = std::chrono::seconds(10); ///< a first token that comes later
        RetryPolicy retries = {};
        ConcurrencyPolicy concurrency;
        std::size_t waiting = 200; ///< callers that may wait for a place
    };

    ModelGuard(BreakerBoard &board, const std::string &breaker, const Policy &policy, const Clock &clock);

    CircuitBreaker &breaker() { return breaker_; }
    const CircuitBreaker &breaker() const { return breaker_; }
    RetryBudget &budget() { return budget_; }
    const ConcurrencyLimit &concurrency() const { return concurrency_; }
    std::chrono::milliseconds firstTokenWithin() const { return timeout_.current(); }

    /// Takes a place among the calls under way, to be given back with leave(); false when there is none, or others wait
    /// for one.
    bool enter() { return waiting_.empty() && concurrency_.enter(); }
    void leave(ConcurrencyLimit::Outcome outcome);
    /// Waits for a place: `given` is called once, when the caller has it. 0, and nothing happens, when too many wait
    /// already.
    std::uint64_t wait(std::function<void()> given);
    void stopWaiting(std::uint64_t waiter);
    std::size_t waiting() const { return waiting_.size(); }
    /// Of whoever waits for longest; nothing when nobody does.
    std::optional<std::chrono::nanoseconds> longestWait() const;
    /// From now on only this part of the places is given out.
    void cutTo(double share) { concurrency_.cutTo(share); }

    Result<CircuitBreaker::Permit> admit()
    {
        askedAt_ = clock_.now();
        return board_.admit(breaker_);
    }
    /// Nothing while it never was.
    std::optional<MonotonicTime> lastAsked() const { return askedAt_; }

    /// What it gives is for brokeOff(), should it come to that.
    CircuitBreaker::Finished firstToken(CircuitBreaker::Permit permit, std::chrono::microseconds took, bool isRetry);
    /// It has ended well.
    void completed() { noteOutcome(true); }
    /// It ended before its first token.
    void failedEarly(CircuitBreaker::Permit permit, bool isServersFault, const Error &error,
                     std::chrono::microseconds took, bool isRetry);
    /// It broke off after its first token.
    void brokeOff(const CircuitBreaker::Finished &call);

    /// The model's server would not have tools with a question: it is offered none until `until`.
    void refuseTools(MonotonicTime until) { noToolsUntil_ = until; }
    bool refusesTools() const { return clock_.now() < noToolsUntil_; }

    /// Smoothed; nothing while no token was seen.
    std::optional<std::chrono::milliseconds> measuredFirstToken() const;
    double errorRate() const { return errorRate_; }
    /// What to be expected of a call: the time to the first token, stretched by the calls that fail.
    double expectedMs() const;

private:
    void noteOutcome(bool ok);

    static BreakerPolicy breakerPolicy(const Policy &policy);

    const RetryPolicy retries_;
    const std::chrono::milliseconds slow_;
    const std::size_t mostWaiting_;
    BreakerBoard &board_;
    CircuitBreaker &breaker_;
    AdaptiveTimeout timeout_;
    ConcurrencyLimit concurrency_;
    RetryBudget budget_;
    struct Waiter
    {
        std::function<void()> given;
        MonotonicTime since;
    };
    const Clock &clock_;
    std::map<std::uint64_t, Waiter> waiting_; ///< in the order in which they came
    std::uint64_t lastWaiter_ = 0;
    std::optional<MonotonicTime> askedAt_;
    MonotonicTime noToolsUntil_{};
    double firstTokenMs_ = 0; ///< 0: not measured
    double errorRate_ = 0;
};

} // namespace orchestra
