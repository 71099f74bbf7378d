// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/flag_service.h"

#include "server/core/rollout/bucketing.h"
#include "shared/wire/error_table.h"

#include <algorithm>

namespace orchestra {
namespace {

constexpr std::size_t kMaxFlags = 500;
constexpr std::size_t kMaxName = 64;

bool isFlagName(std::string_view name)
{
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    };
    return !name.empty() && name.size() <= kMaxName && std::ranges::all_of(name, fits);
}

bool isOnFor(const wire::FlagRow &flag, const std::string &unit)
{
    return flag.enabled && isInPercent(flag.name, unit, static_cast<std::uint32_t>(flag.percent));
}

} // namespace

std::string flagUnit(const std::string &userId, const std::string &sessionId)
{
    return userId + "/" + sessionId;
}

FlagService::FlagService(const Hub &hub)
    : hub_(hub)
{
}

void FlagService::setFlags(std::vector<wire::FlagRow> flags)
{
    flags_.clear();
    for (wire::FlagRow &flag : flags) {
        std::string name = flag.name;
        flags_.emplace(std::move(name), std::move(flag));
    }
    if (changed_)
        changed_();
}

std::map<std::string, std::string> FlagService::evaluate(const std::string &userId, const std::string &sessionId)
{
    std::map<std::string, std::string> variants;
    const std::string unit = flagUnit(userId, sessionId);
    for (auto &[name, flag] : flags_) {
        const std::string variant = isOnFor(flag, unit) ? "on" : "off";
        ++flag.evaluations;
        flag.lastSeen = wire::Timestamp{hub_.clock.wallMs()};
        ++hub_.counters.flagEvaluations[{name, variant}];
        variants.emplace(name, variant);
    }
    return variants;
}

bool FlagService::isOn(const std::string &name, const std::string &unit) const
{
    const wire::FlagRow *flag = find(name);
    return flag != nullptr && isOnFor(*flag, unit);
}

const wire::FlagRow *FlagService::find(const std::string &name) const
{
    const auto known = flags_.find(name);
    return known == flags_.end() ? nullptr : &known->second;
}

std::vector<wire::FlagRow> FlagService::rows() const
{
    std::vector<wire::FlagRow> rows;
    for (const auto &[name, flag] : flags_)
        rows.push_back(flag);
    return rows;
}

std::size_t FlagService::on() const
{
    return static_cast<std::size_t>(std::ranges::count_if(
        flags_, [](const auto &entry) { return entry.second.enabled && entry.second.percent > 0; }));
}

Result<wire::FlagRow> FlagService::planned(const wire::SetFlag &change, const std::string &actor) const
{
    const wire::FlagRow *known = find(change.name);
    if (known == nullptr && !isFlagName(change.name))
        return makeError(Code::Invalid, "a flag's name is 1 to 64 of a-z, 0-9, '_', '-' and '.'", "/name");
    if (known == nullptr && flags_.size() >= kMaxFlags)
        return makeError(Code::Conflict, "there are 500 flags already");
    if (change.percent && *change.percent > 100)
        return makeError(Code::Invalid, "a percentage is 0 to 100", "/percent");
    wire::FlagRow flag;
    if (known != nullptr) {
        flag = *known;
    } else {
        flag.name = change.name;
        flag.owner = actor;
        flag.percent = 100;
    }
    flag.enabled = change.enabled.value_or(flag.enabled);
    flag.percent = change.percent.value_or(flag.percent);
    flag.changedAt = {hub_.clock.wallMs()};
    flag.changedBy = actor;
    ++flag.revision;
    return flag;
}

void FlagService::save(wire::FlagRow flag, wire::AuditRow audit, std::function<void(Status)> done)
{
    wire::FlagRow saved = flag;
    hub_.store.ask(SaveFlag{std::move(flag), std::move(audit)},
                   [this, saved = std::move(saved), done = std::move(done)](const Result<Ok> &stored) {
                       if (stored) {
                           wire::FlagRow &flag = flags_[saved.name];
                           const auto evaluations = flag.evaluations;
                           const auto lastSeen = flag.lastSeen;
                           flag = saved;
                           flag.evaluations = evaluations; // counted on while the change was being stored
                           flag.lastSeen = lastSeen;
                           if (changed_)
                               changed_();
                       }
                       done(stored);
                   });
}

} // namespace orchestra
