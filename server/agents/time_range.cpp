// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/time_range.h"

#include "server/agents/time_words.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace orchestra {
namespace {

constexpr WallMs kAround = 15 * kMinuteMs; // either side of a single time of day
constexpr WallMs kLongest = 3660 * kDayMs;

/// A point in time that a text names, or a day or part of one.
struct Moment
{
    WallMs at = 0;
    WallMs length = 0;       ///< 0 for a point
    bool isFloating = false; ///< a time of day without a day of its own
    bool isRelative = false; ///< "ago": what follows up to now is meant
    std::size_t next = 0;    ///< the first token behind it
};

/// Reads the tokens of one text.
class RangeReader
{
public:
    RangeReader(std::string_view text, WallMs now, WallMs offset)
        : words_(timeWordsOf(text))
        , now_(now)
        , offset_(offset)
        , today_(dayOf(now))
    {
    }

    std::optional<TimeRange> run()
    {
        for (std::size_t i = 0; i < words_.size(); ++i) {
            auto range = rangeAt(i, today_, false);
            if (!range)
                continue;
            range->to = std::min(range->to, now_);
            if (range->from >= range->to || range->from < 0)
                return std::nullopt;
            range->offset = words_[i].offset;
            const TimeWord &last = words_[end_ - 1];
            range->length = last.offset + last.length - range->offset;
            return range;
        }
        return std::nullopt;
    }

private:
    WallMs dayOf(WallMs at) const
    {
        const WallMs local = at + offset_;
        return local - (local % kDayMs + kDayMs) % kDayMs - offset_;
    }

    bool is(std::size_t i, std::initializer_list<std::string_view> any) const
    {
        return i < words_.size() && std::find(any.begin(), any.end(), words_[i].text) != any.end();
    }

    std::size_t skip(std::size_t i, std::initializer_list<std::string_view> any) const
    {
        while (is(i, any))
            ++i;
        return i;
    }

    /// A span that begins at token `i`; `day` is the day that times of day belong to, if one was named.
    std::optional<TimeRange> rangeAt(std::size_t i, WallMs day, bool dayIsNamed)
    {
        if (is(i, {"last", "past", "previous"}))
            return lastSpan(i + 1);
        if (is(i, {"this"}))
            return thisUnit(i + 1);
        if (is(i, {"since", "after"}))
            return since(i + 1, day, dayIsNamed);
        if (is(i, {"from", "between"}))
            return fromTo(i + 1, day, dayIsNamed);
        if (is(i, {"before", "until", "till"}))
            return before(i + 1, day, dayIsNamed);
        if (const auto pair = clockPair(i))
            return settled(pair->first, pair->second, i + 1, day, dayIsNamed);
        const auto moment = momentAt(i, day, dayIsNamed);
        if (!moment)
            return std::nullopt;
        if (!dayIsNamed && moment->length == kDayMs) { // "yesterday between 9:00 and 10:00"
            const std::size_t next = skip(moment->next, {"at", "around", "the"});
            if (is(next, {"since", "after", "from", "between", "before", "until", "till"}) || clockPair(next)) {
                if (auto inner = rangeAt(next, moment->at, true))
                    return inner;
            }
        }
        end_ = moment->next;
        if (moment->length > 0)
            return TimeRange{moment->at, moment->at + moment->length};
        if (moment->isRelative)
            return TimeRange{moment->at, now_};
        return TimeRange{moment->at - kAround, moment->at + kAround};
    }

    /// What follows "last" or "past": a number of units, a unit, "night", or a weekday.
    std::optional<TimeRange> lastSpan(std::size_t i)
    {
        if (is(i, {"night"})) {
            end_ = i + 1;
            return TimeRange{today_ - 6 * kHourMs, today_ + 6 * kHourMs};
        }
        if (i < words_.size() && words_[i].weekday) {
            end_ = i + 1;
            const WallMs day = weekday(*words_[i].weekday);
            return TimeRange{day, day + kDayMs};
        }
        if (const auto span = spanAt(i)) {
            end_ = span->second;
            return TimeRange{now_ - span->first, now_};
        }
        return std::nullopt;
    }

    /// "15 minutes", "an hour", "half an hour", "15m", "week": milliseconds and the token behind.
    std::optional<std::pair<WallMs, std::size_t>> spanAt(std::size_t i) const
    {
        if (i >= words_.size())
            return std::nullopt;
        if (words_[i].duration > 0)
            return std::pair(std::min(words_[i].duration, kLongest), i + 1);
        double count = 1;
        if (is(i, {"half"})) {
            count = 0.5;
            i = skip(i + 1, {"a", "an", "the"});
        } else if (is(i, {"quarter"}) && is(skip(i + 1, {"of", "a", "an"}), {"hour"})) {
            return std::pair(15 * kMinuteMs, skip(i + 1, {"of", "a", "an"}) + 1);
        } else {
            i = skip(i, {"a", "an", "the"});
            if (i < words_.size() && words_[i].number) {
                count = *words_[i].number;
                i = skip(i + 1, {"of", "more"});
            }
        }
        if (i >= words_.size() || words_[i].unit == 0)
            return std::nullopt;
        const double span = count * static_cast<double>(words_[i].unit);
        return std::pair(static_cast<WallMs>(std::min(span, static_cast<double>(kLongest))), i + 1);
    }

