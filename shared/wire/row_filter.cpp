// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/row_filter.h"

#include "shared/base/text.h"
#include "shared/wire/error_table.h"

#include <array>
#include <charconv>

namespace orchestra {
namespace {

constexpr std::size_t kMaxTerms = 16;
constexpr std::size_t kMaxText = 500;

struct Unit
{
    std::string_view name;
    double factor;
};
// Times come out in milliseconds and sizes in bytes, as the rows have them.
constexpr std::array kUnits{Unit{"", 1},           Unit{"ms", 1},        Unit{"s", 1000},        Unit{"min", 60'000},
                            Unit{"m", 60'000},     Unit{"h", 3'600'000}, Unit{"b", 1},           Unit{"kb", 1000},
                            Unit{"mb", 1'000'000}, Unit{"kib", 1024},    Unit{"mib", 1'048'576}, Unit{"%", 0.01}};

std::optional<double> parseNumber(std::string_view text)
{
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc())
        return std::nullopt;
    const std::string unit = lowerAscii(text.substr(static_cast<std::size_t>(end - text.data())));
    for (const Unit &known : kUnits)
        if (unit == known.name)
            return number * known.factor;
    return std::nullopt;
}

Error invalid(std::string message)
{
    return makeError(Code::Invalid, std::move(message), "/filter");
}

} // namespace

bool RowFilter::Term::isAbout(std::string_view name) const
{
    if (field.empty() || name == field)
        return true;
    if (field == "state" && name == "phase")
        return true;
    return name.size() > field.size() && name.starts_with(field) && name[field.size()] == '_';
}

bool RowFilter::Term::holdsFor(const Cell &cell) const
{
    if (relation == Relation::Contains)
        return !cell.text.empty() && lowerAscii(cell.text).find(text) != std::string::npos;
    if (!cell.number)
        return false;
    switch (relation) {
    case Relation::Less:
        return *cell.number < number;
    case Relation::LessOrEqual:
        return *cell.number <= number;
    case Relation::Greater:
        return *cell.number > number;
    case Relation::GreaterOrEqual:
        return *cell.number >= number;
    case Relation::Contains:
        break;
    }
    return false;
}

Result<RowFilter::Term> RowFilter::parseTerm(std::string_view word, bool quoted)
{
    Term term;
    const std::size_t colon = quoted ? std::string_view::npos : word.find(':');
    if (colon != std::string_view::npos && colon > 0) {
        term.field = lowerAscii(word.substr(0, colon));
        word.remove_prefix(colon + 1);
    }
    if (word.size() >= 2 && word.front() == '"' && word.back() == '"') {
        word.remove_prefix(1);
        word.remove_suffix(1);
        quoted = true;
    }
    if (!quoted && (word.starts_with('<') || word.starts_with('>'))) {
        const bool orEqual = word.size() > 1 && word[1] == '=';
        const bool less = word.front() == '<';
        term.relation = less ? (orEqual ? Relation::LessOrEqual : Relation::Less)
                             : (orEqual ? Relation::GreaterOrEqual : Relation::Greater);
        const auto number = parseNumber(word.substr(orEqual ? 2 : 1));
        if (!number)
            return invalid("a number with its unit is needed after " + std::string(word.substr(0, 1)));
        term.number = *number;
        return term;
    }
    if (word.empty())
        return invalid("there is nothing after " + term.field + ":");
    term.text = lowerAscii(word);
    return term;
}

Result<RowFilter> RowFilter::parse(std::string_view text)
{
    if (text.size() > kMaxText)
        return invalid("a filter has at most 500 bytes");
    RowFilter filter;
    std::size_t at = 0;
    while ((at = text.find_first_not_of(" \t", at)) != std::string_view::npos) {
        const bool negated = text[at] == '-' && at + 1 < text.size();
        if (negated)
            ++at;
        // A word ends at a blank that is not inside quotes.
        std::size_t end = at;
        bool inQuotes = false;
        for (; end < text.size() && (inQuotes || (text[end] != ' ' && text[end] != '\t')); ++end)
            inQuotes = inQuotes != (text[end] == '"');
        if (inQuotes)
            return invalid("a quotation mark is not closed");
        const std::string_view word = text.substr(at, end - at);
        auto term = parseTerm(word, word.starts_with('"'));
        if (!term)
            return term.error();
        term->negated = negated;
        filter.terms_.push_back(*std::move(term));
        if (filter.terms_.size() > kMaxTerms)
            return invalid("a filter has at most 16 words");
        at = end;
    }
    return filter;
}

} // namespace orchestra
