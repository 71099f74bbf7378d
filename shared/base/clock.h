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
/// 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z, the bounds of RFC 3339.
inline constexpr WallMs kEarliestTimestamp = -62'167'219'200'000;
inline constexpr WallMs kLatestTimestamp = 253'402'300'799'999;

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
/// A stamp outside the years 0000-9999 is moved to the nearest that RFC 3339 can say.
std::string formatTimestamp(WallMs ms);
/// The same, appended: for encoders that write many.
void appendTimestamp(std::string &out, WallMs ms);
/// Parses RFC 3339 (any offset, fraction optional). Returns false when `text` is not such a stamp.
bool parseTimestamp(std::string_view text, WallMs &ms);

} // namespace orchestra
