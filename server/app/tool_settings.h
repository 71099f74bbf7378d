// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/config.h"
#include "server/app/environment.h"
#include "server/core/tool_port.h"
#include "server/orchestrator/tool_desk.h"

#include <string>
#include <vector>

namespace orchestra {

// What the configuration says about tools of other programs, in the words of the parts that use it. Pure.

ToolPolicy toolPolicy(const Config &config);
/// Only for a configuration without toolProblems(). Programs get a few variables of `environment` and what is
/// configured for them, nothing else.
std::vector<ToolServerSettings> toolServers(const Config &config, const Environment &environment);
/// What is wrong with the entries, each in words an operator can act on.
std::vector<std::string> toolProblems(const Config &config);

} // namespace orchestra
