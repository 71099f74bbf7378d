// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/resilience/degradation.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace orchestra {
namespace {

std::string nameOf(DegradationLevel level)
{
    return std::string(wireNames(level)[static_cast<std::size_t>(level)]);
}

std::string percent(double share)
{
    return std::to_string(static_cast<int>(std::lround(share * 100))) + " %";
}

} // namespace

DegradationEffects effectsOf(DegradationLevel level)
{
    DegradationEffects effects;
    if (level >= DegradationLevel::Reduced) {
        effects.allowsSwarm = false;
        effects.allowsOptionalTools = false;
    }
    if (level >= DegradationLevel::Constrained) {
        effects.contextShare = 0.25;
        effects.concurrencyShare = 0.5;
    }
    if (level >= DegradationLevel::Essential) {
        effects.allowsTools = false;
        effects.concurrencyShare = 0.25;
        effects.limitsRuns = true;
    }
    effects.allowsTurns = level != DegradationLevel::Maintenance;
    return effects;
}

std::vector<std::string> shedAt(DegradationLevel level)
{
    const DegradationEffects effects = effectsOf(level);
    std::vector<std::string> shed;
    if (!effects.allowsTurns)
        return {"new questions"};
    if (!effects.allowsSwarm)
        shed.emplace_back("swarm");
    if (!effects.allowsTools)
        shed.emplace_back("tools of models");
    else if (!effects.allowsOptionalTools)
        shed.emplace_back("tools of other servers");
    if (effects.contextShare < 1)
        shed.push_back("long context (" + percent(effects.contextShare) + " is left)");
    if (effects.concurrencyShare < 1)
        shed.push_back("concurrency (" + percent(effects.concurrencyShare) + " is left)");
    if (effects.limitsRuns)
        shed.emplace_back("new questions beyond the places that are free");
    return shed;
}

std::string noteOf(DegradationLevel level)
{
    switch (level) {
    case DegradationLevel::Normal:
        return "The server works without restriction again.";
    case DegradationLevel::Reduced:
        return "The server is under load: answers come from one agent, without tools of other servers.";
    case DegradationLevel::Constrained:
        return "The server is under heavy load: answers see less of the conversation, and questions may have to wait.";
    case DegradationLevel::Essential:
        return "The server is close to its limits: answers are made without tools, and new questions are taken only as "
               "places become free.";
    case DegradationLevel::Maintenance:
        return "The server is under maintenance: history and commands work, new questions are not taken.";
    }
    return {};
}

DegradationLadder::DegradationLadder(DegradationPolicy policy, const Clock &clock)
    : policy_(policy)
    , clock_(clock)
    , since_(clock.wallMs())
{
}

std::size_t DegradationLadder::levelFor(double score) const
{
    return static_cast<std::size_t>(std::ranges::count_if(policy_.enter, [score](double at) { return score >= at; }));
}

void DegradationLadder::look(std::vector<wire::DegradationInput> inputs)
{
    poll();
    inputs_ = std::move(inputs);
    score_.reset();
    bool isWhole = true;
    for (wire::DegradationInput &input : inputs_) {
        if (!input.load || std::isnan(*input.load)) {
            input.load.reset();
            isWhole = false;
            continue;
        }
        input.load = std::clamp(*input.load, 0.0, 1.0);
        score_ = std::max(score_.value_or(0), *input.load);
    }
    if (!score_) {
        cleanSince_.reset(); // nothing is known: hold
        return;
    }
    const std::size_t wanted = levelFor(*score_);
    if (wanted > static_cast<std::size_t>(automatic_))
        goUp(wanted);
    else
        bad_ = 0;
    goDown(*score_, isWhole);
}

void DegradationLadder::goUp(std::size_t wanted)
{
    wanted_ = bad_ == 0 ? wanted : std::min(wanted_, wanted);
    if (++bad_ >= policy_.badTicks)
        setAutomatic(wanted_, worst());
}

void DegradationLadder::goDown(double score, bool isWhole)
{
    const auto level = static_cast<std::size_t>(automatic_);
    if (level == 0 || !isWhole || score >= policy_.enter[level - 1] * policy_.exitShare) {
        cleanSince_.reset();
        return;
    }
    const MonotonicTime now = clock_.now();
    if (!cleanSince_)
        cleanSince_ = now;
    if (now - *cleanSince_ < policy_.clean)
        return;
    setAutomatic(level - 1, "the load has been low for a while");
    cleanSince_ = now; // the next level down takes as long again
}

void DegradationLadder::setAutomatic(std::size_t level, std::string cause)
{
    const DegradationLevel before = this->level();
    automatic_ = static_cast<DegradationLevel>(level);
    bad_ = 0;
    cleanSince_.reset();
    ++revision_;
    if (!pin_)
        publish(before, std::move(cause), {});
}

void DegradationLadder::publish(DegradationLevel before, std::string cause, std::string actor)
{
    since_ = clock_.wallMs();
    cause_ = std::move(cause);
    if (changed_)
        changed_({before, level(), cause_, std::move(actor)});
}

std::string DegradationLadder::worst() const
{
    const wire::DegradationInput *worst = nullptr;
    for (const wire::DegradationInput &input : inputs_)
        if (input.load && (worst == nullptr || *input.load > *worst->load))
            worst = &input;
    return worst == nullptr ? std::string() : worst->name + ": " + worst->detail;
}

void DegradationLadder::pin(DegradationLevel level, std::string actor, std::string reason,
                            std::chrono::seconds duration)
{
    const DegradationLevel before = this->level();
    pin_ = Pin{level, actor, reason, clock_.now() + duration};
    ++revision_;
    publish(before, std::move(reason), std::move(actor));
}

void DegradationLadder::unpin(std::string actor, std::string reason)
{
    if (!pin_)
        return;
    const DegradationLevel before = level();
    pin_.reset();
    ++revision_;
    publish(before, std::move(reason), std::move(actor));
}

std::chrono::seconds DegradationLadder::pinLeft() const
{
    return pin_ ? std::max(std::chrono::seconds(0), std::chrono::ceil<std::chrono::seconds>(pin_->until - clock_.now()))
                : std::chrono::seconds(0);
}

void DegradationLadder::poll()
{
    if (pin_ && clock_.now() >= pin_->until)
        unpin({}, "the pin has ended");
}

std::optional<MonotonicTime> DegradationLadder::nextPoll() const
{
    return pin_ ? std::optional(pin_->until) : std::nullopt;
}

wire::DegradationRow DegradationLadder::row() const
{
    wire::DegradationRow row;
    row.level = static_cast<std::uint64_t>(level());
    row.name = nameOf(level());
    row.pinned = isPinned();
    row.since = {since_};
    row.cause = cause_;
    row.shed = shedAt(level());
    row.score = score_;
    row.inputs = inputs_;
    row.automaticLevel = static_cast<std::uint64_t>(automatic_);
    row.revision = revision_;
    if (pin_) {
        row.actor = pin_->actor;
        row.pinnedUntil =
            wire::Timestamp{clock_.wallMs() +
                            std::chrono::duration_cast<std::chrono::milliseconds>(pin_->until - clock_.now()).count()};
    }
    return row;
}

} // namespace orchestra
