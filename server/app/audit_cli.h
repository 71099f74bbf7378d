// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/config_report.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

/// `orchestrad audit verify [--anchor INDEX:HASH] | export [--after INDEX]`, beside a running server or without one;
/// only reads. `arguments` begin after "audit"; exported lines go to `write` one by one. Exit code 0, 1 when the log
/// is not what was written or cannot be read, 2 when the command was misspelt.
CommandOutcome runAuditCommand(const std::vector<std::string> &arguments, const std::string &dataDir,
                               const std::function<void(std::string_view)> &write);

} // namespace orchestra
