// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/channels.h"
#include "server/core/counters.h"
#include "server/core/limits.h"
#include "server/core/retention.h"
#include "server/core/schedule.h"
#include "server/core/store_port.h"
#include "server/core/turn_rules.h"
#include "shared/base/clock.h"
#include "shared/base/ids.h"
#include "shared/base/log.h"
#include "shared/base/random.h"

namespace orchestra {

/// What every class on the hub works with: references to things that outlive it, no behaviour. Lives on: hub.
struct Hub
{
    const Clock &clock;
    Schedule &schedule;
    IdSource &ids;
    RandomSource &random; ///< fit for tickets and tokens
    LogSink &log;
    StorePort &store;
    EdgePort &edge;
    HubCounters &counters;
    const Limits &limits; ///< may change when the configuration is loaded again
    const Retention &retention;
    const TurnRules &turns;
};

} // namespace orchestra
