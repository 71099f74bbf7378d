// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/commands.h"

#include "shared/base/text.h"

#include <algorithm>
#include <array>

namespace orchestra {
namespace {

constexpr std::array kCommands = {
    CommandSpec{"help", Intent::Help, "[COMMAND]", "what you can ask"},
    CommandSpec{"status", Intent::Status, "", "is the server well, and since when"},
    CommandSpec{"connections", Intent::Connections, "[USER]", "who is connected"},
    CommandSpec{"breakers", Intent::Breakers, "[NAME]", "what the circuit breakers let pass, and why"},
    CommandSpec{"flags", Intent::Flags, "[NAME]", "feature flags"},
    CommandSpec{"tasks", Intent::Tasks, "[USER]", "what runs and waits"},
    CommandSpec{"metrics", Intent::Metrics, "[WHAT] [last 15 minutes]", "rates and percentiles over a time"},
    CommandSpec{"search", Intent::SearchHistory, "WORDS", "find something in your messages"},
    CommandSpec{"docs", Intent::Docs, "WORDS", "find something in the documentation"},
    CommandSpec{"threads", Intent::Threads, "", "your conversations"},
    CommandSpec{"remember", Intent::Unknown, "TEXT", "keep something beyond this conversation", false,
                CommandDesk::Memory},
    CommandSpec{"recall", Intent::Unknown, "WORDS", "find what you asked to be remembered", false, CommandDesk::Memory},
    CommandSpec{"memories", Intent::Unknown, "[export]", "everything you asked to be remembered", false,
                CommandDesk::Memory},
    CommandSpec{"forget", Intent::Unknown, "NUMBER|all", "take something out of your memory", false,
                CommandDesk::Memory},
    CommandSpec{"memory", Intent::Unknown, "on|off", "whether anything is remembered", false, CommandDesk::Memory},
    CommandSpec{"audit", Intent::Audit, "[NAME]", "who changed what"},
    CommandSpec{"set_flag", Intent::SetFlag, "NAME on|off|25%", "change a feature flag", true},
    CommandSpec{"breaker", Intent::BreakerOverride, "NAME open|disable|count|reset [15m]", "override a breaker", true},
    CommandSpec{"close", Intent::CloseConnection, "USER|CONNECTION-ID", "close connections", true},
    CommandSpec{"cancel", Intent::CancelTask, "TASK-ID", "cancel a task", true},
    CommandSpec{"learned", Intent::Unknown, "", "what feedback has taught (operators)", false, CommandDesk::Feedback},
    CommandSpec{"unlearn", Intent::Unknown, "MESSAGE-ID|all", "take back what feedback has taught", true,
                CommandDesk::Feedback},
    CommandSpec{"drain", Intent::Drain, "", "stop the server in good order", true},
};

} // namespace

std::span<const CommandSpec> allCommands()
{
    return kCommands;
}

const CommandSpec *findCommand(std::string_view name)
{
    const std::string lower = lowerAscii(name);
    const auto *found = std::ranges::find(kCommands, lower, &CommandSpec::name);
    return found == kCommands.end() ? nullptr : found;
}

const CommandSpec *nearestCommand(std::string_view name)
{
    const std::string lower = lowerAscii(name);
    const CommandSpec *best = nullptr;
    std::size_t distance = 3;
    for (const CommandSpec &command : kCommands) {
        const std::size_t here = editDistance(lower, command.name);
        if (here < distance) {
            distance = here;
            best = &command;
        }
    }
    return best;
}

} // namespace orchestra
