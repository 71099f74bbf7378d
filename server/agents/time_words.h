// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

inline constexpr WallMs kMinuteMs = 60'000;
inline constexpr WallMs kHourMs = 60 * kMinuteMs;
inline constexpr WallMs kDayMs = 24 * kHourMs;
inline constexpr WallMs kWeekMs = 7 * kDayMs;
inline constexpr WallMs kMonthMs = 30 * kDayMs;

/// One word of a text with what it says about time. All values are milliseconds; dates and instants are of the local
/// zone unless said otherwise.
struct TimeWord
{
    std::string text; ///< lower case, spelling corrected
    std::size_t offset = 0;
    std::size_t length = 0;
    std::optional<double> number;    ///< 15, fifteen, few
    WallMs unit = 0;                 ///< of minute, hours, ...
    WallMs duration = 0;             ///< of 15m, 24h
    std::optional<unsigned> weekday; ///< 0 is Sunday
    std::optional<WallMs> clock;     ///< since midnight
    std::optional<WallMs> clockEnd;  ///< of 10:00-11:30
    std::optional<WallMs> date;      ///< midnight of 2026-11-20, as if it were UTC
    std::optional<WallMs> instant;   ///< of 2026-11-20T10:00
    bool instantIsLocal = true;      ///< false when it names its zone
    WallMs partBegin = 0;            ///< of morning, afternoon, evening, night
    WallMs partLength = 0;           ///< 0 when it is no part of a day
};

std::vector<TimeWord> timeWordsOf(std::string_view text);

/// Milliseconds between 1970-01-01 and a date; the day defaults to the first of the month.
struct YearMonth
{
    int year = 1970;
    unsigned month = 1;
};
WallMs dateMs(YearMonth month, unsigned day = 1);
YearMonth yearMonthOf(WallMs ms);

} // namespace orchestra
