// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/ops_messages.h"

#include <cstdint>
#include <string>
#include <vector>

namespace orchestra {

/// Where a connection stands: CONNECTING -> AUTHENTICATING -> INITIALIZING -> ACTIVE -> CLOSING -> CLOSED.
/// AUTHENTICATING may go straight to ACTIVE, every state may go to CLOSED, nothing leaves CLOSED. An invalid
/// transition changes nothing but the count of refusals. Lives on: the thread of its owner.
class ConnectionState
{
public:
    using Phase = wire::ConnectionPhase;

    /// How many past phases are kept for whoever inspects the connection.
    static constexpr std::size_t kHistory = 16;

    explicit ConnectionState(WallMs at);

    static bool isValid(Phase from, Phase to);

    Phase phase() const { return phase_; }
    /// False when the transition is not allowed; the caller logs it. `cause` is for operators.
    [[nodiscard]] bool moveTo(Phase next, WallMs at, std::string cause);

    /// Welcome, system_message, error and drain may go out.
    bool maySendControl() const { return phase_ >= Phase::Authenticating && phase_ < Phase::Closed; }
    /// Chat frames may come in and thread events may go out.
    bool isActive() const { return phase_ == Phase::Active; }

    std::uint64_t refusedTransitions() const { return refused_; }
    /// Oldest first.
    const std::vector<wire::PhaseChange> &history() const { return history_; }

private:
    Phase phase_ = Phase::Connecting;
    std::uint64_t refused_ = 0;
    std::vector<wire::PhaseChange> history_;
};

} // namespace orchestra
