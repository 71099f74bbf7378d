// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/identity.h"
#include "server/core/resilience/degradation.h"
#include "shared/base/clock.h"
#include "shared/base/ids.h"

#include <map>
#include <string>

namespace orchestra {

/// What belongs to one request from its arrival to its terminal event. Passed by const reference; never ambient.
struct RequestContext
{
    std::string correlationId;
    Principal principal;
    ThreadId threadId;
    TaskId taskId;
    std::string requestId; ///< the client's own id of the frame or call
    std::string traceparent;
    std::string tracestate;
    MonotonicTime acceptedAt{};
    int apiVersion = 2;
    /// Flags as they stood when the turn was accepted; evaluated once.
    std::map<std::string, std::string> flagVariants;
    /// The level the turn is made under: its answer says so. What it takes away is in effectsOf().
    DegradationLevel degradationLevel = DegradationLevel::Normal;
};

} // namespace orchestra
