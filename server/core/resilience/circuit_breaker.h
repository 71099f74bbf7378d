// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/resilience/call_window.h"
#include "shared/base/random.h"
#include "shared/base/result.h"
#include "shared/wire/ops_messages.h"

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace orchestra {

/// When a breaker trips and how it comes back. A plain value.
struct BreakerPolicy
{
    std::size_t windowBuckets = 30;
    std::chrono::milliseconds bucket = std::chrono::seconds(1);
    std::uint64_t minimumCalls = 20; ///< in the window, before a rate means anything
    double failureRate = 0.5;
    std::uint64_t consecutiveFailures = 5; ///< trips whatever the window says
    std::uint64_t failedProbes = 3;        ///< health probes in a row that trip
    double slowRate = 0.8;
    std::chrono::milliseconds openWait = std::chrono::seconds(5); ///< doubled each time it opens again ...
    std::chrono::milliseconds openCap = std::chrono::seconds(20); ///< ... up to this
    double jitter = 0.25;
    std::uint64_t halfOpenPermits = 3;
    std::chrono::milliseconds callTimeout = std::chrono::seconds(30); ///< a permit that is silent for so long is lost
    std::chrono::milliseconds firstTokenTimeout = std::chrono::seconds(10);
    std::chrono::milliseconds longestHalfOpen = std::chrono::seconds(30); ///< or twice the time to a first token
};

/// How a guarded call ended.
enum class CallOutcome : std::uint8_t {
    Ok,
    Slow,    ///< well, but later than the slow-call limit of the caller
    Failed,  ///< the dependency's fault
    Ignored, ///< cancelled, or the caller's own fault: says nothing about the dependency
};

/// Decides whether a call to one dependency may be made. CLOSED lets pass, OPEN refuses, HALF_OPEN lets a few probes
/// pass. Time moves it by poll(): an idle breaker does not stay open for ever, nor half-open, where it would be neither
/// trusted nor refused. A result of an older generation (before the last change of state) is dropped. Lives on: hub.
class CircuitBreaker
{
public:
    struct Permit
    {
        std::uint64_t generation = 0;
        std::uint64_t serial = 0;
    };
    /// A permit that was handed back, and how.
    struct Finished
    {
        Permit permit;
        CallOutcome outcome = CallOutcome::Ok;
        MonotonicTime at{};
    };
    using Transition = wire::BreakerTransition;

    /// How many transitions are kept here; the store has the others.
    static constexpr std::size_t kHistory = 20;

    CircuitBreaker(std::string name, BreakerPolicy policy, const Clock &clock, RandomSource &random);

    const std::string &name() const { return name_; }
    /// The override when there is one, else where the automaton stands.
    wire::BreakerState state() const;
    std::uint64_t revision() const { return revision_; }

    /// BREAKER_OPEN with the time to wait, or a permit to hand back with finish().
    Result<Permit> admit();
    void finish(Permit permit, CallOutcome outcome);
    /// A call that had gone well (Ok or Slow) by its first token has broken off after all: it counts as a failure
    /// instead, unless the breaker has changed its state since.
    void brokeOff(const Finished &call);

    /// What a health probe of the dependency found: a good one starts HALF_OPEN at once, and counts there as a call
    /// that went well as long as no call is under way; a bad one ends HALF_OPEN.
    void healthProbe(bool good);

    /// Moves by time: OPEN to HALF_OPEN, an endless HALF_OPEN to OPEN, lost permits, an override's end.
    void poll();
    /// When poll() has something to do next.
    std::optional<MonotonicTime> nextPoll() const;

    /// An operator's word, until `duration` is over. The automaton starts afresh when it ends.
    void overrideWith(wire::BreakerOverride state, std::string actor, std::string reason,
                      std::chrono::seconds duration);
    void clearOverride(std::string actor, std::string reason);
    wire::BreakerOverride overrideState() const { return override_; }
    std::chrono::seconds overrideLeft() const;

    /// Takes over what is known from before a restart, oldest first. An override that has not expired goes on; else
    /// the breaker begins CLOSED.
    void restore(std::deque<Transition> history);

    void onTransition(std::function<void(const Transition &)> told) { told_ = std::move(told); }
    /// Oldest first.
    const std::deque<Transition> &history() const { return history_; }
    wire::BreakerRow row() const;

private:
    static constexpr std::size_t kShownOutcomes = 20;
    enum class Core : std::uint8_t { Closed, Open, HalfOpen };

    bool isRecording() const { return override_ != wire::BreakerOverride::Disabled; }
    bool isBound() const { return override_ == wire::BreakerOverride::None; }
    bool finishProbe(Permit permit, CallOutcome outcome, MonotonicTime now);
    void count(CallOutcome outcome, std::uint64_t serial, MonotonicTime now);
    void endRow(std::uint64_t serial)
    {
        rowEndedBy_ = serial;
        endedRow_ = consecutive_;
        consecutive_ = 0;
    }
    void judgeClosed(MonotonicTime now);
    void judgeHalfOpen();
    void moveTo(Core next, std::string cause);
    void open(std::string cause);
    void publish(wire::BreakerState before, std::string cause);
    /// The automaton from its beginning: CLOSED, nothing counted.
    void startAfresh();
    void note(char outcome)
    {
        outcomes_[noted_ % kShownOutcomes] = outcome;
        ++noted_;
    }
    std::string shownOutcomes() const;
    std::chrono::milliseconds longestHalfOpen() const;
    Error refusal() const;
    WallMs wallAt(MonotonicTime at) const;

    // constant after construction
    const std::string name_;
    const BreakerPolicy policy_;
    const Clock &clock_;
    RandomSource &random_;
    std::function<void(const Transition &)> told_;

    mutable CallWindow window_;
    Core core_ = Core::Closed;
    std::uint64_t generation_ = 1;
    std::uint64_t lastSerial_ = 0;
    std::uint64_t consecutive_ = 0;
    std::uint64_t rowEndedBy_ = 0; ///< the call whose success ended the last row of failures ...
    std::uint64_t endedRow_ = 0;   ///< ... and how long that row was
    std::uint64_t badProbes_ = 0;
    std::uint64_t openings_ = 0; ///< how often it opened since it was last CLOSED
    MonotonicTime until_{};      ///< end of OPEN, or the latest end of HALF_OPEN
    std::map<std::uint64_t, MonotonicTime> leases_;
    std::uint64_t probesOk_ = 0;
    std::uint64_t probesSlow_ = 0;

    wire::BreakerOverride override_ = wire::BreakerOverride::None;
    MonotonicTime overrideUntil_{};
    std::string actor_;

    WallMs since_;
    std::string cause_ = "started";
    std::array<char, kShownOutcomes> outcomes_{}; ///< in a ring
    std::size_t noted_ = 0;
    std::uint64_t revision_ = 1;
    std::deque<Transition> history_;
};

} // namespace orchestra
