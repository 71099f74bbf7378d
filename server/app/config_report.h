// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/config.h"

#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

class ConfigSchema;

/// Every effective value with its origin, as a TOML document; secrets are withheld.
std::string describeConfig(const ConfigSchema &schema, const LoadedConfig &loaded);

/// The same as a JSON object, `{"keys":[{"name","value","origin"}]}`; a secret that is set has the value null.
std::string describeConfigJson(const ConfigSchema &schema, const LoadedConfig &loaded);

/// The reference of all keys, as a Markdown table for each section.
std::string describeSchema(const ConfigSchema &schema);

/// What a command of the terminal leaves behind.
struct CommandOutcome
{
    int exitCode = 0;
    std::string output; ///< for standard output
    std::string errors; ///< for standard error
};

/// `orchestrad config check|show|schema`. Exit code 0, 1 when the configuration has problems, 2 for an unknown verb.
CommandOutcome runConfigCommand(std::string_view verb, const ConfigSchema &schema, const LoadedConfig &loaded);

} // namespace orchestra
