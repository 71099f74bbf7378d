// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/swarm_plan.h"

#include "shared/base/text.h"
#include "shared/wire/json_reader.h"

#include <algorithm>

namespace orchestra {
namespace {

constexpr std::size_t kTitleBytes = 80;
constexpr std::size_t kTaskBytes = 8000;

std::string_view bare(std::string_view text)
{
    return trimmed(text, " \t\r\n");
}

/// One line, so that it can stand in a list.
std::string titleOf(std::string_view title, std::string_view task)
{
    std::string line(cutUtf8(bare(bare(title).empty() ? task : title), kTitleBytes));
    std::ranges::replace_if(
        line, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return line;
}

} // namespace

std::vector<SwarmPart> readPlan(std::string_view reply, std::size_t most)
{
    const std::size_t begin = reply.find('{');
    const std::size_t end = reply.rfind('}');
    if (begin == std::string_view::npos || end == std::string_view::npos || end < begin || most == 0)
        return {};
    const auto plan = wire::JsonReader().readValue(reply.substr(begin, end - begin + 1));
    const wire::JsonValue *listed = plan ? plan->find("parts") : nullptr;
    if (listed == nullptr || listed->items() == nullptr)
        return {};
    std::vector<SwarmPart> parts;
    for (const wire::JsonValue &item : *listed->items()) {
        const std::string_view task = bare(item.textOf("task"));
        if (task.empty())
            continue;
        if (parts.size() == most) {
            parts.back().task = cutUtf8(parts.back().task + "\n\n" + std::string(task), kTaskBytes);
            parts.back().isToBeSplit = false;
            continue;
        }
        const wire::JsonValue *split = item.find("split");
        parts.push_back({titleOf(item.textOf("title"), task), std::string(cutUtf8(task, kTaskBytes)),
                         split != nullptr && split->boolean().value_or(false)});
    }
    return parts;
}

} // namespace orchestra
