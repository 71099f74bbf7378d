// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/resilience/concurrency_limit.h"
#include "server/core/resilience/retry_policy.h"
#include "server/orchestrator/breaker_board.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace orchestra {

/// What stands between callers and one server of tools: its breaker, and how many calls it is given at a time.
/// Lives on: hub.
class ToolGuard
{
public:
    ToolGuard(BreakerBoard &board, const std::string &breaker, BreakerPolicy policy, ConcurrencyPolicy concurrency,
              std::size_t mostWaiting, const RetryPolicy &retries)
        : board_(board)
        , breaker_(board.add(breaker, policy))
        , concurrency_(concurrency)
        , budget_(retries)
        , mostWaiting_(mostWaiting)
    {
    }
    ToolGuard(const ToolGuard &) = delete;
    ToolGuard &operator=(const ToolGuard &) = delete;

    CircuitBreaker &breaker() { return breaker_; }
    const CircuitBreaker &breaker() const { return breaker_; }
    const ConcurrencyLimit &concurrency() const { return concurrency_; }
    RetryBudget &budget() { return budget_; }

    Result<CircuitBreaker::Permit> admit() { return board_.admit(breaker_); }
    void finish(CircuitBreaker::Permit permit, CallOutcome outcome) { board_.finish(breaker_, permit, outcome); }

    /// Takes a place among the calls under way, to be given back with leave(); false when there is none.
    bool enter() { return waiting_.empty() && concurrency_.enter(); }
    void leave(ConcurrencyLimit::Outcome outcome);
    /// Waits for a place: `given` is called once, when the caller has it. 0, and nothing happens, when too many wait.
    std::uint64_t wait(std::function<void()> given);
    void stopWaiting(std::uint64_t waiter) { waiting_.erase(waiter); }

private:
    BreakerBoard &board_;
    CircuitBreaker &breaker_;
    ConcurrencyLimit concurrency_;
    RetryBudget budget_;
    const std::size_t mostWaiting_;
    std::map<std::uint64_t, std::function<void()>> waiting_; ///< in the order in which they came
    std::uint64_t lastWaiter_ = 0;
};

} // namespace orchestra