    std::optional<TimeRange> thisUnit(std::size_t i)
    {
        if (const auto part = partOfDay(i, today_)) {
            end_ = part->next;
            return TimeRange{part->at, part->at + part->length};
        }
        if (i >= words_.size() || words_[i].unit == 0)
            return std::nullopt;
        end_ = i + 1;
        const WallMs unit = words_[i].unit;
        if (unit < kDayMs)
            return TimeRange{now_ - (now_ + offset_) % unit, now_};
        if (unit == kDayMs)
            return TimeRange{today_, now_};
        if (unit == kWeekMs)
            return TimeRange{weekday(1, true), now_};
        return TimeRange{dateMs(yearMonthOf(now_ + offset_)) - offset_, now_};
    }

    std::optional<TimeRange> since(std::size_t i, WallMs day, bool dayIsNamed)
    {
        const auto moment = momentAt(i, day, dayIsNamed);
        if (!moment)
            return std::nullopt;
        end_ = moment->next;
        return TimeRange{moment->at, now_};
    }

    std::optional<TimeRange> before(std::size_t i, WallMs day, bool dayIsNamed)
    {
        const auto moment = momentAt(i, day, dayIsNamed);
        if (!moment)
            return std::nullopt;
        end_ = moment->next;
        const WallMs begin = dayOf(moment->at);
        return TimeRange{begin == moment->at ? begin - kDayMs : begin, moment->at};
    }

    std::optional<TimeRange> fromTo(std::size_t i, WallMs day, bool dayIsNamed)
    {
        if (const auto pair = clockPair(i))
            return settled(pair->first, pair->second, i + 1, day, dayIsNamed);
        if (const auto hours = bareHours(i))
            return settled(hours->from, hours->to, hours->next, day, dayIsNamed);
        const auto first = momentAt(i, day, dayIsNamed);
        if (!first)
            return std::nullopt;
        end_ = first->next;
        if (is(first->next, {"to", "until", "till", "and", "through"})) {
            const WallMs firstDay = dayOf(first->at);
            const std::size_t next = skip(first->next + 1, {"the", "at", "about", "around"});
            if (const auto time = timeOfDay(next); time && first->isFloating)
                return settled(first->at - firstDay, time->first, time->second, day, dayIsNamed);
            if (const auto second = momentAt(next, firstDay, true)) {
                end_ = second->next;
                return TimeRange{first->at, second->at + second->length};
            }
        }
        return TimeRange{first->at, first->length > 0 ? first->at + first->length : now_};
    }

    struct Hours
    {
        WallMs from;
        WallMs to;
        std::size_t next;
    };

    /// "9 to 10", "2 and 4 pm": only where no thing follows that might be counted ("from 3 to 5 clients").
    std::optional<Hours> bareHours(std::size_t i) const
    {
        if (i + 2 >= words_.size() || !words_[i].number || !words_[i + 2].number ||
            !is(i + 1, {"to", "until", "till", "and"}))
            return std::nullopt;
        auto from = static_cast<WallMs>(*words_[i].number);
        auto to = static_cast<WallMs>(*words_[i + 2].number);
        std::size_t next = i + 3;
        if (from < 0 || from > 23 || to < 0 || to > 24)
            return std::nullopt;
        if (is(next, {"am", "pm"})) {
            const WallMs half = words_[next].text == "pm" ? 12 : 0;
            to = to % 12 + half;
            if (from % 12 + half < to)
                from = from % 12 + half;
            ++next;
        } else if (next < words_.size() && !is(next, {"oclock", "today", "this", "on", "in", "yesterday"}) &&
                   !words_[next].weekday) {
            return std::nullopt;
        }
        return Hours{from * kHourMs, to * kHourMs, next};
    }

    /// Two times of day, which a day may follow ("yesterday").
    std::optional<TimeRange> settled(WallMs from, WallMs to, std::size_t next, WallMs day, bool dayIsNamed)
    {
        end_ = next;
        if (!dayIsNamed) {
            if (const auto named = dayAt(skip(next, {"on"}))) {
                day = named->at;
                dayIsNamed = true;
                end_ = named->next;
            } else if (is(next, {"this"}) && partOfDay(next + 1, today_)) {
                end_ = next + 2;
                dayIsNamed = true;
            }
        }
        if (to <= from)
            to += kDayMs;
        const WallMs shift = !dayIsNamed && day + from >= now_ ? kDayMs : 0;
        return TimeRange{day + from - shift, day + to - shift};
    }

