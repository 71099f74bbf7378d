// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/orchestrator/api_service.h"
#include "server/orchestrator/client_registry.h"
#include "server/orchestrator/following.h"
#include "server/orchestrator/frame_desk.h"
#include "server/orchestrator/ops_service.h"
#include "server/orchestrator/reception.h"

#include <functional>

namespace orchestra {

/// Takes each message of the edge to the service that knows what to do with it. Lives on: hub.
class Router
{
public:
    Router(Reception &reception, FrameDesk &desk, ClientRegistry &clients, Following &following, OpsService &ops,
           ApiService &api);

    /// Reports of the edge threads go there.
    void onReport(std::function<void(const EdgeReport &)> report) { report_ = std::move(report); }
    void route(FromEdge message);

private:
    void drained(const ConnectionKey &key);

    Reception &reception_;
    FrameDesk &desk_;
    ClientRegistry &clients_;
    Following &following_;
    OpsService &ops_;
    ApiService &api_;
    std::function<void(const EdgeReport &)> report_;
};

} // namespace orchestra
