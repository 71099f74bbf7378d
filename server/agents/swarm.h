// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/assistant_agent.h"
#include "server/core/counters.h"
#include "shared/base/clock.h"

namespace orchestra {

/// What keeps a swarm from growing without end. A plain value.
struct SwarmRules
{
    std::size_t fanOut = 4;         ///< workers of one planner
    std::size_t depth = 2;          ///< planners one below the other; 1: workers are never split
    std::size_t workers = 8;        ///< of a turn in all
    std::uint64_t tokens = 400'000; ///< of all calls of a turn, prompts included
};

/// Answers in QUALITY: a planner splits the question, workers answer its parts at the same time, each in a task of its
/// own below the turn's, and a synthesis makes one answer of theirs. A worker that fails is named in the answer, which
/// is then incomplete; nothing is made up in its place. Lives on: hub.
class Swarm
{
public:
    static constexpr const char *kName = "swarm";

    /// All must outlive the swarm and its turns.
    Swarm(const AssistantAgent &assistant, const ConversationReader &conversations, HubCounters &counters,
          const Clock &clock, SwarmRules rules = {})
        : assistant_(assistant)
        , conversations_(conversations)
        , counters_(counters)
        , clock_(clock)
        , rules_(rules)
    {
    }

    void run(const std::shared_ptr<Turn> &turn) const;

private:
    ThreadOwner owner_;
    const AssistantAgent &assistant_;
    const ConversationReader &conversations_;
    HubCounters &counters_;
    const Clock &clock_;
    const SwarmRules rules_;
};

} // namespace orchestra
