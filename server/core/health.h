// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/ops_messages.h"

#include <string>
#include <vector>

namespace orchestra {

struct HealthCheck
{
    std::string name; ///< orchestrator, dispatcher, manager, websocket_connections, store, ...
    wire::HealthState status = wire::HealthState::Healthy;
    std::string detail;
};

/// The body of GET /health. A missing or stale check is degraded, never healthy.
struct HealthReport
{
    wire::HealthState status = wire::HealthState::Healthy;
    wire::Timestamp at;
    std::vector<HealthCheck> checks;
};

/// The worst of the checks; degraded when there is none.
wire::HealthState worstOf(const std::vector<HealthCheck> &checks);

} // namespace orchestra
