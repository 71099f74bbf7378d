// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace orchestra {

/// A span of past time that a text names, and where it names it. from < to <= now.
struct TimeRange
{
    WallMs from = 0;
    WallMs to = 0;
    std::size_t offset = 0; ///< of the words, in bytes of the text
    std::size_t length = 0;

    bool operator==(const TimeRange &) const = default;
};

/// The first span of past time in `text`: "last 15 minutes", "past hour", "since 14:00", "yesterday",
/// "between 9:00 and 10:30 on monday", "two hours ago", "2026-11-20". Small misspellings are forgiven.
/// Times of day without a day are the latest such times in the past; weekdays are the latest before today; "last week"
/// is the 7 days up to now, "yesterday" a calendar day; a single time of day is a quarter of an hour either way. Days
/// begin at midnight of the zone that is `utcOffset` ahead of UTC. Nothing for a span that would lie in the future.
std::optional<TimeRange> findTimeRange(std::string_view text, const Clock &clock,
                                       std::chrono::minutes utcOffset = std::chrono::minutes(0));

} // namespace orchestra
