// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/tool_acceptance.h"

#include "server/orchestrator/digest.h"

#include <algorithm>

namespace orchestra {

void ToolAcceptance::load(const std::vector<ToolPin> &pins)
{
    for (const ToolPin &pin : pins)
        accept(pin);
}

void ToolAcceptance::accept(const ToolPin &pin)
{
    pins_[{pin.server, pin.tool}] = pin;
}

bool ToolAcceptance::isNew(const std::string &server) const
{
    return std::ranges::none_of(pins_, [&server](const auto &entry) { return entry.first.first == server; });
}

const ToolPin *ToolAcceptance::find(const std::string &server, const std::string &tool) const
{
    const auto found = pins_.find({server, tool});
    return found == pins_.end() ? nullptr : &found->second;
}

bool ToolAcceptance::isAccepted(const std::string &server, const RemoteTool &tool) const
{
    const ToolPin *pin = find(server, tool.name);
    return pin != nullptr && pin->digest == tool.digest;
}

bool ToolAcceptance::isNews(const std::string &server, const RemoteTool &tool, WallMs now)
{
    return !isAccepted(server, tool) && noticed_.emplace(std::pair(Name(server, tool.name), tool.digest), now).second;
}

void ToolAcceptance::keepNoticed(const std::string &server, const std::vector<RemoteTool> &tools)
{
    std::erase_if(noticed_, [&](const auto &entry) {
        const auto &[name, digest] = entry.first;
        return name.first == server && std::ranges::none_of(tools, [&](const RemoteTool &tool) {
                   return tool.name == name.second && tool.digest == digest;
               });
    });
}

std::optional<WallMs> ToolAcceptance::noticedAt(const std::string &server, const RemoteTool &tool) const
{
    const auto found = noticed_.find({Name(server, tool.name), tool.digest});
    return found == noticed_.end() ? std::nullopt : std::optional(found->second);
}

std::string toolName(const std::string &server, const std::string &tool)
{
    constexpr std::size_t kMost = 64;
    constexpr std::size_t kMark = 9;
    std::string name = server + "__";
    bool isExact = true;
    for (const char c : tool) {
        const bool isPlain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        isExact = isExact && isPlain;
        name += isPlain ? c : '_';
    }
    if (isExact && name.size() <= kMost)
        return name;
    return name.substr(0, kMost - kMark) + "_" + sha256({server, tool}).substr(0, kMark - 1);
}

} // namespace orchestra
