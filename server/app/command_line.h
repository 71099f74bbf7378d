// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/config.h"
#include "shared/base/result.h"

#include <string>
#include <vector>

namespace orchestra {

/// The arguments of orchestrad, split into what configures it and everything else.
struct CommandLine
{
    ConfigSources sources; ///< standardSources() plus --config, --set and the short forms
    std::vector<std::string>
        rest; ///< in their order: verbs such as `config show`, and options that are no configuration
};

/// Takes --config FILE, --set SECTION.KEY=VALUE, --address A, --port P, --data-dir D and --insecure-http (each also as
/// --option=value) out of `arguments` (without the program's name). Invalid when one of them lacks its value.
Result<CommandLine> readCommandLine(const std::vector<std::string> &arguments, Environment environment);

/// The lines of --help that describe these options.
std::string configOptionsHelp();

} // namespace orchestra
