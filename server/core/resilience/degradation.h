// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"
#include "shared/wire/ops_messages.h"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

/// How much of its capability the server gives up to stay alive. Each level gives up more, never authenticity: cancel,
/// history and export work at every level.
enum class DegradationLevel : std::uint8_t { Normal, Reduced, Constrained, Essential, Maintenance };
constexpr std::array<std::string_view, 5> wireNames(DegradationLevel)
{
    return {"normal", "reduced", "constrained", "essential", "maintenance"};
}

/// What a level takes away. A plain value.
struct DegradationEffects
{
    bool allowsSwarm = true;
    bool allowsOptionalTools = true; ///< those of other servers
    bool allowsTools = true;         ///< any
    double contextShare = 1;         ///< of the conversation that a model is shown
    double concurrencyShare = 1;     ///< of the calls that a dependency is given at a time
    bool limitsRuns = false;         ///< new turns only as places are free
    bool allowsTurns = true;
};
DegradationEffects effectsOf(DegradationLevel level);
/// The same for people.
std::vector<std::string> shedAt(DegradationLevel level);
/// What users are told of a level, in one sentence.
std::string noteOf(DegradationLevel level);

/// When levels are entered and left. A plain value.
struct DegradationPolicy
{
    std::array<double, 3> enter{0.5, 0.7, 0.9};                 ///< of levels 1, 2 and 3
    double exitShare = 0.7;                                     ///< of `enter`: what the score must be below to leave
    unsigned badTicks = 2;                                      ///< in a row, before a level is entered
    std::chrono::milliseconds clean = std::chrono::seconds(60); ///< before one level is left
};

/// Decides the level from a score, the worst of several measurements of 0 to 1: up after two bad looks, down one level
/// after a clean minute, so that it does not flutter. What could not be measured holds the level: it does not go down
/// on half a picture. Level 4 is an operator's alone, who can also pin any other. Lives on: hub.
class DegradationLadder
{
public:
    struct Change
    {
        DegradationLevel from = DegradationLevel::Normal;
        DegradationLevel to = DegradationLevel::Normal;
        std::string cause;
        std::string actor; ///< of a pin; empty when the server itself did it
    };
    struct Pin
    {
        DegradationLevel level;
        std::string actor;
        std::string reason;
        MonotonicTime until;
    };

    DegradationLadder(DegradationPolicy policy, const Clock &clock);

    /// A look at what is measured, at regular times.
    void look(std::vector<wire::DegradationInput> inputs);

    /// Holds `level` until `duration` is over.
    void pin(DegradationLevel level, std::string actor, std::string reason, std::chrono::seconds duration);
    void unpin(std::string actor, std::string reason);
    bool isPinned() const { return pin_.has_value(); }
    const std::optional<Pin> &pinned() const { return pin_; }
    /// 0 when there is no pin.
    std::chrono::seconds pinLeft() const;
    /// Ends a pin whose time is over.
    void poll();
    std::optional<MonotonicTime> nextPoll() const;

    DegradationLevel level() const { return pin_ ? pin_->level : automatic_; }
    DegradationEffects effects() const { return effectsOf(level()); }
    std::uint64_t revision() const { return revision_; }
    wire::DegradationRow row() const;
    void onChange(std::function<void(const Change &)> changed) { changed_ = std::move(changed); }

private:
    std::size_t levelFor(double score) const;
    void goUp(std::size_t wanted);
    void goDown(double score, bool isWhole);
    void setAutomatic(std::size_t level, std::string cause);
    void publish(DegradationLevel before, std::string cause, std::string actor);
    std::string worst() const;

    const DegradationPolicy policy_;
    const Clock &clock_;
    std::function<void(const Change &)> changed_;
    DegradationLevel automatic_ = DegradationLevel::Normal;
    std::vector<wire::DegradationInput> inputs_;
    std::optional<double> score_;
    unsigned bad_ = 0;       ///< looks in a row that ask for a higher level
    std::size_t wanted_ = 0; ///< the lowest level that all of these ask for
    std::optional<MonotonicTime> cleanSince_;
    std::optional<Pin> pin_;
    WallMs since_;
    std::string cause_ = "nothing is switched off";
    std::uint64_t revision_ = 1;
};

} // namespace orchestra
