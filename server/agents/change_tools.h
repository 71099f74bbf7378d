// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/tool.h"

namespace orchestra {

/// Adds the tools that change the server: set_flag, override_breaker, close_connections, cancel_task, start_drain. Each
/// goes through AdminPort, so it is authorised and audited like any operator command. `admin` must outlive the
/// registry.
void addChangeTools(ToolRegistry &registry, AdminPort &admin);

} // namespace orchestra
