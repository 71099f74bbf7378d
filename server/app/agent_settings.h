// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/swarm.h"
#include "server/app/config.h"

namespace orchestra {

// What the configuration says about agents, in the words of the parts that use it. Pure.

AssistantRules assistantRules(const Config &config);
SwarmRules swarmRules(const Config &config);
MemoryRules memoryRules(const Config &config);

} // namespace orchestra
