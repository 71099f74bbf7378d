// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/counters.h"
#include "server/observe/process_stats.h"
#include "shared/wire/ops_messages.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace orchestra {

/// Everything that /metrics shows, as it stands at one moment: the counters of every thread and the gauges of the hub.
struct MetricsSnapshot
{
    std::vector<EdgeCounters> edges; ///< by edge thread
    HubCounters hub;
    StoreCounters store;
    ProviderCounters providers;
    ProcessStats process;

    // gauges
    std::map<int, std::uint64_t> connectionsByVersion; ///< 1 and 2; 0 is the ops channel
    std::uint64_t sessionsActive = 0;                  ///< threads with a connection
    std::uint64_t sessionsDetached = 0;                ///< threads loaded without one
    std::uint64_t outboundBufferBytes = 0;
    std::uint64_t tasksRunning = 0;
    std::uint64_t tasksQueued = 0;
    std::uint64_t degradationLevel = 0;
    std::uint64_t logRecordsDropped = 0;
    bool ready = false;
    bool draining = false;
    std::vector<wire::BreakerRow> breakers;
    std::map<std::pair<std::string, std::string>, std::uint64_t> tools; ///< by (server, standing)
};

} // namespace orchestra
