// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/identity.h"
#include "server/core/resilience/rate_limit.h"
#include "server/orchestrator/hub.h"

#include <optional>
#include <string>
#include <vector>

namespace orchestra {

/// How many turns, and how many tokens of models, a user and each of their access tokens may have: a minute's worth at
/// once, then as it comes back. What a turn will cost in tokens is estimated from its message, and put right at its
/// end; who has spent more than there was waits until it has come back. Lives on: hub.
class TurnRates
{
public:
    /// Users and access tokens that are remembered; the one that was quiet for longest is forgotten first.
    static constexpr std::size_t kMaxKeys = 20000;

    explicit TurnRates(const Hub &hub)
        : hub_(hub)
    {
    }

    /// RATE_LIMITED with the time to wait, or Ok and it is counted. `usesModel`: it may cost tokens of a model.
    Status admit(const Principal &who, std::size_t messageBytes, bool usesModel);
    /// It was admitted, but nothing came of it.
    void giveBack(const Principal &who, std::size_t messageBytes, bool usesModel);
    /// The end of a turn that was admitted: the tokens that it has really cost.
    void settle(const Principal &who, std::size_t messageBytes, bool usesModel, std::uint64_t tokens);

private:
    struct Rate
    {
        const char *what; ///< for people and counters
        std::optional<KeyedRateLimit> ofUser;
        std::optional<KeyedRateLimit> ofKey;
    };
    /// One limit that applies to somebody.
    struct Applied
    {
        Rate *rate;
        KeyedRateLimit *limit;
        std::string key;
        double cost;
    };

    void prepare();
    std::vector<Applied> appliedTo(const Principal &who, double tokens);
    static double estimate(std::size_t messageBytes, bool usesModel);

    const Hub &hub_;
    bool isPrepared_ = false;
    Rate messages_{"messages", {}, {}};
    Rate tokens_{"tokens", {}, {}};
};

} // namespace orchestra
