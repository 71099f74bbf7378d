// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/resilience/rate_limit.h"

#include <algorithm>

namespace orchestra {
namespace {

constexpr std::chrono::hours kMostDebt{1};

std::chrono::nanoseconds nanoseconds(double value)
{
    return std::chrono::nanoseconds(static_cast<std::int64_t>(value));
}

} // namespace

RateLimit::RateLimit(RatePolicy policy)
    : interval_(nanoseconds(1e9 / policy.perSecond))
    , tolerance_(nanoseconds(1e9 / policy.perSecond * std::max(policy.burst, 1.0)))
{
}

RateLimit::Verdict RateLimit::take(MonotonicTime now, double cost)
{
    // What is larger than the burst could never be taken: it takes all there is.
    const auto taken = std::min(nanoseconds(static_cast<double>(interval_.count()) * cost), tolerance_);
    const MonotonicTime next = std::max(now, arrival_) + taken;
    const auto excess = next - now - tolerance_;
    if (excess > std::chrono::nanoseconds(0))
        return {false, excess};
    arrival_ = next;
    return {};
}

void RateLimit::charge(MonotonicTime now, double cost)
{
    const MonotonicTime next = std::max(now, arrival_) + nanoseconds(static_cast<double>(interval_.count()) * cost);
    arrival_ = std::min(next, now + tolerance_ + kMostDebt);
}

double RateLimit::remaining(MonotonicTime now) const
{
    const auto owed = std::max(arrival_ - now, std::chrono::nanoseconds(0));
    return static_cast<double>((tolerance_ - owed).count()) / static_cast<double>(interval_.count());
}

KeyedRateLimit::KeyedRateLimit(RatePolicy policy, std::size_t maxKeys)
    : policy_(policy)
    , maxKeys_(std::max<std::size_t>(maxKeys, 1))
{
}

RateLimit::Verdict KeyedRateLimit::take(std::string_view key, MonotonicTime now, double cost)
{
    return limitOf(key).take(now, cost);
}

void KeyedRateLimit::charge(std::string_view key, MonotonicTime now, double cost)
{
    limitOf(key).charge(now, cost);
}

RateLimit &KeyedRateLimit::limitOf(std::string_view key)
{
    const auto known = entries_.find(key);
    if (known != entries_.end()) {
        byUse_.splice(byUse_.end(), byUse_, known->second);
        return byUse_.back().second;
    }
    if (byUse_.size() == maxKeys_) {
        entries_.erase(byUse_.front().first);
        byUse_.pop_front();
    }
    const auto entry = byUse_.emplace(byUse_.end(), std::string(key), RateLimit(policy_));
    entries_.emplace(entry->first, entry);
    return entry->second;
}

} // namespace orchestra
