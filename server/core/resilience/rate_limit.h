// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace orchestra {

/// How fast and in what bursts something may happen: the generic cell rate algorithm, one time stamp a key.
struct RatePolicy
{
    double perSecond = 1;
    double burst = 1; ///< how many may come at once after a pause; at least 1
};

/// The rate of one key. A plain value.
class RateLimit
{
public:
    struct Verdict
    {
        bool allowed = true;
        std::chrono::nanoseconds retryAfter{0}; ///< when refused
    };

    explicit RateLimit(RatePolicy policy);

    /// Takes `cost` cells (no more than the burst) when there is room for them; a refusal takes nothing.
    Verdict take(MonotonicTime now, double cost = 1);
    /// Takes `cost` cells whether there is room for them or not, for what was known too late: the limit is then in
    /// debt, at most an hour's. A negative cost gives cells back.
    void charge(MonotonicTime now, double cost);
    /// How many cells could be taken at once.
    double remaining(MonotonicTime now) const;
    /// Nothing is owed any more, so forgetting this limit changes nothing.
    bool isIdle(MonotonicTime now) const { return arrival_ <= now; }

private:
    std::chrono::nanoseconds interval_; ///< between two cells
    std::chrono::nanoseconds tolerance_;
    MonotonicTime arrival_{}; ///< theoretical arrival time of the next cell
};

/// The rates of many keys under one policy, bounded: the key that was quiet for longest is forgotten first.
/// Lives on: the thread of its owner.
class KeyedRateLimit
{
public:
    KeyedRateLimit(RatePolicy policy, std::size_t maxKeys);

    RateLimit::Verdict take(std::string_view key, MonotonicTime now, double cost = 1);
    void charge(std::string_view key, MonotonicTime now, double cost);
    std::size_t size() const { return byUse_.size(); }

private:
    using Entry = std::pair<std::string, RateLimit>;

    RateLimit &limitOf(std::string_view key);

    const RatePolicy policy_;
    const std::size_t maxKeys_;
    std::list<Entry> byUse_; ///< least recently used first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> entries_;
};

} // namespace orchestra
