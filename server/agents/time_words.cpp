// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/time_words.h"

#include "server/agents/tokens.h"
#include "server/agents/vocabulary.h"

#include <array>
#include <charconv>
#include <chrono>
#include <utility>

namespace orchestra {
namespace {

template <class Value>
using Named = std::pair<std::string_view, Value>;

constexpr std::array<Named<WallMs>, 22> kUnits = {{
    {"second", 1000},      {"seconds", 1000},      {"sec", 1000},      {"secs", 1000},      {"s", 1000},
    {"minute", kMinuteMs}, {"minutes", kMinuteMs}, {"min", kMinuteMs}, {"mins", kMinuteMs}, {"m", kMinuteMs},
    {"hour", kHourMs},     {"hours", kHourMs},     {"hr", kHourMs},    {"hrs", kHourMs},    {"h", kHourMs},
    {"day", kDayMs},       {"days", kDayMs},       {"d", kDayMs},      {"week", kWeekMs},   {"weeks", kWeekMs},
    {"month", kMonthMs},   {"months", kMonthMs},
}};

constexpr std::array<Named<double>, 24> kNumbers = {{
    {"one", 1},      {"two", 2},     {"three", 3},   {"four", 4},    {"five", 5},      {"six", 6},
    {"seven", 7},    {"eight", 8},   {"nine", 9},    {"ten", 10},    {"eleven", 11},   {"twelve", 12},
    {"fifteen", 15}, {"twenty", 20}, {"thirty", 30}, {"forty", 40},  {"fifty", 50},    {"sixty", 60},
    {"ninety", 90},  {"couple", 2},  {"few", 3},     {"several", 5}, {"hundred", 100}, {"dozen", 12},
}};

// Without the short forms that are words of their own: sun, wed, sat.
constexpr std::array<Named<unsigned>, 11> kWeekdays = {{
    {"sunday", 0},
    {"monday", 1},
    {"tuesday", 2},
    {"wednesday", 3},
    {"thursday", 4},
    {"friday", 5},
    {"saturday", 6},
    {"mon", 1},
    {"tue", 2},
    {"thu", 4},
    {"fri", 5},
}};

struct PartOfDay
{
    std::string_view name;
    WallMs begin;
    WallMs length;
};
constexpr std::array<PartOfDay, 5> kParts = {{
    {"morning", 6 * kHourMs, 6 * kHourMs},
    {"afternoon", 12 * kHourMs, 6 * kHourMs},
    {"evening", 18 * kHourMs, 6 * kHourMs},
    {"tonight", 18 * kHourMs, 6 * kHourMs},
    {"night", 18 * kHourMs, 12 * kHourMs},
}};

template <class Table>
auto lookedUp(const Table &table, std::string_view word) -> std::optional<decltype(table.front().second)>
{
    for (const auto &[name, value] : table) {
        if (name == word)
            return value;
    }
    for (const auto &[name, value] : table) {
        if (name.size() > 3 && stem(name) == stem(word)) // "mondays", "minuts"
            return value;
    }
    return std::nullopt;
}

std::optional<double> numberIn(std::string_view text)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

/// "14:00", "9:05:30", "2pm", "2:30pm" as milliseconds since midnight.
std::optional<WallMs> clockIn(std::string_view text)
{
    const bool pm = text.ends_with("pm");
    const bool twelve = pm || text.ends_with("am");
    if (twelve)
        text.remove_suffix(2);
    std::array<WallMs, 3> parts{}; // hours, minutes, seconds
    std::size_t count = 0;
    for (std::size_t at = 0; at <= text.size() && count < parts.size(); ++count) {
        const std::size_t end = std::min(text.find(':', at), text.size());
        const auto value = numberIn(text.substr(at, end - at));
        if (!value || *value < 0 || *value >= 60)
            return std::nullopt;
        parts[count] = static_cast<WallMs>(*value);
        at = end + 1;
    }
    if ((count < 2 && !twelve) || parts[0] > (twelve ? 12 : 24) || (twelve && parts[0] == 0))
        return std::nullopt;
    const WallMs hours = twelve ? parts[0] % 12 + (pm ? 12 : 0) : parts[0];
    return hours * kHourMs + parts[1] * kMinuteMs + parts[2] * 1000;
}

WallMs durationIn(std::string_view text)
{
    const std::size_t digits = text.find_first_not_of("0123456789.");
    if (digits == 0 || digits == std::string_view::npos)
        return 0;
    const auto count = numberIn(text.substr(0, digits));
    const std::string_view unit = text.substr(digits);
    const auto length = unit == "w" ? std::optional(kWeekMs) : lookedUp(kUnits, unit);
    return count && length && *count < 1e6 ? static_cast<WallMs>(*count * static_cast<double>(*length)) : 0;
}

std::optional<WallMs> dateIn(std::string_view text)
{
    if (text.size() < 10 || text[4] != '-' || text[7] != '-')
        return std::nullopt;
    const auto year = numberIn(text.substr(0, 4));
    const auto month = numberIn(text.substr(5, 2));
    const auto day = numberIn(text.substr(8, 2));
    if (!year || !month || !day || *year < 1970)
        return std::nullopt;
    const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day)));
    if (!date.ok())
        return std::nullopt;
    return dateMs({static_cast<int>(*year), static_cast<unsigned>(*month)}, static_cast<unsigned>(*day));
}

