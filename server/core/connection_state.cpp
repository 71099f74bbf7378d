// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/connection_state.h"

#include <utility>

namespace orchestra {

ConnectionState::ConnectionState(WallMs at)
{
    history_.push_back({Phase::Connecting, {at}, "request received"});
}

bool ConnectionState::isValid(Phase from, Phase to)
{
    if (from == Phase::Closed)
        return false;
    if (to == Phase::Closed)
        return true;
    switch (from) {
    case Phase::Connecting:
        return to == Phase::Authenticating;
    case Phase::Authenticating:
        return to == Phase::Initializing || to == Phase::Active;
    case Phase::Initializing:
        return to == Phase::Active;
    case Phase::Active:
        return to == Phase::Closing;
    case Phase::Closing:
    case Phase::Closed:
        return false;
    }
    return false;
}

bool ConnectionState::moveTo(Phase next, WallMs at, std::string cause)
{
    if (!isValid(phase_, next)) {
        ++refused_;
        return false;
    }
    phase_ = next;
    if (history_.size() == kHistory)
        history_.erase(history_.begin());
    history_.push_back({next, {at}, std::move(cause)});
    return true;
}

} // namespace orchestra
