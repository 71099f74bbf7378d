// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/outbox.h"

#include "server/core/conversation/event_size.h"

#include <utility>

namespace orchestra {

wire::ServerFrame Outbox::frame(const std::string &userId, wire::ServerBody body) const
{
    wire::ServerFrame frame;
    frame.id = hub_.ids.make<EventId>();
    frame.timestamp = {hub_.clock.wallMs()};
    frame.userId = userId;
    frame.body = std::move(body);
    return frame;
}

void Outbox::send(ConnectionKey to, wire::ServerFrame frame, bool droppable)
{
    hub_.edge.send(to.edge, Unicast{to, std::move(frame), droppable});
}

void Outbox::broadcast(const EventPtr &event, std::span<const ConnectionKey> to)
{
    for (auto first = to.begin(); first != to.end();) {
        const std::uint32_t edge = first->edge;
        Broadcast message{event, {}};
        for (; first != to.end() && first->edge == edge; ++first)
            message.serials.push_back(first->serial);
        hub_.edge.send(edge, std::move(message));
    }
}

void Outbox::broadcast(wire::ServerFrame frame, std::span<const ConnectionKey> to)
{
    if (to.empty())
        return;
    const std::size_t bytes = estimatedBytes(frame);
    broadcast(std::make_shared<const Event>(Event{std::move(frame), bytes}), to);
}

void Outbox::sendPart(ConnectionKey to, std::vector<EventPtr> events)
{
    hub_.edge.send(to.edge, ReplayPart{to, std::move(events)});
}

void Outbox::sendError(ConnectionKey to, const std::string &userId, std::optional<std::string> ref, const Error &error,
                       const std::string &correlationId)
{
    send(to, frame(userId, errorFrame(std::move(ref), error, correlationId)));
}

void Outbox::close(ConnectionKey connection, CloseCode code, std::string reason)
{
    hub_.edge.send(connection.edge, CloseConnection{connection, static_cast<std::uint16_t>(code), std::move(reason)});
}

void Outbox::reply(ConnectionKey to, std::uint64_t call, Result<ApiBody> body)
{
    hub_.edge.send(to.edge, ApiReply{to, call, std::move(body)});
}

void Outbox::sendOps(ConnectionKey to, wire::OpsServerFrame frame)
{
    hub_.edge.send(to.edge, OpsOut{to, std::move(frame)});
}

void Outbox::sendAll(const ToEdge &message)
{
    for (std::uint32_t edge = 0; edge < hub_.edge.edgeCount(); ++edge)
        hub_.edge.send(edge, message);
}

wire::ErrorFrame errorFrame(std::optional<std::string> ref, const Error &error, const std::string &correlationId)
{
    wire::ErrorFrame out;
    out.ref = std::move(ref);
    out.code = error.code;
    out.message = error.message;
    out.retryable = error.retryable;
    if (error.retryAfterMs)
        out.retryAfterMs = static_cast<std::uint64_t>(std::max<std::int64_t>(*error.retryAfterMs, 0));
    if (!error.pointer.empty())
        out.errors.push_back({error.pointer, error.message});
    if (!correlationId.empty())
        out.correlationId = correlationId;
    return out;
}

} // namespace orchestra
