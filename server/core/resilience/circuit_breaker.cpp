// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/resilience/circuit_breaker.h"

#include "shared/wire/error_table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace orchestra {
namespace {

constexpr std::size_t kShownOutcomes = 20;

std::string percent(double share)
{
    return std::to_string(static_cast<int>(std::lround(share * 100))) + " %";
}

wire::BreakerState shown(wire::BreakerOverride state)
{
    switch (state) {
    case wire::BreakerOverride::ForcedOpen:
        return wire::BreakerState::ForcedOpen;
    case wire::BreakerOverride::Disabled:
        return wire::BreakerState::Disabled;
    case wire::BreakerOverride::MetricsOnly:
        return wire::BreakerState::MetricsOnly;
    case wire::BreakerOverride::None:
        break;
    }
    return wire::BreakerState::Closed;
}

} // namespace

CircuitBreaker::CircuitBreaker(std::string name, BreakerPolicy policy, const Clock &clock, RandomSource &random)
    : name_(std::move(name))
    , policy_(policy)
    , clock_(clock)
    , random_(random)
    , window_(policy.windowBuckets, policy.bucket)
    , since_(clock.wallMs())
{
}

wire::BreakerState CircuitBreaker::state() const
{
    if (!isBound())
        return shown(override_);
    switch (core_) {
    case Core::Closed:
        return wire::BreakerState::Closed;
    case Core::Open:
        return wire::BreakerState::Open;
    case Core::HalfOpen:
        return wire::BreakerState::HalfOpen;
    }
    return wire::BreakerState::Closed;
}

Error CircuitBreaker::refusal() const
{
    Error error = makeError(Code::BreakerOpen, "the circuit breaker of " + name_ + " is open");
    const MonotonicTime end = isBound() ? until_ : overrideUntil_;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - clock_.now()).count();
    error.retryAfterMs = std::max<std::int64_t>(left, 1);
    return error;
}

Result<CircuitBreaker::Permit> CircuitBreaker::admit()
{
    poll();
    const MonotonicTime now = clock_.now();
    const bool halfOpen = isBound() && core_ == Core::HalfOpen;
    const bool noPermitLeft = leases_.size() + probesOk_ + probesSlow_ >= policy_.halfOpenPermits;
    if (override_ == wire::BreakerOverride::ForcedOpen || (isBound() && core_ == Core::Open) ||
        (halfOpen && noPermitLeft)) {
        ++window_.at(now).rejected;
        note('r');
        return refusal();
    }
    const Permit permit{generation_, ++lastSerial_};
    if (halfOpen)
        leases_.emplace(permit.serial, now + policy_.callTimeout);
    return permit;
}

void CircuitBreaker::finish(Permit permit, CallOutcome outcome)
{
    poll();
    if (permit.generation != generation_ || !isRecording())
        return;
    if (isBound() && core_ == Core::HalfOpen) {
        finishProbe(permit, outcome);
        return;
    }
    CallCounts &counts = window_.at(clock_.now());
    switch (outcome) {
    case CallOutcome::Ok:
        ++counts.ok;
        consecutive_ = 0;
        note('o');
        break;
    case CallOutcome::Slow:
        ++counts.slow;
        consecutive_ = 0;
        note('s');
        break;
    case CallOutcome::Failed:
        ++counts.failed;
        ++consecutive_;
        note('f');
        break;
    case CallOutcome::Ignored:
        return;
    }
    if (isBound() && core_ == Core::Closed)
        judgeClosed();
}

void CircuitBreaker::judgeClosed()
{
    if (consecutive_ >= policy_.consecutiveFailures) {
        open(std::to_string(consecutive_) + " failures in a row");
        return;
    }
    const CallCounts sum = window_.sum(clock_.now());
    if (sum.calls() < policy_.minimumCalls)
        return;
    if (sum.failureRate() >= policy_.failureRate)
        open(percent(sum.failureRate()) + " of " + std::to_string(sum.calls()) + " calls failed");
    else if (sum.slowRate() >= policy_.slowRate)
        open(percent(sum.slowRate()) + " of " + std::to_string(sum.calls()) + " calls were slow");
}

void CircuitBreaker::finishProbe(Permit permit, CallOutcome outcome)
{
    if (leases_.erase(permit.serial) == 0)
        return; // its lease ended before it did
    CallCounts &counts = window_.at(clock_.now());
    switch (outcome) {
    case CallOutcome::Ignored:
        return;
    case CallOutcome::Failed:
        ++counts.failed;
        note('f');
        open("a probe failed");
        return;
    case CallOutcome::Ok:
        ++counts.ok;
        ++probesOk_;
        note('o');
        break;
    case CallOutcome::Slow:
        ++counts.slow;
        ++probesSlow_;
        note('s');
        break;
    }
    judgeHalfOpen();
}

void CircuitBreaker::judgeHalfOpen()
{
    const std::uint64_t probes = probesOk_ + probesSlow_;
    if (probes < policy_.halfOpenPermits)
        return;
    if (static_cast<double>(probesSlow_) >= policy_.slowRate * static_cast<double>(probes))
        open("the probes were slow");
    else
        moveTo(Core::Closed, std::to_string(probes) + " probes passed");
}

void CircuitBreaker::healthProbe(bool good)
{
    poll();
    if (!isBound())
        return;
    badProbes_ = good ? 0 : badProbes_ + 1;
    if (good && core_ == Core::Open)
        moveTo(Core::HalfOpen, "a health probe passed");
    else if (core_ == Core::Closed && badProbes_ >= policy_.failedProbes)
        open(std::to_string(badProbes_) + " health probes failed in a row");
    else if (core_ == Core::HalfOpen && !good)
        open("a health probe failed");
    else if (core_ == Core::HalfOpen && leases_.empty()) {
        // Where nobody calls, health probes have to show that it is back, or it would open and half-open for ever.
        ++probesOk_;
        judgeHalfOpen();
    }
}

