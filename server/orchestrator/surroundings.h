// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/channels.h"
#include "server/core/live_state.h"
#include "server/orchestrator/client_registry.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace orchestra {

/// What the orchestrator asks of the rest of the server; whatever is empty is left out of its answers. Filled in by
/// composition. Everything is called on the hub. Lives on: hub.
struct Surroundings
{
    std::function<TextBody(bool openMetrics)> metrics;
    std::function<std::string()> configJson; ///< redacted
    std::function<std::string()> toolsJson;  ///< tools of other programs
    /// Up to `limit` of the newest log rows after `index`, oldest first.
    std::function<std::vector<wire::LogRow>(std::uint64_t index, std::size_t limit)> logs;
    const SeriesSource *series = nullptr;
    std::function<std::uint64_t()> residentBytes;
    OpenSession openSession; ///< empty: a client stands alone
    std::string serverName = "orchestrad";
    std::string environment = "dev";
    std::string address;
};

} // namespace orchestra
