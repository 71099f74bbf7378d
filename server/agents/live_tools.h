// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/tool.h"

namespace orchestra {

/// Adds the tools that look at the live system: server_status, list_connections, list_breakers, list_flags, list_tasks,
/// read_metrics. The ports must outlive the registry.
void addLiveTools(ToolRegistry &registry, const LiveState &state, const SeriesSource &series);

} // namespace orchestra
