// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/tool_difference.h"

#include "shared/base/text.h"
#include "shared/wire/json_reader.h"

#include <algorithm>
#include <map>

namespace orchestra {
namespace {

using wire::JsonValue;

constexpr std::size_t kMostLines = 20;
constexpr std::size_t kPlaceBytes = 120;
/// Of a value: what is shown before the place where it begins to differ, and from there.
constexpr std::size_t kBefore = 40;
constexpr std::size_t kShown = 200;

/// `text` around the byte `at`, whole characters only.
std::string around(std::string_view text, std::size_t at)
{
    std::size_t from = at > kBefore ? at - kBefore : 0;
    while (from > 0 && from < text.size() && (static_cast<unsigned char>(text[from]) & 0xc0) == 0x80)
        --from;
    const std::string_view rest = text.substr(std::min(from, text.size()));
    const std::string_view shown = cutUtf8(rest, kShown);
    return (from > 0 ? "…" : "") + std::string(shown) + (shown.size() < rest.size() ? "…" : "");
}

/// Goes through two values side by side.
class Comparison
{
public:
    void compare(const std::string &place, const JsonValue *before, const JsonValue *now)
    {
        if (before && now && before->isObject() && now->isObject())
            return compareMembers(place, *before, *now);
        const std::string was = before ? before->toText() : std::string();
        const std::string is = now ? now->toText() : std::string();
        if (was == is)
            return;
        const auto parting =
            static_cast<std::size_t>(std::mismatch(was.begin(), was.end(), is.begin(), is.end()).first - was.begin());
        std::string line(cutUtf8(place.empty() ? std::string_view("/") : std::string_view(place), kPlaceBytes));
        if (!before)
            line += " is new: " + around(is, 0);
        else if (!now)
            line += " is gone: " + around(was, 0);
        else
            line += ": " + around(was, parting) + " became " + around(is, parting);
        add(std::move(line));
    }

    std::vector<std::string> lines() &&
    {
        if (leftOut_ > 0)
            lines_.push_back("and " + std::to_string(leftOut_) + " more");
        return std::move(lines_);
    }

private:
    void compareMembers(const std::string &place, const JsonValue &before, const JsonValue &now)
    {
        std::map<std::string_view, std::pair<const JsonValue *, const JsonValue *>> both;
        for (const auto &[name, value] : *before.members())
            both[name].first = &value;
        for (const auto &[name, value] : *now.members())
            both[name].second = &value;
        for (const auto &[name, pair] : both)
            compare(place + "/" + std::string(name), pair.first, pair.second);
    }

    void add(std::string line)
    {
        if (lines_.size() < kMostLines)
            lines_.push_back(std::move(line));
        else
            ++leftOut_;
    }

    std::vector<std::string> lines_;
    std::size_t leftOut_ = 0;
};

JsonValue treeOf(std::string_view json)
{
    auto value = wire::JsonReader(64).readValue(json);
    return value ? *std::move(value) : JsonValue(json);
}

} // namespace

std::vector<std::string> toolDifferences(std::string_view before, std::string_view now)
{
    const JsonValue was = treeOf(before);
    const JsonValue is = treeOf(now);
    Comparison comparison;
    comparison.compare({}, &was, &is);
    return std::move(comparison).lines();
}

} // namespace orchestra
