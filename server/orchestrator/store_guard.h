// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/store_port.h"
#include "server/orchestrator/breaker_board.h"

namespace orchestra {

/// The store behind its circuit breaker "store". Guarded is what turns write; reading, settings and the audit log
/// always reach the store, so that history can be read and an operator can act while writing fails. A refusal is
/// STORAGE_UNAVAILABLE with the time to wait: for a user both are the same thing. While the breaker is open or
/// half-open the guard writes probes of its own, so that service returns without anybody's message failing for it.
/// Lives on: hub.
class StoreGuard final : public StorePort
{
public:
    /// A write that takes longer counts as slow.
    static constexpr std::chrono::seconds kSlow{2};
    /// Between two probes of the guard.
    static constexpr std::chrono::seconds kProbe{2};

    /// `inner` may be set later, but before the first request.
    StoreGuard(const Clock &clock, Schedule &schedule)
        : clock_(clock)
        , schedule_(schedule)
        , probe_(schedule)
    {
    }

    void guard(StorePort &inner, BreakerBoard &board);
    void submit(StoreRequest request, std::function<void(StoreReply)> done) override;

    /// Quicker to try again than the general policy: a local disk recovers as soon as there is room.
    static BreakerPolicy policy();

private:
    void finish(CircuitBreaker::Permit permit, const StoreReply &reply, MonotonicTime started);
    void watch();
    void probe();
    void probeOpen();
    void probeHalfOpen();

    const Clock &clock_;
    Schedule &schedule_;
    StorePort *inner_ = nullptr;
    BreakerBoard *board_ = nullptr;
    CircuitBreaker *breaker_ = nullptr;
    Alarm probe_;
};

} // namespace orchestra
