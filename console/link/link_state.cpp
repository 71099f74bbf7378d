// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/link/link_state.h"

#include "shared/wire/close_code.h"

#include <algorithm>

namespace orchestra {

void LinkState::start()
{
    phase_ = LinkPhase::Connecting;
    attempt_ = 1;
    lastFrame_ = clock_.now();
}

void LinkState::stop()
{
    phase_ = LinkPhase::Idle;
    attempt_ = 0;
}

void LinkState::opened()
{
    if (phase_ != LinkPhase::Connecting)
        return;
    phase_ = LinkPhase::Syncing;
    lastFrame_ = clock_.now();
}

void LinkState::synced()
{
    if (phase_ != LinkPhase::Syncing)
        return;
    phase_ = LinkPhase::Live;
    attempt_ = 0;
}

void LinkState::heard()
{
    lastFrame_ = clock_.now();
    if (phase_ == LinkPhase::Stale)
        phase_ = LinkPhase::Live;
}

void LinkState::closed(std::uint16_t code, std::string reason, std::chrono::milliseconds retryAfter)
{
    if (phase_ == LinkPhase::Idle)
        return;
    closeCode_ = code;
    closeReason_ = std::move(reason);
    if (reconnectAdvice(code) == ReconnectAdvice::Stop) {
        phase_ = LinkPhase::Denied;
        return;
    }
    phase_ = LinkPhase::Lost;
    const auto ceiling = std::min(kLongestDelay, kFirstDelay * (1U << std::min(attempt_, 5U)));
    const auto jittered =
        std::chrono::milliseconds(static_cast<std::int64_t>(random_.nextUnit() * static_cast<double>(ceiling.count())));
    retryAt_ = clock_.now() + std::max(jittered, retryAfter);
}

LinkState::Wish LinkState::tick()
{
    const bool silent = sinceFrame() >= kGiveUpAfter;
    switch (phase_) {
    case LinkPhase::Lost:
        if (clock_.now() < retryAt_)
            return Wish::Nothing;
        phase_ = LinkPhase::Connecting;
        ++attempt_;
        lastFrame_ = clock_.now();
        return Wish::Open;
    case LinkPhase::Live:
        if (sinceFrame() >= kStaleAfter)
            phase_ = LinkPhase::Stale;
        return Wish::Nothing;
    case LinkPhase::Stale:
    case LinkPhase::Syncing:
    case LinkPhase::Connecting:
        return silent ? Wish::Abort : Wish::Nothing;
    case LinkPhase::Idle:
    case LinkPhase::Denied:
        return Wish::Nothing;
    }
    return Wish::Nothing;
}

void LinkState::retryNow()
{
    if (phase_ == LinkPhase::Lost)
        retryAt_ = clock_.now();
}

std::chrono::nanoseconds LinkState::untilRetry() const
{
    return phase_ == LinkPhase::Lost ? std::max(std::chrono::nanoseconds(0), retryAt_ - clock_.now())
                                     : std::chrono::nanoseconds(0);
}

} // namespace orchestra
