// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/turn_rates.h"

#include "shared/wire/error_table.h"

#include <algorithm>
#include <utility>

namespace orchestra {
namespace {

constexpr double kBytesPerToken = 4; // a common rule of thumb; put right when the turn ends

void set(std::optional<KeyedRateLimit> &limit, double perMinute)
{
    if (perMinute > 0)
        limit.emplace(RatePolicy{.perSecond = perMinute / 60, .burst = perMinute}, TurnRates::kMaxKeys);
}

} // namespace

/// Limits are read with the first turn, when the configuration is known.
void TurnRates::prepare()
{
    if (std::exchange(isPrepared_, true))
        return;
    set(messages_.ofUser, hub_.limits.userMessagesPerMinute);
    set(messages_.ofKey, hub_.limits.keyMessagesPerMinute);
    set(tokens_.ofUser, hub_.limits.userTokensPerMinute);
    set(tokens_.ofKey, hub_.limits.keyTokensPerMinute);
}

double TurnRates::estimate(std::size_t messageBytes, bool usesModel)
{
    return usesModel ? std::max(static_cast<double>(messageBytes) / kBytesPerToken, 1.0) : 0;
}

std::vector<TurnRates::Applied> TurnRates::appliedTo(const Principal &who, double tokens)
{
    prepare();
    std::vector<Applied> applied;
    const auto add = [&](Rate &rate, double cost) {
        if (rate.ofUser)
            applied.push_back({&rate, &*rate.ofUser, who.userId, cost});
        if (rate.ofKey && !who.tokenId.empty())
            applied.push_back({&rate, &*rate.ofKey, who.tokenId, cost});
    };
    add(messages_, 1);
    if (tokens > 0)
        add(tokens_, tokens);
    return applied;
}

Status TurnRates::admit(const Principal &who, std::size_t messageBytes, bool usesModel)
{
    const MonotonicTime now = hub_.clock.now();
    const std::vector<Applied> applied = appliedTo(who, estimate(messageBytes, usesModel));
    for (std::size_t i = 0; i < applied.size(); ++i) {
        const RateLimit::Verdict verdict = applied[i].limit->take(applied[i].key, now, applied[i].cost);
        if (verdict.allowed)
            continue;
        for (std::size_t taken = 0; taken < i; ++taken)
            applied[taken].limit->charge(applied[taken].key, now, -applied[taken].cost);
        ++hub_.counters.turnsRateLimited[applied[i].rate->what];
        Error error = makeError(Code::RateLimited, std::string("more ") + applied[i].rate->what +
                                                       " a minute than you may use; wait a moment");
        error.retryAfterMs =
            std::max<std::int64_t>(std::chrono::ceil<std::chrono::milliseconds>(verdict.retryAfter).count(), 1);
        return error;
    }
    return Ok{};
}

void TurnRates::giveBack(const Principal &who, std::size_t messageBytes, bool usesModel)
{
    for (const Applied &each : appliedTo(who, estimate(messageBytes, usesModel)))
        each.limit->charge(each.key, hub_.clock.now(), -each.cost);
}

void TurnRates::settle(const Principal &who, std::size_t messageBytes, bool usesModel, std::uint64_t tokens)
{
    const double estimated = estimate(messageBytes, usesModel);
    const double more = static_cast<double>(tokens) - estimated;
    for (const Applied &each : appliedTo(who, estimated))
        if (each.rate == &tokens_)
            each.limit->charge(each.key, hub_.clock.now(), more);
}

} // namespace orchestra
