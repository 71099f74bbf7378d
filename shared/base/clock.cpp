// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/clock.h"

#include <algorithm>

namespace orchestra {
namespace {

using Days = std::chrono::sys_days;

/// Reads exactly `digits` decimal digits at `at`; advances `at` and returns -1 when there are not that many.
int readNumber(std::string_view text, std::size_t &at, std::size_t digits)
{
    if (at + digits > text.size())
        return -1;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        const char c = text[at + i];
        if (c < '0' || c > '9')
            return -1;
        value = value * 10 + (c - '0');
    }
    at += digits;
    return value;
}

bool readChar(std::string_view text, std::size_t &at, std::string_view anyOf)
{
    if (at >= text.size() || anyOf.find(text[at]) == std::string_view::npos)
        return false;
    ++at;
    return true;
}

/// The fraction of a second in milliseconds; further digits are read and dropped. -1 on a missing digit.
int readFraction(std::string_view text, std::size_t &at)
{
    int ms = 0;
    int scale = 100;
    const std::size_t begin = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
        ms += (text[at] - '0') * scale;
        scale /= 10;
        ++at;
    }
    return at == begin ? -1 : ms;
}

/// The zone designator in minutes east of UTC; false when malformed.
bool readOffset(std::string_view text, std::size_t &at, int &minutes)
{
    if (readChar(text, at, "Zz")) {
        minutes = 0;
        return true;
    }
    const bool east = at < text.size() && text[at] == '+';
    if (!readChar(text, at, "+-"))
        return false;
    const int h = readNumber(text, at, 2);
    if (h < 0 || h > 23 || !readChar(text, at, ":"))
        return false;
    const int m = readNumber(text, at, 2);
    if (m < 0 || m > 59)
        return false;
    minutes = (east ? 1 : -1) * (h * 60 + m);
    return true;
}

} // namespace

MonotonicTime SystemClock::now() const
{
    return std::chrono::steady_clock::now();
}

WallMs SystemClock::wallMs() const
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

void appendTimestamp(std::string &out, WallMs ms)
{
    using namespace std::chrono;
    const sys_time<milliseconds> stamp{milliseconds(std::clamp(ms, kEarliestTimestamp, kLatestTimestamp))};
    const Days day = floor<days>(stamp);
    const year_month_day date(day);
    const hh_mm_ss time(stamp - day);
    char text[] = "0000-00-00T00:00:00.000Z";
    const auto put = [&text](std::size_t at, std::size_t digits, unsigned value) {
        for (; digits > 0; value /= 10)
            text[at + --digits] = static_cast<char>('0' + value % 10);
    };
    put(0, 4, static_cast<unsigned>(static_cast<int>(date.year())));
    put(5, 2, static_cast<unsigned>(date.month()));
    put(8, 2, static_cast<unsigned>(date.day()));
    put(11, 2, static_cast<unsigned>(time.hours().count()));
    put(14, 2, static_cast<unsigned>(time.minutes().count()));
    put(17, 2, static_cast<unsigned>(time.seconds().count()));
    put(20, 3, static_cast<unsigned>(time.subseconds().count()));
    out.append(text, sizeof text - 1);
}

std::string formatTimestamp(WallMs ms)
{
    std::string out;
    appendTimestamp(out, ms);
    return out;
}

bool parseTimestamp(std::string_view text, WallMs &ms)
{
    using namespace std::chrono;
    std::size_t at = 0;
    const int y = readNumber(text, at, 4);
    if (y < 0 || !readChar(text, at, "-"))
        return false;
    const int mon = readNumber(text, at, 2);
    if (mon < 0 || !readChar(text, at, "-"))
        return false;
    const int d = readNumber(text, at, 2);
    if (d < 0 || !readChar(text, at, "Tt "))
        return false;
    const int h = readNumber(text, at, 2);
    if (h < 0 || h > 23 || !readChar(text, at, ":"))
        return false;
    const int min = readNumber(text, at, 2);
    if (min < 0 || min > 59 || !readChar(text, at, ":"))
        return false;
    const int s = readNumber(text, at, 2);
    if (s < 0 || s > 60)
        return false;
    int fraction = 0;
    if (readChar(text, at, ".") && (fraction = readFraction(text, at)) < 0)
        return false;
    int offset = 0;
    if (!readOffset(text, at, offset) || at != text.size())
        return false;
    const year_month_day date{year(y), month(static_cast<unsigned>(mon)), day(static_cast<unsigned>(d))};
    if (!date.ok())
        return false;
    const auto stamp = Days(date) + hours(h) + minutes(min - offset) + seconds(s) + milliseconds(fraction);
    ms = duration_cast<milliseconds>(stamp.time_since_epoch()).count();
    return ms >= kEarliestTimestamp && ms <= kLatestTimestamp;
}

} // namespace orchestra
