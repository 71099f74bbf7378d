// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/store_guard.h"

#include "shared/wire/error_table.h"

#include <utility>

namespace orchestra {
namespace {

bool isGuarded(const StoreRequest &request)
{
    return std::holds_alternative<AcceptMessage>(request) || std::holds_alternative<CheckpointTask>(request) ||
           std::holds_alternative<FinishTask>(request);
}

CallOutcome outcomeOf(const StoreReply &reply, std::chrono::nanoseconds took)
{
    if (reply)
        return took > StoreGuard::kSlow ? CallOutcome::Slow : CallOutcome::Ok;
    const bool isItsFault = reply.error().code == Code::StorageUnavailable || reply.error().code == Code::Internal;
    return isItsFault ? CallOutcome::Failed : CallOutcome::Ok; // a conflict is an answer too
}

} // namespace

BreakerPolicy StoreGuard::policy()
{
    BreakerPolicy policy;
    policy.openWait = std::chrono::seconds(1);
    policy.openCap = std::chrono::seconds(5);
    return policy;
}

void StoreGuard::guard(StorePort &inner, BreakerBoard &board)
{
    inner_ = &inner;
    board_ = &board;
    breaker_ = &board.add("store", policy());
}

void StoreGuard::submit(StoreRequest request, std::function<void(StoreReply)> done)
{
    if (!isGuarded(request)) {
        inner_->submit(std::move(request), std::move(done));
        return;
    }
    const auto permit = board_->admit(*breaker_);
    if (!permit) {
        Error error = makeError(Code::StorageUnavailable, "the store does not take anything at the moment");
        error.retryAfterMs = permit.error().retryAfterMs;
        // Later, as every reply: whoever asks may not be called back while it asks.
        schedule_.start(std::chrono::nanoseconds(0), [error, done = std::move(done)] { done(error); });
        return;
    }
    inner_->submit(std::move(request),
                   [this, permit = *permit, started = clock_.now(), done = std::move(done)](StoreReply reply) {
                       finish(permit, reply, started);
                       done(std::move(reply));
                   });
}

void StoreGuard::finish(CircuitBreaker::Permit permit, const StoreReply &reply, MonotonicTime started)
{
    board_->finish(*breaker_, permit, outcomeOf(reply, clock_.now() - started));
    watch();
}

void StoreGuard::watch()
{
    const wire::BreakerState state = breaker_->state();
    if (state != wire::BreakerState::Open && state != wire::BreakerState::HalfOpen)
        probe_.stop();
    else if (!probe_.isRunning())
        probe_.start(kProbe, [this] { probe(); });
}

void StoreGuard::probe()
{
    if (breaker_->state() == wire::BreakerState::Open)
        probeOpen();
    else if (breaker_->state() == wire::BreakerState::HalfOpen)
        probeHalfOpen();
}

void StoreGuard::probeOpen()
{
    inner_->submit(ProbeWrite{clock_.wallMs()}, [this](const StoreReply &reply) {
        breaker_->healthProbe(static_cast<bool>(reply));
        watch();
    });
}

void StoreGuard::probeHalfOpen()
{
    const auto permit = board_->admit(*breaker_);
    if (!permit) {
        watch(); // others' messages are the probes already
        return;
    }
    inner_->submit(ProbeWrite{clock_.wallMs()},
                   [this, permit = *permit, started = clock_.now()](const StoreReply &reply) {
                       finish(permit, reply, started);
                       if (reply && breaker_->state() == wire::BreakerState::HalfOpen)
                           probe();
                   });
}

} // namespace orchestra
