// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/json_value.h"

#include "shared/base/result.h"
#include "shared/wire/json_text.h"

#include <algorithm>
#include <charconv>

namespace orchestra::wire {
namespace {

/// One step of a JSON Pointer with ~1 and ~0 undone.
std::string unescapeStep(std::string_view step)
{
    std::string name;
    for (std::size_t i = 0; i < step.size(); ++i) {
        if (step[i] == '~' && i + 1 < step.size() && (step[i + 1] == '0' || step[i + 1] == '1'))
            name += step[++i] == '1' ? '/' : '~';
        else
            name += step[i];
    }
    return name;
}

const JsonValue *itemAt(const JsonValue::Array &items, std::string_view step)
{
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
    const bool whole = error == std::errc() && end == step.data() + step.size();
    return whole && index < items.size() ? &items[index] : nullptr;
}

} // namespace

JsonValue::JsonValue(Array items)
    : value_(std::move(items))
{
}

JsonValue::JsonValue(Object members)
    : value_(std::move(members))
{
}

std::optional<bool> JsonValue::boolean() const
{
    const bool *value = std::get_if<bool>(&value_);
    return value ? std::optional(*value) : std::nullopt;
}

std::optional<std::int64_t> JsonValue::integer() const
{
    const auto *value = std::get_if<std::int64_t>(&value_);
    return value ? std::optional(*value) : std::nullopt;
}

std::optional<double> JsonValue::number() const
{
    if (const auto whole = integer())
        return static_cast<double>(*whole);
    const double *value = std::get_if<double>(&value_);
    return value ? std::optional(*value) : std::nullopt;
}

const JsonValue *JsonValue::find(std::string_view name) const
{
    const Object *object = members();
    if (!object)
        return nullptr;
    const auto member =
        std::find_if(object->begin(), object->end(), [name](const Member &m) { return m.name == name; });
    return member == object->end() ? nullptr : &member->value;
}

std::string_view JsonValue::textOf(std::string_view name) const
{
    const JsonValue *member = find(name);
    const std::string *value = member ? member->text() : nullptr;
    return value ? std::string_view(*value) : std::string_view();
}

const JsonValue *JsonValue::at(std::string_view pointer) const
{
    const JsonValue *value = this;
    while (value && !pointer.empty()) {
        if (pointer.front() != '/')
            return nullptr;
        const std::size_t end = std::min(pointer.find('/', 1), pointer.size());
        const std::string step = unescapeStep(pointer.substr(1, end - 1));
        value = value->items() ? itemAt(*value->items(), step) : value->find(step);
        pointer.remove_prefix(end);
    }
    return value;
}

void JsonValue::set(std::string name, JsonValue value)
{
    if (!isObject())
        value_ = Object();
    auto &object = std::get<Object>(value_);
    const auto member = std::find_if(object.begin(), object.end(), [&name](const Member &m) { return m.name == name; });
    if (member == object.end())
        object.push_back(Member{std::move(name), std::move(value)});
    else
        member->value = std::move(value);
}

void JsonValue::append(JsonValue value)
{
    if (!isArray())
        value_ = Array();
    std::get<Array>(value_).push_back(std::move(value));
}

void JsonValue::appendTo(std::string &out) const
{
    const auto list = [&out](char open, char close, const auto &all, const auto &appendOne) {
        out += open;
        for (bool first = true; const auto &one : all) {
            if (!std::exchange(first, false))
                out += ',';
            appendOne(one);
        }
        out += close;
    };
    std::visit(Overload{[&out](std::monostate) { out += "null"; },
                        [&out](bool value) { out += value ? "true" : "false"; },
                        [&out](std::int64_t value) { appendJsonNumber(out, value); },
                        [&out](double value) { appendJsonNumber(out, value); },
                        [&out](const std::string &value) { appendJsonText(out, value); },
                        [&](const Array &items) {
                            list('[', ']', items, [&out](const JsonValue &item) { item.appendTo(out); });
                        },
                        [&](const Object &members) {
                            list('{', '}', members, [&out](const Member &member) {
                                appendJsonText(out, member.name);
                                out += ':';
                                member.value.appendTo(out);
                            });
                        }},
               value_);
}

std::string JsonValue::toText() const
{
    std::string out;
    appendTo(out);
    return out;
}

bool JsonValue::operator==(const JsonValue &other) const
{
    if (value_.index() == other.value_.index())
        return value_ == other.value_;
    const auto number = this->number();
    return number && number == other.number();
}

} // namespace orchestra::wire