    /// "10:00-11:30" written as one.
    std::optional<std::pair<WallMs, WallMs>> clockPair(std::size_t i) const
    {
        if (i >= words_.size() || !words_[i].clock || !words_[i].clockEnd)
            return std::nullopt;
        return std::pair(*words_[i].clock, *words_[i].clockEnd);
    }

    std::optional<Moment> momentAt(std::size_t i, WallMs day, bool dayIsNamed) const
    {
        i = skip(i, {"the", "at", "on", "around", "about", "approximately"});
        if (is(i, {"now"}))
            return Moment{now_, 0, false, false, i + 1};
        if (const auto span = spanAt(i); span && is(span->second, {"ago", "back", "earlier"}))
            return Moment{now_ - span->first, 0, false, true, span->second + 1};
        if (is(i, {"last"}) && is(i + 1, {"night"}))
            return Moment{today_ - 6 * kHourMs, 12 * kHourMs, false, false, i + 2};
        if (is(i, {"last"}) && i + 1 < words_.size() && words_[i + 1].weekday)
            return Moment{weekday(*words_[i + 1].weekday), kDayMs, false, false, i + 2};
        if (is(i, {"this"})) {
            if (const auto part = partOfDay(i + 1, today_))
                return part;
        }
        if (const auto named = dayAt(i)) {
            const std::size_t next = skip(named->next, {"at", "around", "about"});
            if (const auto time = timeOfDay(next))
                return Moment{named->at + time->first, 0, false, false, time->second};
            if (const auto part = partOfDay(next, named->at))
                return part;
            return named;
        }
        if (i < words_.size() && words_[i].instant)
            return Moment{*words_[i].instant - (words_[i].instantIsLocal ? offset_ : 0), 0, false, false, i + 1};
        if (const auto time = timeOfDay(i))
            return floating(*time, day, dayIsNamed);
        return std::nullopt;
    }

    /// A time of day, on the day that follows it or was named before it, else the latest in the past.
    Moment floating(const std::pair<WallMs, std::size_t> &time, WallMs day, bool dayIsNamed) const
    {
        if (const auto named = dayAt(skip(time.second, {"on"})); named && !dayIsNamed)
            return {named->at + time.first, 0, false, false, named->next};
        const WallMs at = day + time.first;
        return {at > now_ && !dayIsNamed ? at - kDayMs : at, 0, true, false, time.second};
    }

    std::optional<Moment> dayAt(std::size_t i) const
    {
        if (i >= words_.size())
            return std::nullopt;
        const TimeWord &word = words_[i];
        if (word.text == "today")
            return Moment{today_, kDayMs, false, false, i + 1};
        if (word.text == "yesterday")
            return Moment{today_ - kDayMs, kDayMs, false, false, i + 1};
        if (word.weekday)
            return Moment{weekday(*word.weekday), kDayMs, false, false, i + 1};
        if (word.date)
            return Moment{*word.date - offset_, kDayMs, false, false, i + 1};
        return std::nullopt;
    }

    std::optional<Moment> partOfDay(std::size_t i, WallMs day) const
    {
        if (i >= words_.size() || words_[i].partLength == 0)
            return std::nullopt;
        return Moment{day + words_[i].partBegin, words_[i].partLength, false, false, i + 1};
    }

    /// Milliseconds since midnight and the token behind: "14:00", "2 pm", "noon".
    std::optional<std::pair<WallMs, std::size_t>> timeOfDay(std::size_t i) const
    {
        if (i >= words_.size())
            return std::nullopt;
        const TimeWord &word = words_[i];
        if (word.clock && !word.clockEnd)
            return std::pair(*word.clock, i + 1);
        if (!word.number || *word.number < 0 || *word.number > 24)
            return std::nullopt;
        const auto hour = static_cast<WallMs>(*word.number);
        if (is(i + 1, {"am", "pm"}) && hour >= 1 && hour <= 12)
            return std::pair((hour % 12 + (words_[i + 1].text == "pm" ? 12 : 0)) * kHourMs, i + 2);
        if (is(i + 1, {"oclock"}))
            return std::pair(hour * kHourMs, i + 2);
        return std::nullopt;
    }

    /// The latest such day before today, or up to today; 0 is Sunday.
    WallMs weekday(unsigned wanted, bool todayToo = false) const
    {
        const WallMs days = (today_ + offset_) / kDayMs;
        const auto current = static_cast<unsigned>((days + 4) % 7); // 1970-01-01 was a Thursday
        unsigned back = (current + 7 - wanted) % 7;
        if (back == 0 && !todayToo)
            back = 7;
        return today_ - back * kDayMs;
    }

    std::vector<TimeWord> words_;
    WallMs now_;
    WallMs offset_;
    WallMs today_;
    std::size_t end_ = 0; ///< the token behind the span found last
};

} // namespace

std::optional<TimeRange> findTimeRange(std::string_view text, const Clock &clock, std::chrono::minutes utcOffset)
{
    return RangeReader(text, clock.wallMs(), utcOffset.count() * kMinuteMs).run();
}

} // namespace orchestra
