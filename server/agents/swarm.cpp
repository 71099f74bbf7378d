// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/swarm.h"

#include "server/agents/swarm_turn.h"

#include <utility>

namespace orchestra {

void Swarm::run(const std::shared_ptr<Turn> &turn) const
{
    owner_.check();
    turn->startAgent(kName);
    conversations_.read(turn, [this, turn](ReadConversation conversation) {
        auto means = std::make_shared<SwarmMeans>(SwarmMeans{.assistant = assistant_,
                                                             .rules = rules_,
                                                             .budget = std::make_shared<UsageBudget>(rules_.tokens),
                                                             .workersLeft = rules_.workers});
        auto swarm = std::make_shared<SwarmTurn>(turn, std::move(means), std::move(conversation), 1);
        swarm->onOver([this, began = clock_.now()](wire::CompletionStatus status) {
            ++counters_.swarms[std::string(wireNames(status)[static_cast<std::size_t>(status)])];
            const auto took = std::chrono::duration_cast<std::chrono::microseconds>(clock_.now() - began);
            counters_.swarmUs.record(static_cast<std::uint64_t>(took.count()));
        });
        swarm->start();
    });
}

} // namespace orchestra
