// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/providers/mcp_session.h"

namespace orchestra {

/// Carries the messages of a session to its server, and what comes back into the session. Lives on: provider.
class McpCarrier
{
public:
    virtual ~McpCarrier() = default;
    virtual void send(McpMessage message) = 0;
    virtual void drop(std::uint64_t number) = 0;
    /// The server does not answer any more: ends what the carrier runs; it is begun anew when it is next needed.
    virtual void restart(const std::string &why) { static_cast<void>(why); }
    /// Asks for the end of what the carrier runs, without waiting for it. Nothing is sent any more.
    virtual void close() {}
};

} // namespace orchestra
