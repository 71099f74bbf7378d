// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/resilience/circuit_breaker.h"

#include "shared/wire/error_table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace orchestra {
namespace {

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

wire::BreakerOverride overrideOf(wire::BreakerState state)
{
    switch (state) {
    case wire::BreakerState::ForcedOpen:
        return wire::BreakerOverride::ForcedOpen;
    case wire::BreakerState::Disabled:
        return wire::BreakerOverride::Disabled;
    case wire::BreakerState::MetricsOnly:
        return wire::BreakerOverride::MetricsOnly;
    case wire::BreakerState::Closed:
    case wire::BreakerState::Open:
    case wire::BreakerState::HalfOpen:
        break;
    }
    return wire::BreakerOverride::None;
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
    if (isBound() && core_ == Core::Closed) // the common case, without a look at the clock
        return Permit{generation_, ++lastSerial_};
    poll();
    const MonotonicTime now = clock_.now();
    const bool isHalfOpen = isBound() && core_ == Core::HalfOpen;
    const bool noPermitLeft = leases_.size() + probesOk_ + probesSlow_ >= policy_.halfOpenPermits;
    if (override_ == wire::BreakerOverride::ForcedOpen || (isBound() && core_ == Core::Open) ||
        (isHalfOpen && noPermitLeft)) {
        window_.count(&CallCounts::rejected, now);
        note('r');
        return refusal();
    }
    const Permit permit{generation_, ++lastSerial_};
    if (isHalfOpen)
        leases_.emplace(permit.serial, now + policy_.callTimeout);
    return permit;
}

void CircuitBreaker::finish(Permit permit, CallOutcome outcome)
{
    poll();
    if (permit.generation != generation_ || !isRecording())
        return;
    const MonotonicTime now = clock_.now();
    if (isBound() && core_ == Core::HalfOpen) {
        if (finishProbe(permit, outcome, now))
            judgeHalfOpen();
        return;
    }
    count(outcome, permit.serial, now);
    if (isBound() && core_ == Core::Closed && outcome != CallOutcome::Ignored)
        judgeClosed(now);
}

void CircuitBreaker::brokeOff(const Finished &call)
{
    poll();
    if (call.permit.generation != generation_ || !isRecording())
        return;
    const MonotonicTime now = clock_.now();
    window_.takeBack(call.outcome == CallOutcome::Slow ? &CallCounts::slow : &CallCounts::ok, call.at, now);
    if (rowEndedBy_ == call.permit.serial) { // what had seemed to end a row of failures has made it longer
        consecutive_ += endedRow_;
        rowEndedBy_ = 0;
    }
    count(CallOutcome::Failed, call.permit.serial, now);
    if (!isBound())
        return;
    if (core_ == Core::HalfOpen)
        open("a probe broke off");
    else if (core_ == Core::Closed)
        judgeClosed(now);
}

void CircuitBreaker::count(CallOutcome outcome, std::uint64_t serial, MonotonicTime now)
{
    switch (outcome) {
    case CallOutcome::Ok:
        window_.count(&CallCounts::ok, now);
        endRow(serial);
        note('o');
        break;
    case CallOutcome::Slow:
        window_.count(&CallCounts::slow, now);
        endRow(serial);
        note('s');
        break;
    case CallOutcome::Failed:
        window_.count(&CallCounts::failed, now);
        ++consecutive_;
        note('f');
        break;
    case CallOutcome::Ignored:
        break;
    }
}

void CircuitBreaker::judgeClosed(MonotonicTime now)
{
    if (consecutive_ >= policy_.consecutiveFailures) {
        open(std::to_string(consecutive_) + " failures in a row");
        return;
    }
    const CallCounts &sum = window_.sum(now);
    const std::uint64_t calls = sum.calls();
    if (calls < policy_.minimumCalls)
        return;
    const auto all = static_cast<double>(calls);
    if (static_cast<double>(sum.failed) >= policy_.failureRate * all)
        open(percent(sum.failureRate()) + " of " + std::to_string(calls) + " calls failed");
    else if (static_cast<double>(sum.slow) >= policy_.slowRate * all)
        open(percent(sum.slowRate()) + " of " + std::to_string(calls) + " calls were slow");
}

/// True when there is something to judge.
bool CircuitBreaker::finishProbe(Permit permit, CallOutcome outcome, MonotonicTime now)
{
    if (leases_.erase(permit.serial) == 0 || outcome == CallOutcome::Ignored)
        return false; // its lease has ended before it did, or it says nothing
    count(outcome, permit.serial, now);
    if (outcome == CallOutcome::Failed) {
        open("a probe failed");
        return false;
    }
    ++(outcome == CallOutcome::Slow ? probesSlow_ : probesOk_);
    return true;
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
    Transition change{name_, before, state(), {since_}, cause_, {}, {}};
    if (!actor_.empty())
        change.actor = actor_;
    if (!isBound())
        change.overrideUntil = wire::Timestamp{wallAt(overrideUntil_)};
    history_.push_back(std::move(change));
    if (told_)
        told_(history_.back());
}

void CircuitBreaker::poll()
{
    if (isBound() && core_ == Core::Closed)
        return;
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
    startAfresh();
    publish(before, std::move(reason));
    actor_.clear();
}

void CircuitBreaker::startAfresh()
{
    core_ = Core::Closed;
    ++generation_;
    consecutive_ = 0;
    badProbes_ = 0;
    openings_ = 0;
    leases_.clear();
    probesOk_ = 0;
    probesSlow_ = 0;
    window_.clear();
}

void CircuitBreaker::restore(std::deque<Transition> history)
{
    if (history.empty())
        return;
    const Transition last = history.back();
    history.insert(history.end(), history_.begin(), history_.end());
    while (history.size() > kHistory)
        history.pop_front();
    const bool hasMoved = !history_.empty(); // what happened since the start is newer
    history_ = std::move(history);
    if (hasMoved)
        return;
    const auto override = overrideOf(last.toState);
    const std::int64_t leftMs = last.overrideUntil ? last.overrideUntil->ms - clock_.wallMs() : 0;
    if (override != wire::BreakerOverride::None && leftMs > 0) {
        override_ = override;
        overrideUntil_ = clock_.now() + std::chrono::milliseconds(leftMs);
        actor_ = last.actor.value_or(std::string());
        since_ = last.at.ms;
        cause_ = last.cause;
        ++generation_;
        ++revision_;
    } else if (last.toState != wire::BreakerState::Closed) {
        publish(last.toState, override == wire::BreakerOverride::None ? "the server has started anew"
                                                                      : "the override ended while the server was down");
    }
}

std::chrono::seconds CircuitBreaker::overrideLeft() const
{
    return isBound() ? std::chrono::seconds(0)
                     : std::max(std::chrono::seconds(0),
                                std::chrono::ceil<std::chrono::seconds>(overrideUntil_ - clock_.now()));
}

std::string CircuitBreaker::shownOutcomes() const
{
    std::string shown;
    for (std::size_t i = noted_ > kShownOutcomes ? noted_ - kShownOutcomes : 0; i < noted_; ++i)
        shown += outcomes_[i % kShownOutcomes];
    return shown;
}

WallMs CircuitBreaker::wallAt(MonotonicTime at) const
{
    return clock_.wallMs() + std::chrono::duration_cast<std::chrono::milliseconds>(at - clock_.now()).count();
}

wire::BreakerRow CircuitBreaker::row() const
{
    const CallCounts &sum = window_.sum(clock_.now());
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
    row.outcomes = shownOutcomes();
    row.revision = revision_;
    for (const Transition &move : history_)
        row.history.push_back({move.at, move.fromState, move.toState, move.cause});
    return row;
}

} // namespace orchestra
