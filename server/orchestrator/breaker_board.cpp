// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/breaker_board.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace orchestra {
namespace {

std::string nameOf(wire::BreakerState state)
{
    return std::string(wireNames(state)[static_cast<std::size_t>(state)]);
}

const char *labelOf(CallOutcome outcome)
{
    switch (outcome) {
    case CallOutcome::Ok:
        return "ok";
    case CallOutcome::Slow:
        return "slow";
    case CallOutcome::Failed:
        return "failed";
    case CallOutcome::Ignored:
        return "ignored";
    }
    return "ignored";
}

} // namespace

BreakerBoard::BreakerBoard(const Hub &hub)
    : hub_(hub)
{
}

CircuitBreaker &BreakerBoard::add(std::string name, BreakerPolicy policy)
{
    const auto [at, isNew] = breakers_.emplace(name, std::make_unique<Entry>(name, policy, hub_));
    if (!isNew) {
        std::fprintf(stderr, "orchestra: two circuit breakers are called %s\n", name.c_str());
        std::abort();
    }
    Entry &entry = *at->second;
    entry.breaker.onTransition([this, &entry](const CircuitBreaker::Transition &change) {
        ++hub_.counters.breakerTransitions[{entry.breaker.name(), nameOf(change.to)}];
        hub_.log.write({LogLevel::Warn,
                        "breaker.moved",
                        "a circuit breaker has changed its state",
                        "orchestrator",
                        {},
                        {{"breaker", entry.breaker.name()},
                         {"from", nameOf(change.from)},
                         {"to", nameOf(change.to)},
                         {"cause", change.cause}}});
        arm(entry);
        if (changed_)
            changed_();
    });
    return entry.breaker;
}

void BreakerBoard::arm(Entry &entry)
{
    const auto next = entry.breaker.nextPoll();
    if (next)
        entry.poll.start(*next - hub_.clock.now(), [this, &entry] {
            entry.breaker.poll();
            arm(entry);
        });
    else
        entry.poll.stop();
}

CircuitBreaker *BreakerBoard::find(const std::string &name) const
{
    const auto known = breakers_.find(name);
    return known == breakers_.end() ? nullptr : &known->second->breaker;
}

Result<CircuitBreaker::Permit> BreakerBoard::admit(CircuitBreaker &breaker)
{
    auto permit = breaker.admit();
    if (!permit)
        ++hub_.counters.breakerCalls[{breaker.name(), "rejected"}];
    return permit;
}

void BreakerBoard::finish(CircuitBreaker &breaker, CircuitBreaker::Permit permit, CallOutcome outcome)
{
    ++hub_.counters.breakerCalls[{breaker.name(), labelOf(outcome)}];
    breaker.finish(permit, outcome);
}

std::vector<wire::BreakerRow> BreakerBoard::rows() const
{
    std::vector<wire::BreakerRow> rows;
    for (const auto &[name, entry] : breakers_)
        rows.push_back(entry->breaker.row());
    return rows;
}

std::size_t BreakerBoard::notClosed() const
{
    return static_cast<std::size_t>(std::ranges::count_if(
        breakers_, [](const auto &entry) { return entry.second->breaker.state() != wire::BreakerState::Closed; }));
}

} // namespace orchestra
