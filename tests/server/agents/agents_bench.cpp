// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/server/agents/agents_bench.h"

namespace orchestra {

WrittenState::~WrittenState() = default;
WrittenAdmin::~WrittenAdmin() = default;
WrittenStore::~WrittenStore() = default;

Dispatcher &AgentsBench::dispatcher()
{
    if (!dispatcher_) {
        assistant = std::make_unique<AssistantAgent>(models, tools, conversations, rules);
        swarm = std::make_unique<Swarm>(*assistant, conversations, counters, clock, swarmRules);
        dispatcher_ = std::make_unique<Dispatcher>(maestro, operations, *assistant, *swarm, memory, feedback);
    }
    return *dispatcher_;
}

AgentsBench::AgentsBench()
{
    addLiveTools(tools, state, state);
    addRecordTools(tools, store, admin, docs);
    addChangeTools(tools, admin);
}

AgentsBench::~AgentsBench()
{
    for (const auto &turn : turns)
        turn->forget();
}

std::shared_ptr<RecordedTurn> AgentsBench::chat(const std::string &text, Role role)
{
    auto turn = std::make_shared<RecordedTurn>(text);
    turn->context_.principal.role = role;
    turns.push_back(turn);
    dispatcher().run(turn);
    return turn;
}

std::shared_ptr<RecordedTurn> AgentsBench::ask(const std::string &text, wire::OptimizationHints hints)
{
    auto turn = std::make_shared<RecordedTurn>(text);
    turn->hints_ = std::move(hints);
    turns.push_back(turn);
    dispatcher().run(turn);
    return turn;
}

std::shared_ptr<RecordedTurn> AgentsBench::command(const std::string &name, const std::string &rest, Role role)
{
    auto turn = std::make_shared<RecordedTurn>(rest);
    turn->context_.principal.role = role;
    turn->command_ = name;
    turns.push_back(turn);
    dispatcher().run(turn);
    return turn;
}

} // namespace orchestra
