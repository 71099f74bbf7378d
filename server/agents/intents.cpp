// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/intents.h"

namespace orchestra {
namespace {

constexpr std::array<std::string_view, kIntentCount> kNames = {
    "unknown",  "status",           "connections",      "breakers",    "flags",
    "tasks",    "metrics",          "search_history",   "docs",        "help",
    "set_flag", "breaker_override", "close_connection", "cancel_task", "drain",
    "audit",    "threads",          "greeting",         "generate",
};

} // namespace

const std::array<Intent, kIntentCount> &allIntents()
{
    static constexpr auto kAll = [] {
        std::array<Intent, kIntentCount> all{};
        for (std::size_t i = 0; i < kIntentCount; ++i)
            all[i] = static_cast<Intent>(i);
        return all;
    }();
    return kAll;
}

std::string_view wireName(Intent intent)
{
    return kNames[static_cast<std::size_t>(intent)];
}

std::optional<Intent> intentFromWireName(std::string_view name)
{
    for (const Intent intent : allIntents()) {
        if (wireName(intent) == name)
            return intent;
    }
    return std::nullopt;
}

bool changesState(Intent intent)
{
    switch (intent) {
    case Intent::SetFlag:
    case Intent::BreakerOverride:
    case Intent::CloseConnection:
    case Intent::CancelTask:
    case Intent::Drain:
        return true;
    default:
        return false;
    }
}

} // namespace orchestra
