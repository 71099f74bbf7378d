// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/counters.h"
#include "server/edge/edge_settings.h"
#include "server/edge/hub_link.h"
#include "server/edge/message_budget.h"
#include "server/edge/socket_ledger.h"
#include "server/edge/wire.h"
#include "shared/base/clock.h"
#include "shared/base/ids.h"
#include "shared/base/log.h"
#include "shared/wire/json_reader.h"

#include <memory>
#include <span>

namespace orchestra {

/// An upgrade that everybody has agreed to, on its way from HTTP to WebSocket. Owns the wire.
struct AdmittedUpgrade
{
    std::unique_ptr<Wire> wire;
    std::string webSocketKey;
    std::string rest; ///< bytes behind the head: the first frames
    UpgradeWish wish;
    Admission admission;
    SlotSet slots;
    Address client; ///< for whom the slots were taken
    std::string correlationId;
    MonotonicTime openedAt{};
};

/// What a connection asks of the thread that owns it. All by serial, so that a late request harms nobody.
class ConnectionHost
{
public:
    virtual ~ConnectionHost() = default;
    /// Answered by EdgeConnection::decideSlots().
    virtual void askForSlots(std::uint64_t serial, SlotSet slots, const Address &client) = 0;
    virtual void releaseSlots(SlotSet slots, const Address &client) = 0;
    /// Replaces the HTTP connection by a WebSocket.
    virtual void upgrade(std::uint64_t serial, AdmittedUpgrade upgrade) = 0;
    /// Deletes the connection in a later loop turn. The connection has told the hub what it had to tell.
    virtual void remove(std::uint64_t serial) = 0;
};

/// What the connections of one edge thread share. Lives on: edge.
struct EdgeContext
{
    std::uint32_t edge;
    const EdgeSettings &settings;
    const Clock &clock;
    LogSink &log;
    HubLink &hub;
    EdgeCounters &counters;
    MessageBudget &refusalLog; ///< how many refusals may still be logged
    IdSource &ids;
    wire::JsonReader &json;
    const std::string &openApi;
    std::span<char> scratch; ///< for one read; nobody keeps anything in it
    ConnectionHost &host;

    ConnectionKey key(std::uint64_t serial) const { return {edge, serial}; }
};

} // namespace orchestra
