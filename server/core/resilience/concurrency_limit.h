// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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

    std::size_t inFlight() const { return inFlight_; }
    std::size_t limit() const { return static_cast<std::size_t>(limit_); }

private:
    const ConcurrencyPolicy policy_;
    double limit_;
    std::size_t inFlight_ = 0;
};

} // namespace orchestra
