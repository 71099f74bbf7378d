// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/config_report.h"
#include "server/store/store_options.h"
#include "shared/base/clock.h"
#include "shared/base/log.h"
#include "shared/base/random.h"
#include "shared/base/result.h"

#include <string>
#include <vector>

namespace orchestra {

/// `orchestrad token add --role R --user U [--expires 30d] [--note N] | list | revoke ID`, beside a running server or
/// without one. `arguments` begin after "token". Exit code 0, 1 when it could not be done, 2 when it was misspelt.
CommandOutcome runTokenCommand(const std::vector<std::string> &arguments, const StoreOptions &options,
                               const Clock &clock, RandomSource &random, LogSink &log);

/// A life time such as 90s, 15m, 12h, 30d or 4w in milliseconds; INVALID when it is none.
Result<std::int64_t> parseLifeTime(std::string_view text);

} // namespace orchestra
