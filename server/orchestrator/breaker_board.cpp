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

/// Labels of the counters: those of CallOutcome in their order, and two of the breaker's own.
constexpr std::array<const char *, 6> kOutcomes{"ok", "slow", "failed", "ignored", "rejected", "broke_off"};
constexpr std::size_t kRejected = 4;
constexpr std::size_t kBrokeOff = 5; // of those that were ok or slow at first: a counter takes nothing back

} // namespace

BreakerBoard::BreakerBoard(const Hub &hub)
    : hub_(hub)
    , saveAgain_(hub.schedule)
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
    entries_.emplace(&entry.breaker, &entry);
    entry.breaker.onTransition([this, &entry](const CircuitBreaker::Transition &change) { moved(entry, change); });
    if (auto known = known_.extract(entry.breaker.name())) {
        entry.breaker.restore(std::move(known.mapped()));
        arm(entry);
    }
    return entry.breaker;
}

void BreakerBoard::moved(Entry &entry, const CircuitBreaker::Transition &change)
{
    ++hub_.counters.breakerTransitions[{change.breaker, nameOf(change.toState)}];
    hub_.log.write({LogLevel::Warn,
                    "breaker.moved",
                    "a circuit breaker has changed its state",
                    "orchestrator",
                    {},
                    {{"breaker", change.breaker},
                     {"from", nameOf(change.fromState)},
                     {"to", nameOf(change.toState)},
                     {"cause", change.cause}}});
    arm(entry);
    unsaved_.push_back(change);
    if (unsaved_.size() > kUnsaved)
        unsaved_.pop_front();
    save();
    if (changed_)
        changed_();
}

void BreakerBoard::load(const TransitionPage &known)
{
    known_.clear();
    for (const CircuitBreaker::Transition &change : known.transitions)
        known_[change.breaker].push_front(change);
    for (const auto &[name, entry] : breakers_) {
        if (auto history = known_.extract(name)) {
            entry->breaker.restore(std::move(history.mapped()));
            arm(*entry);
        }
    }
    isLoaded_ = true;
    save();
}

/// One at a time, in their order. The store's own breaker changes when the store is ill, so a change may have to wait.
void BreakerBoard::save()
{
    if (!isLoaded_ || isSaving_ || unsaved_.empty() || saveAgain_.isRunning())
        return;
    isSaving_ = true;
    hub_.store.ask(SaveTransition{unsaved_.front()}, [this, sent = unsaved_.front()](const Status &saved) {
        isSaving_ = false;
        if (!saved && saved.error().retryable) {
            saveAgain_.start(kSaveAgain, [this] { save(); });
            return;
        }
        // What the store will never take is not offered again; and the oldest may have been dropped meanwhile.
        if (!unsaved_.empty() && unsaved_.front() == sent)
            unsaved_.pop_front();
        save();
    });
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
        count(breaker, kRejected);
    return permit;
}

void BreakerBoard::finish(CircuitBreaker &breaker, CircuitBreaker::Permit permit, CallOutcome outcome)
{
    count(breaker, static_cast<std::size_t>(outcome));
    breaker.finish(permit, outcome);
}

void BreakerBoard::brokeOff(CircuitBreaker &breaker, const CircuitBreaker::Finished &call)
{
    count(breaker, kBrokeOff);
    breaker.brokeOff(call);
}

void BreakerBoard::count(const CircuitBreaker &breaker, std::size_t outcome)
{
    std::uint64_t *&counter = entries_.at(&breaker)->counters[outcome];
    if (counter == nullptr)
        counter = &hub_.counters.breakerCalls[{breaker.name(), kOutcomes[outcome]}];
    ++*counter;
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
