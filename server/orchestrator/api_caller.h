// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/channels.h"

namespace orchestra {

/// Who made an HTTP call, and where its answer goes. A plain value.
struct ApiCaller
{
    ConnectionKey connection;
    std::uint64_t call = 0; ///< of the connection
    Peer peer;
    std::string correlationId;
    MonotonicTime receivedAt{};
    Principal principal;
};

} // namespace orchestra
