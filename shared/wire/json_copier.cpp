// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/json_copier.h"

#include "shared/wire/json_text.h"

#include <algorithm>
#include <simdjson.h>
#include <utility>
#include <vector>

namespace orchestra::wire {
namespace {

namespace dom = simdjson::dom;

/// True when two members of `object` have the same name.
bool hasTwins(dom::object object)
{
    std::vector<std::string_view> names;
    for (const dom::key_value_pair member : object)
        names.push_back(member.key);
    std::sort(names.begin(), names.end());
    return std::adjacent_find(names.begin(), names.end()) != names.end();
}

} // namespace

std::string tooDeep(std::size_t maxDepth)
{
    return "nests deeper than " + std::to_string(maxDepth) + " levels";
}

bool JsonCopier::readTree(JsonValue &value, const dom::element &element, const ReadPath &path)
{
    switch (element.type()) {
    case dom::element_type::ARRAY:
        return readArray(value, element, path);
    case dom::element_type::OBJECT:
        return readObject(value, element, path);
    case dom::element_type::INT64:
        value = JsonValue(std::int64_t(element));
        break;
    case dom::element_type::UINT64:
        value = JsonValue(static_cast<double>(std::uint64_t(element)));
        break;
    case dom::element_type::DOUBLE:
        value = JsonValue(double(element));
        break;
    case dom::element_type::STRING:
        value = JsonValue(std::string_view(element));
        break;
    case dom::element_type::BOOL:
        value = JsonValue(bool(element));
        break;
    case dom::element_type::NULL_VALUE:
        value = JsonValue();
        break;
    }
    return true;
}

bool JsonCopier::copyText(std::string &out, const dom::element &element, const ReadPath &path)
{
    switch (element.type()) {
    case dom::element_type::ARRAY:
        return copyArray(out, element, path);
    case dom::element_type::OBJECT:
        return copyObject(out, element, path);
    case dom::element_type::INT64:
        appendJsonNumber(out, std::int64_t(element));
        break;
    case dom::element_type::UINT64:
        appendJsonNumber(out, std::uint64_t(element));
        break;
    case dom::element_type::DOUBLE:
        appendJsonNumber(out, double(element));
        break;
    case dom::element_type::STRING:
        appendJsonText(out, std::string_view(element));
        break;
    case dom::element_type::BOOL:
        out += bool(element) ? "true" : "false";
        break;
    case dom::element_type::NULL_VALUE:
        out += "null";
        break;
    }
    return true;
}

/// Of a container that was entered.
bool JsonCopier::shallowEnough(const ReadPath &path)
{
    return path.depth <= maxDepth_ || fail_(path, tooDeep(maxDepth_));
}

bool JsonCopier::readArray(JsonValue &value, const dom::array &array, const ReadPath &path)
{
    JsonValue::Array items;
    items.reserve(array.size());
    for (const dom::element element : array) {
        const ReadPath here = path.item(items.size());
        if (!readTree(items.emplace_back(), element, here))
            return false;
    }
    value = JsonValue(std::move(items));
    return shallowEnough(path);
}

bool JsonCopier::readObject(JsonValue &value, const dom::object &object, const ReadPath &path)
{
    if (hasTwins(object))
        return fail_(path, "has a member twice");
    JsonValue::Object members;
    members.reserve(object.size());
    for (const dom::key_value_pair member : object) {
        members.push_back({std::string(member.key), JsonValue()});
        if (!readTree(members.back().value, member.value, path.member(member.key)))
            return false;
    }
    value = JsonValue(std::move(members));
    return shallowEnough(path);
}

bool JsonCopier::copyArray(std::string &out, const dom::array &array, const ReadPath &path)
{
    out += '[';
    std::size_t index = 0;
    for (const dom::element element : array) {
        if (index > 0)
            out += ',';
        const ReadPath here = path.item(index++);
        if (!copyText(out, element, here))
            return false;
    }
    out += ']';
    return shallowEnough(path);
}

bool JsonCopier::copyObject(std::string &out, const dom::object &object, const ReadPath &path)
{
    if (hasTwins(object))
        return fail_(path, "has a member twice");
    out += '{';
    for (bool first = true; const dom::key_value_pair member : object) {
        if (!std::exchange(first, false))
            out += ',';
        appendJsonText(out, member.key);
        out += ':';
        if (!copyText(out, member.value, path.member(member.key)))
            return false;
    }
    out += '}';
    return shallowEnough(path);
}

} // namespace orchestra::wire