void CircuitBreaker::open(std::string cause)
{
    // Doubling stops where the cap is reached, so that the exponent cannot overflow however long an outage lasts.
    auto wait = std::chrono::duration<double, std::milli>(policy_.openWait);
    for (std::uint64_t k = 0; k < openings_ && wait < policy_.openCap; ++k)
        wait *= 2;
    wait = std::min(wait, std::chrono::duration<double, std::milli>(policy_.openCap));
    wait *= 1 + policy_.jitter * (2 * random_.nextUnit() - 1);
    ++openings_;
    until_ = clock_.now() + std::chrono::duration_cast<std::chrono::nanoseconds>(wait);
    moveTo(Core::Open, std::move(cause));
}

void CircuitBreaker::moveTo(Core next, std::string cause)
{
    const wire::BreakerState before = state();
    core_ = next;
    ++generation_;
    consecutive_ = 0;
    badProbes_ = 0;
    leases_.clear();
    probesOk_ = 0;
    probesSlow_ = 0;
    if (next == Core::Closed) {
        openings_ = 0;
        window_.clear();
    } else if (next == Core::HalfOpen) {
        until_ = clock_.now() + longestHalfOpen();
    }
    publish(before, std::move(cause));
}

void CircuitBreaker::publish(wire::BreakerState before, std::string cause)
{
    since_ = clock_.wallMs();
    cause_ = std::move(cause);
    ++revision_;
    if (history_.size() == kHistory)
        history_.pop_front();
    history_.push_back({before, state(), since_, cause_});
    if (told_)
        told_(history_.back());
}

void CircuitBreaker::poll()
{
    const MonotonicTime now = clock_.now();
    if (!isBound()) {
        if (now >= overrideUntil_)
            clearOverride({}, "the override ended");
        return;
    }
    if (core_ == Core::Open && now >= until_) {
        moveTo(Core::HalfOpen, "the wait is over");
    } else if (core_ == Core::HalfOpen && now >= until_) {
        open("the probes did not finish in time");
    } else if (core_ == Core::HalfOpen) {
        std::erase_if(leases_, [now](const auto &lease) { return lease.second <= now; });
    }
}

std::chrono::milliseconds CircuitBreaker::longestHalfOpen() const
{
    return std::max(policy_.longestHalfOpen, 2 * policy_.firstTokenTimeout);
}

std::optional<MonotonicTime> CircuitBreaker::nextPoll() const
{
    if (!isBound())
        return overrideUntil_;
    return core_ == Core::Closed ? std::nullopt : std::optional(until_);
}

void CircuitBreaker::overrideWith(wire::BreakerOverride state, std::string actor, std::string reason,
                                  std::chrono::seconds duration)
{
    if (state == wire::BreakerOverride::None) {
        clearOverride(std::move(actor), std::move(reason));
        return;
    }
    const wire::BreakerState before = this->state();
    override_ = state;
    overrideUntil_ = clock_.now() + duration;
    actor_ = std::move(actor);
    ++generation_;
    publish(before, std::move(reason));
}

void CircuitBreaker::clearOverride(std::string actor, std::string reason)
{
    if (isBound())
        return;
    const wire::BreakerState before = state();
    override_ = wire::BreakerOverride::None;
    actor_ = std::move(actor);
    core_ = Core::Closed;
    ++generation_;
    consecutive_ = 0;
    badProbes_ = 0;
    openings_ = 0;
    leases_.clear();
    window_.clear();
    publish(before, std::move(reason));
}

std::chrono::seconds CircuitBreaker::overrideLeft() const
{
    return isBound() ? std::chrono::seconds(0)
                     : std::max(std::chrono::seconds(0),
                                std::chrono::ceil<std::chrono::seconds>(overrideUntil_ - clock_.now()));
}

void CircuitBreaker::note(char outcome)
{
    if (outcomes_.size() == kShownOutcomes)
        outcomes_.erase(0, 1);
    outcomes_ += outcome;
}

WallMs CircuitBreaker::wallAt(MonotonicTime at) const
{
    return clock_.wallMs() + std::chrono::duration_cast<std::chrono::milliseconds>(at - clock_.now()).count();
}

wire::BreakerRow CircuitBreaker::row() const
{
    const CallCounts sum = window_.sum(clock_.now());
    wire::BreakerRow row;
    row.name = name_;
    row.state = state();
    row.since = {since_};
    row.calls = sum.calls();
    row.failures = sum.failed;
    row.slow = sum.slow;
    row.rejected = sum.rejected;
    row.failureRate = sum.failureRate();
    row.threshold = policy_.failureRate;
    row.minimumCalls = policy_.minimumCalls;
    row.consecutiveFailures = consecutive_;
    if (isBound() && core_ == Core::Open)
        row.nextProbeAt = wire::Timestamp{wallAt(until_)};
    row.probesPassed = probesOk_;
    row.probesNeeded = core_ == Core::HalfOpen ? policy_.halfOpenPermits : 0;
    row.reopened = openings_ > 0 ? openings_ - 1 : 0;
    row.cause = cause_;
    if (!actor_.empty() && !isBound())
        row.actor = actor_;
    if (!isBound())
        row.overrideUntil = wire::Timestamp{wallAt(overrideUntil_)};
    row.outcomes = outcomes_;
    row.revision = revision_;
    return row;
}

} // namespace orchestra
