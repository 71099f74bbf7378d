// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/degradation_service.h"

#include "shared/wire/error_table.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

namespace orchestra {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

// Where each measurement begins to count, and where it is as bad as it can be.
constexpr double kMostRefused = 0.2;
constexpr double kMemoryFrom = 0.6;
constexpr double kMemoryTo = 0.95;
constexpr Milliseconds kLagFrom{50};
constexpr Milliseconds kLagTo{1000};

double between(double value, double from, double to)
{
    return std::clamp((value - from) / (to - from), 0.0, 1.0);
}

std::string percent(double share)
{
    return std::to_string(static_cast<int>(std::lround(share * 100))) + " %";
}

/// How much of a dependency is gone.
double lossOf(wire::BreakerState state)
{
    if (state == wire::BreakerState::Open || state == wire::BreakerState::ForcedOpen)
        return 1;
    return state == wire::BreakerState::HalfOpen ? 0.5 : 0;
}

} // namespace

DegradationService::DegradationService(const Hub &hub, const BreakerBoard &breakers,
                                       std::function<std::uint64_t()> residentBytes)
    : hub_(hub)
    , breakers_(breakers)
    , residentBytes_(std::move(residentBytes))
    , degradation_(DegradationPolicy{}, hub.clock)
    , beat_(hub.schedule)
    , pinEnd_(hub.schedule)
    , saveAgain_(hub.schedule)
{
    degradation_.onChange([this](const DegradationLadder::Change &change) { told(change); });
}

void DegradationService::start(DegradationSettings settings)
{
    settings_ = std::move(settings);
    if (!settings_.isAutomatic)
        return;
    accepted_ = hub_.counters.chats;
    refused_ = hub_.counters.overloads;
    nextBeat_ = hub_.clock.now() + kBeat;
    beat_.start(kBeat, [this] { beat(); });
}

void DegradationService::addInput(std::function<std::optional<wire::DegradationInput>()> measure)
{
    inputs_.push_back(std::move(measure));
}

void DegradationService::beat()
{
    const MonotonicTime now = hub_.clock.now();
    worstLag_ = std::max(worstLag_, std::chrono::nanoseconds(now - nextBeat_));
    if (++beats_ % (kTick / kBeat) == 0)
        look();
    nextBeat_ = hub_.clock.now() + kBeat;
    beat_.start(kBeat, [this] { beat(); });
}

void DegradationService::look()
{
    std::vector<wire::DegradationInput> inputs{refused(), openBreakers(), loopLag()};
    if (settings_.memoryBytes > 0 && residentBytes_)
        inputs.push_back(memory());
    for (const auto &measure : inputs_)
        if (auto input = measure())
            inputs.push_back(*std::move(input));
    degradation_.look(std::move(inputs));
    if (looked_)
        looked_();
}

// ---- measurements ---------------------------------------------------------------------------------------------

/// What the server would have done had it been able to. What a level itself refuses is not among it, or a level would
/// keep itself up.
wire::DegradationInput DegradationService::refused()
{
    const std::uint64_t accepted = hub_.counters.chats - std::exchange(accepted_, hub_.counters.chats);
    const std::uint64_t refused = hub_.counters.overloads - std::exchange(refused_, hub_.counters.overloads);
    const std::uint64_t tries = accepted + refused;
    const double share = tries < kFewestTries ? 0 : static_cast<double>(refused) / static_cast<double>(tries);
    return {"refusals", share / kMostRefused, std::to_string(refused) + " of " + std::to_string(tries) + " refused"};
}

/// The store counts twice what all models together count; what else there is, is optional.
wire::DegradationInput DegradationService::openBreakers() const
{
    double store = 0;
    double models = 0;
    double modelCount = 0;
    std::size_t open = 0;
    breakers_.forEach([&](const std::string &name, wire::BreakerState state) {
        const double loss = lossOf(state);
        open += loss > 0 ? 1 : 0;
        if (name == "store") {
            store = loss;
        } else if (name.starts_with("model:")) {
            models += loss;
            ++modelCount;
        }
    });
    const double score = (2 * store + (modelCount > 0 ? models / modelCount : 0)) / 3;
    return {"breakers", score, std::to_string(open) + " of " + std::to_string(breakers_.size()) + " not closed"};
}

