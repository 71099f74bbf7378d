// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"

#include <atomic>

namespace orchestra {

/// A clock that moves only when a test says so. Thread-safe.
class ManualClock final : public Clock
{
public:
    MonotonicTime now() const override { return MonotonicTime(std::chrono::nanoseconds(monotonic_.load())); }
    WallMs wallMs() const override { return wall_.load(); }

    /// Moves both clocks forward.
    void advance(std::chrono::nanoseconds by)
    {
        monotonic_ += by.count();
        wall_ += std::chrono::duration_cast<std::chrono::milliseconds>(by).count();
    }

    /// Moves only the wall clock, as an administrator or NTP would.
    void setWall(WallMs ms) { wall_ = ms; }

private:
    std::atomic<std::int64_t> monotonic_{1'000'000'000'000};
    std::atomic<WallMs> wall_{1'780'000'000'000};
};

} // namespace orchestra
