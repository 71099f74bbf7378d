// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/agent_settings.h"

namespace orchestra {

AssistantRules assistantRules(const Config &config)
{
    const AgentsConfig &agents = config.agents;
    AssistantRules rules;
    rules.steps = std::size_t(agents.steps);
    rules.toolCalls = std::size_t(agents.toolCalls);
    rules.turnTokens = std::uint64_t(agents.turnTokens);
    rules.answerTokens = std::uint64_t(agents.answerTokens);
    rules.identicalCalls = std::size_t(agents.identicalCalls);
    rules.toolResultBytes = std::size_t(agents.toolResultBytes);
    rules.selfCheck = {
        .isOn = agents.selfCheck, .within = agents.selfCheckWithin, .tokens = std::uint64_t(agents.selfCheckTokens)};
    return rules;
}

SwarmRules swarmRules(const Config &config)
{
    const AgentsConfig &agents = config.agents;
    return {.fanOut = std::size_t(agents.swarmFanOut),
            .depth = std::size_t(agents.swarmDepth),
            .workers = std::size_t(agents.swarmWorkers),
            .tokens = std::uint64_t(agents.swarmTokens)};
}

MemoryRules memoryRules(const Config &config)
{
    const AgentsConfig &agents = config.agents;
    return {.most = std::size_t(agents.memories),
            .bytes = std::size_t(agents.memoryBytes),
            .recalled = std::size_t(agents.recalled)};
}

} // namespace orchestra
