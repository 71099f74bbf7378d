// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/resilience/circuit_breaker.h"
#include "server/orchestrator/hub.h"

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace orchestra {

/// Every circuit breaker of the server by name, driven by the hub's schedule. Each change of state is written to the
/// store, so that a restart knows the last day, and what operators have overridden. Lives on: hub.
class BreakerBoard
{
public:
    /// Until a change that the store could not take is offered to it again.
    static constexpr std::chrono::seconds kSaveAgain{5};
    /// How many such changes wait; the oldest go first.
    static constexpr std::size_t kUnsaved = 1000;

    explicit BreakerBoard(const Hub &hub);
    BreakerBoard(const BreakerBoard &) = delete;
    BreakerBoard &operator=(const BreakerBoard &) = delete;

    /// Registers the breaker of a dependency; lives as long as the board. A name is used once.
    CircuitBreaker &add(std::string name, BreakerPolicy policy);
    /// Null when there is none of this name.
    CircuitBreaker *find(const std::string &name) const;

    /// What was known before a restart, newest first; for breakers that are there and those that will be added. Until
    /// then changes wait to be written.
    void load(const TransitionPage &known);

    /// CircuitBreaker::admit, finish and brokeOff, counted.
    Result<CircuitBreaker::Permit> admit(CircuitBreaker &breaker);
    void finish(CircuitBreaker &breaker, CircuitBreaker::Permit permit, CallOutcome outcome);
    void brokeOff(CircuitBreaker &breaker, const CircuitBreaker::Finished &call);

    std::vector<wire::BreakerRow> rows() const;
    /// Name and state of each: less than a row costs.
    template <class See>
    void forEach(See see) const
    {
        for (const auto &[name, entry] : breakers_)
            see(name, entry->breaker.state());
    }
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
        std::array<std::uint64_t *, 6> counters{}; ///< in the hub's map, whose entries stay where they are
    };

    void arm(Entry &entry);
    void moved(Entry &entry, const CircuitBreaker::Transition &change);
    void count(const CircuitBreaker &breaker, std::size_t outcome);
    void save();

    const Hub &hub_;
    std::map<std::string, std::unique_ptr<Entry>> breakers_;
    std::unordered_map<const CircuitBreaker *, Entry *> entries_;
    std::map<std::string, std::deque<CircuitBreaker::Transition>> known_; ///< from before the start, oldest first
    std::deque<CircuitBreaker::Transition> unsaved_;
    bool isLoaded_ = false;
    bool isSaving_ = false;
    Alarm saveAgain_;
    std::function<void()> changed_;
};

} // namespace orchestra
