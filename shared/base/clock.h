// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace orchestra {

using MonotonicTime = std::chrono::steady_clock::time_point;
/// Milliseconds since 1970-01-01T00:00:00Z. Only for stamps that people or other machines read, never for timers.
using WallMs = std::int64_t;

/// Where time comes from. Injected everywhere, so that a test owns it (tests/support/manual_clock.h).
/// Thread-safe: implementations hold no unsynchronised mutable state.
class Clock
{
public:
    virtual ~Clock() = default;
    virtual MonotonicTime now() const = 0;
    virtual WallMs wallMs() const = 0;
};

class SystemClock final : public Clock
{
public:
    MonotonicTime now() const override;
    WallMs wallMs() const override;
};

/// RFC 3339 in UTC with milliseconds, for example 2026-11-20T08:14:41.250Z.
std::string formatTimestamp(WallMs ms);
/// Parses RFC 3339 (any offset, fraction optional). Returns false when `text` is not such a stamp.
bool parseTimestamp(std::string_view text, WallMs &ms);

} // namespace orchestra
