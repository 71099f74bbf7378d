// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/ids.h"
#include "shared/base/result.h"
#include "shared/wire/field.h"

#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace orchestra {

/// A column's value as filter and sort see it. Lists and nested messages have neither text nor number.
struct Cell
{
    std::string text;
    std::optional<double> number;
};

template <class T>
struct IsOptional : std::false_type
{
};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type
{
};

template <class T>
Cell cellOf(const T &value)
{
    if constexpr (IsOptional<T>::value) {
        return value ? cellOf(*value) : Cell{};
    } else if constexpr (std::is_same_v<T, bool>) {
        return {value ? "true" : "false", value ? 1.0 : 0.0};
    } else if constexpr (std::is_enum_v<T>) {
        return {std::string(wireNames(value)[static_cast<std::size_t>(value)]), {}};
    } else if constexpr (std::is_arithmetic_v<T>) {
        return {std::to_string(value), static_cast<double>(value)};
    } else if constexpr (std::is_same_v<T, std::string>) {
        return {value, {}};
    } else if constexpr (std::is_same_v<T, wire::Timestamp>) {
        return {{}, static_cast<double>(value.ms)};
    } else if constexpr (requires { toString(value); }) {
        return {toString(value), {}};
    } else {
        return {};
    }
}

/// Calls `visit(name, cell)` for each column of a row; it returns false to stop.
template <class Row, class Visit>
void visitCells(const Row &row, Visit visit)
{
    std::apply([&](const auto &...field) { (void)(visit(field.name, cellOf(row.*field.member)) && ...); },
               Row::fields());
}

/// The filter language of tables: words must all match. `field:text` (contains), `field:>200ms`, `field:<=3`, free text
/// (in any column), "quoted text", and `-` before any of them for its opposite. Field names may leave out a trailing
/// _id, _ms or the like: `user:ann`, `idle:>5s`; `state:` is also `phase:`.
class RowFilter
{
public:
    /// INVALID with what is wrong; empty text matches everything.
    static Result<RowFilter> parse(std::string_view text);

    bool isEmpty() const { return terms_.empty(); }

    template <class Row>
    bool matches(const Row &row) const
    {
        for (const Term &term : terms_) {
            bool found = false;
            visitCells(row, [&](std::string_view name, const Cell &cell) {
                found = term.isAbout(name) && term.holdsFor(cell);
                return !found;
            });
            if (found == term.negated)
                return false;
        }
        return true;
    }

private:
    enum class Relation : std::uint8_t { Contains, Less, LessOrEqual, Greater, GreaterOrEqual };
    struct Term
    {
        bool negated = false;
        std::string field; ///< empty: any
        Relation relation = Relation::Contains;
        std::string text; ///< lower case
        double number = 0;

        bool isAbout(std::string_view name) const;
        bool holdsFor(const Cell &cell) const;
    };

    static Result<Term> parseTerm(std::string_view word, bool quoted);

    std::vector<Term> terms_;
};

} // namespace orchestra
