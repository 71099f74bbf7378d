// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/field.h"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace orchestra::wire {

template <class Value>
struct NamedValue
{
    std::string name;
    Value value;
    bool operator==(const NamedValue &) const = default;
};

/// A JSON value as a tree, for what has no struct: tool arguments, a tool's result, another program's answers.
/// Objects keep the order of their members; names are unique in what JsonReader made.
class JsonValue
{
public:
    using Member = NamedValue<JsonValue>;
    using Array = std::vector<JsonValue>;
    using Object = std::vector<Member>;

    JsonValue() = default; ///< null
    JsonValue(std::nullptr_t) {}
    JsonValue(bool value)
        : value_(value)
    {
    }
    template <std::integral Integer>
    requires(!std::same_as<Integer, bool>) JsonValue(Integer value)
        : value_(static_cast<std::int64_t>(value))
    {
    }
    JsonValue(double value)
        : value_(value)
    {
    }
    JsonValue(std::string value)
        : value_(std::move(value))
    {
    }
    JsonValue(std::string_view value)
        : value_(std::string(value))
    {
    }
    JsonValue(const char *value)
        : value_(std::string(value))
    {
    }
    JsonValue(Array items);
    JsonValue(Object members);

    bool isNull() const { return value_.index() == 0; }
    bool isObject() const { return members() != nullptr; }
    bool isArray() const { return items() != nullptr; }

    // Nothing when the value is of another type.
    std::optional<bool> boolean() const;
    std::optional<std::int64_t> integer() const;
    std::optional<double> number() const; ///< of an integer too
    const std::string *text() const { return std::get_if<std::string>(&value_); }
    const Array *items() const { return std::get_if<Array>(&value_); }
    const Object *members() const { return std::get_if<Object>(&value_); }

    /// The member of an object; nullptr when there is none or this is no object.
    const JsonValue *find(std::string_view name) const;
    /// The member's text; empty when it is absent or no text.
    std::string_view textOf(std::string_view name) const;
    /// The value a JSON Pointer (RFC 6901) leads to; nullptr when it leads nowhere.
    const JsonValue *at(std::string_view pointer) const;

    /// Sets a member; null becomes an object first. Anything else is replaced by an object.
    void set(std::string name, JsonValue value);
    /// Adds an item; null becomes an array first. Anything else is replaced by an array.
    void append(JsonValue value);

    void appendTo(std::string &out) const;
    std::string toText() const;
    RawJson toRaw() const { return RawJson{toText()}; }

    /// 1 and 1.0 are the same number.
    bool operator==(const JsonValue &other) const;

private:
    std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

} // namespace orchestra::wire
