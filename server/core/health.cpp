// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/health.h"

#include <algorithm>

namespace orchestra {

wire::HealthState worstOf(const std::vector<HealthCheck> &checks)
{
    if (checks.empty())
        return wire::HealthState::Degraded;
    return std::ranges::max_element(checks, {}, &HealthCheck::status)->status;
}

} // namespace orchestra
