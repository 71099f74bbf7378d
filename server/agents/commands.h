// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/intents.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace orchestra {

/// Who answers a command.
enum class CommandDesk : std::uint8_t {
    Operations, ///< as a sentence of its intent
    Memory,
    Feedback,
};

/// A command that is typed as /name or sent as a `command` frame.
struct CommandSpec
{
    std::string_view name;
    Intent intent;              ///< Unknown: it can only be said as a command
    std::string_view arguments; ///< as shown in help, empty when it takes none
    std::string_view summary;
    bool changes = false; ///< operators only, asks for a confirmation
    CommandDesk desk = CommandDesk::Operations;
};

/// All of them, in the order of help.
std::span<const CommandSpec> allCommands();
/// nullptr when there is none. Case does not matter.
const CommandSpec *findCommand(std::string_view name);
/// The command whose name is nearest to a mistyped one; nullptr when none is near.
const CommandSpec *nearestCommand(std::string_view name);

} // namespace orchestra
