// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/intents.h"
#include "shared/base/ids.h"

#include <chrono>
#include <optional>
#include <string>

namespace orchestra {

/// What an operations turn is about, whether it was typed as a command or as a sentence.
struct OperationsRequest
{
    Intent intent = Intent::Unknown;
    std::string text; ///< what was said, without the command's name
    std::string flag;
    std::string breaker;
    std::string user;
    std::optional<ConnectionId> connection;
    std::optional<TaskId> task;
    std::optional<std::uint64_t> percent;
    std::optional<bool> on;      ///< "on", "enable" / "off", "disable"
    std::string breakerOverride; ///< forced_open, disabled, metrics_only, none; empty when not said
    std::optional<std::chrono::seconds> duration;
    std::optional<std::int64_t> from; ///< wall-clock ms
    std::optional<std::int64_t> to;
    std::string query; ///< for searches: what to look for
};

} // namespace orchestra
