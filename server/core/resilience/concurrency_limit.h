// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>

namespace orchestra {

struct ConcurrencyPolicy
{
    double least = 4;
    double first = 20;
    double most = 200;
    double shrink = 0.9; ///< on a drop
};

/// How many calls one dependency is given at a time: one more after each that went well while the limit was at least
/// half used, a tenth fewer after each that was dropped (additive increase, multiplicative decrease, as in Netflix's
/// concurrency-limits). Lives on: hub.
class ConcurrencyLimit
{
public:
    explicit ConcurrencyLimit(ConcurrencyPolicy policy = {})
        : policy_(policy)
        , limit_(policy.first)
    {
    }

    /// Takes a place; false when there is none.
    bool enter();
    enum class Outcome : unsigned char {
        Ok,
        Dropped, ///< timed out, refused for overload, or broken by the other side
        Ignored, ///< cancelled, or failed for a reason that load does not explain
    };
    /// Gives the place of a call back.
    void leave(Outcome outcome);

    /// From now on only this part of the limit is given out, one place at least. Calls under way go on.
    void cutTo(double share) { share_ = share; }

    std::size_t inFlight() const { return inFlight_; }
    std::size_t limit() const { return std::max<std::size_t>(static_cast<std::size_t>(limit_ * share_), 1); }

private:
    const ConcurrencyPolicy policy_;
    double limit_;
    double share_ = 1;
    std::size_t inFlight_ = 0;
};

} // namespace orchestra
