// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/model_guard.h"

#include <algorithm>

namespace orchestra {
namespace {

constexpr double kSmoothing = 0.2;

} // namespace

BreakerPolicy ModelGuard::breakerPolicy(const TimeoutPolicy &timeout)
{
    BreakerPolicy policy;
    policy.callTimeout = timeout.most;
    policy.longestHalfOpen = std::max<std::chrono::milliseconds>(std::chrono::seconds(30), 2 * timeout.most);
    return policy;
}

ModelGuard::ModelGuard(BreakerBoard &board, const std::string &breaker, const Policy &policy, const Clock &clock)
    : mostWaiting_(policy.waiting)
    , board_(board)
    , breaker_(board.add(breaker, breakerPolicy(policy.timeout)))
    , timeout_(policy.timeout, clock)
    , concurrency_(policy.concurrency)
    , budget_(retries_)
    , clock_(clock)
{
}

void ModelGuard::leave(ConcurrencyLimit::Outcome outcome)
{
    concurrency_.leave(outcome);
    // More than one place may be free: the limit may just have grown. A place is taken for whoever is told of it, so
    // that nobody overtakes, and one who leaves meanwhile passes it on.
    while (!waiting_.empty() && concurrency_.enter())
        waiting_.extract(waiting_.begin()).mapped().given();
}

std::uint64_t ModelGuard::wait(std::function<void()> given)
{
    if (waiting_.size() >= mostWaiting_)
        return 0;
    waiting_.emplace(++lastWaiter_, Waiter{std::move(given), clock_.now()});
    return lastWaiter_;
}

std::optional<std::chrono::nanoseconds> ModelGuard::longestWait() const
{
    if (waiting_.empty())
        return std::nullopt;
    return clock_.now() - waiting_.begin()->second.since;
}

void ModelGuard::stopWaiting(std::uint64_t waiter)
{
    waiting_.erase(waiter);
}

void ModelGuard::firstToken(CircuitBreaker::Permit permit, std::chrono::microseconds took, bool isRetry)
{
    board_.finish(breaker_, permit, took > kSlow ? CallOutcome::Slow : CallOutcome::Ok);
    if (!isRetry)
        timeout_.succeeded(took);
    const double ms = std::chrono::duration<double, std::milli>(took).count();
    firstTokenMs_ = firstTokenMs_ == 0 ? ms : firstTokenMs_ + kSmoothing * (ms - firstTokenMs_);
    noteOutcome(true);
}

void ModelGuard::failedEarly(CircuitBreaker::Permit permit, bool isServersFault, const Error &error,
                             std::chrono::microseconds took, bool isRetry)
{
    board_.finish(breaker_, permit, isServersFault ? CallOutcome::Failed : CallOutcome::Ignored);
    if (error.code == Code::ProviderTimeout && !isRetry)
        timeout_.timedOut(took);
    if (isServersFault)
        noteOutcome(false);
}

void ModelGuard::brokeOff(CircuitBreaker::Permit permit)
{
    board_.brokeOff(breaker_, permit);
    noteOutcome(false);
}

void ModelGuard::noteOutcome(bool ok)
{
    errorRate_ += kSmoothing * ((ok ? 0.0 : 1.0) - errorRate_);
}

std::optional<std::chrono::milliseconds> ModelGuard::measuredFirstToken() const
{
    if (firstTokenMs_ == 0)
        return {};
    return std::chrono::milliseconds(static_cast<std::int64_t>(firstTokenMs_ + 0.5));
}

double ModelGuard::expectedMs() const
{
    return firstTokenMs_ / std::max(1 - errorRate_, 0.05);
}

} // namespace orchestra
