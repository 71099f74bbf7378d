// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/model_guard.h"

#include <algorithm>

namespace orchestra {
namespace {

constexpr double kSmoothing = 0.2;

} // namespace

BreakerPolicy ModelGuard::breakerPolicy(const Policy &policy)
{
    BreakerPolicy breaker = policy.breaker;
    breaker.callTimeout = policy.timeout.most;
    breaker.longestHalfOpen = std::max<std::chrono::milliseconds>(std::chrono::seconds(30), 2 * policy.timeout.most);
    return breaker;
}

ModelGuard::ModelGuard(BreakerBoard &board, const std::string &breaker, const Policy &policy, const Clock &clock)
    : retries_(policy.retries)
    , slow_(policy.slow)
    , mostWaiting_(policy.waiting)
    , board_(board)
    , breaker_(board.add(breaker, breakerPolicy(policy)))
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

CircuitBreaker::Finished ModelGuard::firstToken(CircuitBreaker::Permit permit, std::chrono::microseconds took,
                                                bool isRetry)
{
    const CircuitBreaker::Finished call{permit, took > slow_ ? CallOutcome::Slow : CallOutcome::Ok, clock_.now()};
    board_.finish(breaker_, permit, call.outcome);
    if (!isRetry)
        timeout_.succeeded(took);
    const double ms = std::chrono::duration<double, std::milli>(took).count();
    firstTokenMs_ = firstTokenMs_ == 0 ? ms : firstTokenMs_ + kSmoothing * (ms - firstTokenMs_);
    return call;
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

void ModelGuard::brokeOff(const CircuitBreaker::Finished &call)
{
    board_.brokeOff(breaker_, call);
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
