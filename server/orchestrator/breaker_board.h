// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/resilience/circuit_breaker.h"
#include "server/orchestrator/hub.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace orchestra {

/// Every circuit breaker of the server by name, driven by the hub's schedule. Lives on: hub.
class BreakerBoard
{
public:
    explicit BreakerBoard(const Hub &hub);
    BreakerBoard(const BreakerBoard &) = delete;
    BreakerBoard &operator=(const BreakerBoard &) = delete;

    /// Registers the breaker of a dependency; lives as long as the board. A name is used once.
    CircuitBreaker &add(std::string name, BreakerPolicy policy);
    /// Null when there is none of this name.
    CircuitBreaker *find(const std::string &name) const;

    /// CircuitBreaker::admit and finish, counted.
    Result<CircuitBreaker::Permit> admit(CircuitBreaker &breaker);
    void finish(CircuitBreaker &breaker, CircuitBreaker::Permit permit, CallOutcome outcome);

    std::vector<wire::BreakerRow> rows() const;
    std::size_t size() const { return breakers_.size(); }
    /// How many are not simply letting pass.
    std::size_t notClosed() const;
    void onChange(std::function<void()> changed) { changed_ = std::move(changed); }

private:
    struct Entry
    {
        Entry(std::string name, BreakerPolicy policy, const Hub &hub)
            : breaker(std::move(name), policy, hub.clock, hub.random)
            , poll(hub.schedule)
        {
        }
        CircuitBreaker breaker;
        Alarm poll;
    };

    void arm(Entry &entry);

    const Hub &hub_;
    std::map<std::string, std::unique_ptr<Entry>> breakers_;
    std::function<void()> changed_;
};

} // namespace orchestra