wire::DegradationInput DegradationService::memory() const
{
    const std::uint64_t used = residentBytes_();
    const double share = static_cast<double>(used) / static_cast<double>(settings_.memoryBytes);
    wire::DegradationInput input{"memory", between(share, kMemoryFrom, kMemoryTo), percent(share) + " of the limit"};
    if (used == 0)
        input.load.reset(); // it could not be read
    return input;
}

wire::DegradationInput DegradationService::loopLag()
{
    const Milliseconds lag = std::exchange(worstLag_, std::chrono::nanoseconds(0));
    return {"loop_lag", between(lag.count(), kLagFrom.count(), kLagTo.count()),
            std::to_string(std::llround(lag.count())) + " ms late"};
}

// ---- what follows ---------------------------------------------------------------------------------------------

void DegradationService::pin(DegradationLevel level, std::string actor, std::string reason,
                             std::chrono::seconds duration)
{
    degradation_.pin(level, std::move(actor), std::move(reason), duration);
    arm();
    isUnsaved_ = true;
    save();
}

void DegradationService::unpin(std::string actor, std::string reason)
{
    degradation_.unpin(std::move(actor), std::move(reason));
    arm();
    isUnsaved_ = true;
    save();
}

void DegradationService::restore(const std::optional<DegradationPin> &pin)
{
    isLoaded_ = true;
    const std::chrono::milliseconds left(pin ? pin->until - hub_.clock.wallMs() : 0);
    if (pin && !degradation_.isPinned() && !isUnsaved_) {
        if (left.count() > 0 && pin->level < wireNames(DegradationLevel{}).size())
            degradation_.pin(static_cast<DegradationLevel>(pin->level), pin->actor, pin->reason,
                             std::chrono::ceil<std::chrono::seconds>(left));
        else
            isUnsaved_ = true; // it has ended while the server was down
        arm();
    }
    save();
}

/// One at a time; the store is told of the last word, not of each.
void DegradationService::save()
{
    if (!isLoaded_ || isSaving_ || !isUnsaved_ || saveAgain_.isRunning())
        return;
    isSaving_ = true;
    isUnsaved_ = false;
    SaveDegradationPin request;
    if (const auto &pin = degradation_.pinned()) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(pin->until - hub_.clock.now());
        request.pin = DegradationPin{static_cast<std::uint64_t>(pin->level), pin->actor, pin->reason,
                                     hub_.clock.wallMs() + left.count()};
    }
    hub_.store.ask(std::move(request), [this](const Status &saved) {
        isSaving_ = false;
        if (!saved && saved.error().retryable) {
            isUnsaved_ = true;
            saveAgain_.start(kSaveAgain, [this] { save(); });
            return;
        }
        save();
    });
}

void DegradationService::arm()
{
    if (const auto end = degradation_.nextPoll())
        pinEnd_.start(*end - hub_.clock.now(), [this] {
            degradation_.poll();
            arm();
            isUnsaved_ = true;
            save();
        });
    else
        pinEnd_.stop();
}

std::optional<Error> DegradationService::refusal(std::size_t running) const
{
    const DegradationEffects effects = degradation_.effects();
    if (!effects.allowsTurns) {
        Error error = makeError(Code::NotReady, noteOf(degradation_.level()));
        error.retryAfterMs = std::max<std::int64_t>(1, degradation_.pinLeft().count()) * 1000;
        return error;
    }
    if (effects.limitsRuns && running >= settings_.essentialRuns) {
        Error error = makeError(Code::NotReady, noteOf(degradation_.level()));
        error.retryAfterMs = std::chrono::milliseconds(kTick).count();
        return error;
    }
    return std::nullopt;
}

void DegradationService::told(const DegradationLadder::Change &change)
{
    const auto nameOf = [](DegradationLevel level) {
        return std::string(wireNames(level)[static_cast<std::size_t>(level)]);
    };
    if (change.from != change.to)
        ++hub_.counters.degradationChanges[nameOf(change.to)];
    hub_.log.write({LogLevel::Warn,
                    "degradation.moved",
                    "the level of degradation has changed",
                    "orchestrator",
                    {},
                    {{"from", nameOf(change.from)}, {"to", nameOf(change.to)}, {"cause", change.cause}}});
    for (const auto &changed : changed_)
        changed(change);
}

} // namespace orchestra
