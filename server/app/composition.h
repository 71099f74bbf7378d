// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/config.h"
#include "server/app/container.h"
#include "server/app/environment.h"
#include "server/core/channels.h"
#include "server/core/store_port.h"
#include "shared/base/mailbox.h"

#include <functional>
#include <optional>
#include <vector>

namespace orchestra {

/// What a process hands to its server.
struct ServerInput
{
    Config config;
    Environment environment;
    std::vector<int> listeners; ///< sockets of the service manager
    int pid = 0;
};

/// What the store tells by itself. Filled in by the server once everybody is there.
struct StoreEvents
{
    std::function<void()> tokensChanged;
    std::function<void(const std::optional<Error> &)> availabilityChanged;
};

/// What was last heard of the store's counters.
struct StoreView
{
    StoreCounters counters;
};

/// The text of /metrics, from whoever can see all counters. Filled in by the server.
struct MetricsSource
{
    std::function<TextBody(bool openMetrics)> render;
    std::function<std::string()> configJson;
    std::function<std::string()> toolsJson;
};

using HubMailbox = Mailbox<FromEdge>;

/// Registers every part of the server with what it needs: the one place that knows the concrete classes.
/// `input` must outlive the scopes that are opened on the container.
void compose(Container &container, const ServerInput &input);

} // namespace orchestra