/// 2026-11-20t10:00, perhaps with seconds and with a z or an offset.
void readInstant(std::string_view text, TimeWord &word)
{
    const auto date = dateIn(text);
    if (!date || text.size() < 13 || text[10] != 't')
        return;
    std::string_view time = text.substr(11);
    WallMs offset = 0;
    if (time.ends_with('z')) {
        time.remove_suffix(1);
        word.instantIsLocal = false;
    } else if (const std::size_t sign = time.find_first_of("+-"); sign != std::string_view::npos) {
        const auto ahead = clockIn(time.substr(sign + 1));
        if (!ahead)
            return;
        offset = time[sign] == '+' ? *ahead : -*ahead;
        word.instantIsLocal = false;
        time = time.substr(0, sign);
    }
    if (const auto clock = clockIn(time.substr(0, time.find('.'))))
        word.instant = *date + *clock - offset;
}

void readTimeToken(const std::string &text, TimeWord &word)
{
    if (text.size() == 10)
        word.date = dateIn(text);
    else
        readInstant(text, word);
    if (word.date || word.instant)
        return;
    word.clock = clockIn(text);
    word.duration = durationIn(text);
    if (const std::size_t dash = text.find('-'); dash != std::string::npos) {
        word.clock = clockIn(std::string_view(text).substr(0, dash));
        word.clockEnd = clockIn(std::string_view(text).substr(dash + 1));
    }
}

/// The words that spelling may be corrected to, and their like that must be left alone.
const Vocabulary &timeVocabulary()
{
    static const Vocabulary kWords = [] {
        Vocabulary words;
        for (const char *word :
             {"last", "past", "previous", "since", "after", "before", "between", "until", "from", "today", "yesterday",
              "tonight", "morning", "afternoon", "evening", "night", "midnight", "noon", "this"})
            words.learn(word, 1);
        for (const auto &[word, length] : kUnits)
            words.learn(word, 1);
        for (const auto &[word, day] : kWeekdays)
            words.learn(word, 1);
        for (const auto &[word, number] : kNumbers)
            words.learn(word, 1);
        for (const char *word :
             {"list",  "lost",  "least",   "fast",  "cast",  "pass",  "paste", "part",  "post", "path",  "form",
              "frame", "front", "thin",    "thing", "thus",  "your",  "hours", "house", "weak", "weeks", "mouth",
              "money", "minus", "sincere", "right", "light", "might", "eight", "soon",  "moon", "later", "latest",
              "tree",  "free",  "then",    "tent",  "four",  "fire",  "file",  "live",  "line", "fine",  "none",
              "dry",   "daily", "there",   "these", "text",  "next",  "test",  "town"})
            words.learn(word, 0);
        return words;
    }();
    return kWords;
}

TimeWord wordOf(const Token &token)
{
    TimeWord word{.text = token.text, .offset = token.offset, .length = token.length};
    switch (token.kind) {
    case TokenKind::Word:
        word.text = timeVocabulary().corrected(token.text);
        word.number = lookedUp(kNumbers, word.text);
        word.unit = lookedUp(kUnits, word.text).value_or(0);
        word.weekday = lookedUp(kWeekdays, word.text);
        if (word.text == "noon" || word.text == "midnight")
            word.clock = word.text == "noon" ? 12 * kHourMs : 0;
        for (const PartOfDay &part : kParts) {
            if (part.name == word.text) {
                word.partBegin = part.begin;
                word.partLength = part.length;
            }
        }
        break;
    case TokenKind::Number:
        word.number = numberIn(token.text);
        break;
    case TokenKind::Time:
        readTimeToken(token.text, word);
        break;
    default:
        break;
    }
    return word;
}

} // namespace

std::vector<TimeWord> timeWordsOf(std::string_view text)
{
    std::vector<TimeWord> words;
    for (const Token &token : tokenize(text))
        words.push_back(wordOf(token));
    return words;
}

WallMs dateMs(YearMonth month, unsigned day)
{
    const std::chrono::year_month_day date(std::chrono::year(month.year), std::chrono::month(month.month),
                                           std::chrono::day(day));
    return std::chrono::milliseconds(std::chrono::sys_days(date).time_since_epoch()).count();
}

YearMonth yearMonthOf(WallMs ms)
{
    const auto days = std::chrono::floor<std::chrono::days>(std::chrono::milliseconds(ms));
    const std::chrono::year_month_day date{std::chrono::sys_days(days)};
    return {static_cast<int>(date.year()), static_cast<unsigned>(date.month())};
}

} // namespace orchestra
