// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"

#include <algorithm>

namespace orchestra {

/// When a socket that has something again is read: at once, except where it has had something more often than a display
/// shows anything new; there what has come meanwhile is read together, which costs a fraction. Pure.
class ReadingPace
{
public:
    static constexpr std::chrono::milliseconds kApart{8}; ///< what such a socket is let rest between two readings
    static constexpr int kAhead = 8;                      ///< readings at once before it has to

    /// Before it, the socket is let rest. In the past for whatever keeps to the pace.
    MonotonicTime earliest() const { return due_ - kAhead * kApart; }
    void noteReading(MonotonicTime now) { due_ = std::max(due_, now) + kApart; }

private:
    MonotonicTime due_{}; ///< of the next reading, if all kept to the pace
};

} // namespace orchestra
