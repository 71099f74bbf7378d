// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/orchestrator/hub.h"
#include "shared/wire/close_code.h"

#include <span>

namespace orchestra {

/// The hub's one way to put frames on connections: stamps them and hands them to the right edge thread. Lives on: hub.
class Outbox
{
public:
    explicit Outbox(const Hub &hub)
        : hub_(hub)
    {
    }

    /// A frame for `userId` with a fresh id and the present time.
    wire::ServerFrame frame(const std::string &userId, wire::ServerBody body) const;

    void send(ConnectionKey to, wire::ServerFrame frame, bool droppable = false);
    /// The same frame for all of `to` (sorted by connection); encoded once per edge thread.
    void broadcast(const EventPtr &event, std::span<const ConnectionKey> to);
    void broadcast(wire::ServerFrame frame, std::span<const ConnectionKey> to);
    void sendPart(ConnectionKey to, std::vector<EventPtr> events);
    void sendError(ConnectionKey to, const std::string &userId, std::optional<std::string> ref, const Error &error,
                   const std::string &correlationId);
    void close(ConnectionKey connection, CloseCode code, std::string reason);

    void reply(ConnectionKey to, std::uint64_t call, Result<ApiBody> body);
    void sendOps(ConnectionKey to, wire::OpsServerFrame frame);
    /// To every edge thread.
    void sendAll(const ToEdge &message);

private:
    const Hub &hub_;
};

/// The error frame that answers a client's frame.
wire::ErrorFrame errorFrame(std::optional<std::string> ref, const Error &error, const std::string &correlationId);

} // namespace orchestra
