// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/resilience/degradation.h"
#include "server/orchestrator/breaker_board.h"
#include "server/orchestrator/hub.h"

#include <functional>
#include <optional>
#include <vector>

namespace orchestra {

/// What an operator has decided about degradation. A plain value.
struct DegradationSettings
{
    bool isAutomatic = true;       ///< else only a pin moves the level
    std::uint64_t memoryBytes = 0; ///< what the process may need; 0: not measured
    std::size_t essentialRuns = 8; ///< turns that may run at level 3
};

/// Looks every five seconds at how the server bears its load, and sets the level of degradation from it. A pinned level
/// is kept in the store, so that a restart does not end it. Lives on: hub.
class DegradationService
{
public:
    static constexpr std::chrono::seconds kTick{5};
    /// Between two looks at how late the loop is.
    static constexpr std::chrono::seconds kBeat{1};
    /// Fewer tries than this between two looks say nothing about how many are refused.
    static constexpr std::uint64_t kFewestTries = 10;
    /// Until a pin that the store could not take is offered to it again.
    static constexpr std::chrono::seconds kSaveAgain{5};

    DegradationService(const Hub &hub, const BreakerBoard &breakers, std::function<std::uint64_t()> residentBytes);
    DegradationService(const DegradationService &) = delete;
    DegradationService &operator=(const DegradationService &) = delete;

    /// Begins to look. Before that the level moves by a pin only.
    void start(DegradationSettings settings);
    /// Another measurement: `measure` is called with each look; nothing means that it does not apply now.
    void addInput(std::function<std::optional<wire::DegradationInput>()> measure);

    void pin(DegradationLevel level, std::string actor, std::string reason, std::chrono::seconds duration);
    void unpin(std::string actor, std::string reason);
    /// What was pinned before a restart goes on for as long as it was to last, unless somebody has pinned a level
    /// since. From then on pins are written to the store.
    void restore(const std::optional<DegradationPin> &pin);

    const DegradationLadder &state() const { return degradation_; }
    DegradationLevel level() const { return degradation_.level(); }
    std::size_t essentialRuns() const { return settings_.essentialRuns; }
    /// Why a new question is not taken now, when `running` turns run; nothing when it is.
    std::optional<Error> refusal(std::size_t running) const;

    void onChange(std::function<void(const DegradationLadder::Change &)> changed)
    {
        changed_.push_back(std::move(changed));
    }

    /// Called after each look.
    void onLook(std::function<void()> looked) { looked_ = std::move(looked); }

private:
    void beat();
    void look();
    void arm();
    void save();
    void told(const DegradationLadder::Change &change);
    wire::DegradationInput refused();
    wire::DegradationInput openBreakers() const;
    wire::DegradationInput memory() const;
    wire::DegradationInput loopLag();

    const Hub &hub_;
    const BreakerBoard &breakers_;
    const std::function<std::uint64_t()> residentBytes_;
    DegradationSettings settings_;
    DegradationLadder degradation_;
    std::vector<std::function<std::optional<wire::DegradationInput>()>> inputs_;
    std::vector<std::function<void(const DegradationLadder::Change &)>> changed_;
    std::function<void()> looked_;
    Alarm beat_;
    Alarm pinEnd_;
    Alarm saveAgain_;
    bool isLoaded_ = false;
    bool isSaving_ = false;
    bool isUnsaved_ = false; ///< the pin is not what the store was last told
    MonotonicTime nextBeat_{};
    int beats_ = 0;
    std::chrono::nanoseconds worstLag_{0}; ///< since the last look
    std::uint64_t accepted_ = 0;           ///< as counted at the last look
    std::uint64_t refused_ = 0;
};

} // namespace orchestra
