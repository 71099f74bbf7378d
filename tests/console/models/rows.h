// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/ops_client.h"
#include "tests/support/manual_clock.h"
#include "tests/support/wire_peer.h"

#include <QTest>

namespace orchestra {

/// A client that is linked to a peer which a test plays.
class LinkedPeer
{
public:
    LinkedPeer()
    {
        peer.welcome();
        client.connectTo(*Endpoint::parse(peer.address()), QStringLiteral("secret"));
    }

    bool isLive() const { return client.link().phase() == LinkPhase::Live; }

    ManualClock clock;
    SystemRandom random;
    OpsPeer peer;
    OpsClient client{clock, random};
};

inline std::string keyOfConnection(std::uint32_t number)
{
    return toString(fixedId<ConnectionId>(number));
}

inline wire::ConnectionRow connectionRow(std::uint32_t number, const std::string &user)
{
    wire::ConnectionRow row;
    row.connectionId = fixedId<ConnectionId>(number);
    row.phase = wire::ConnectionPhase::Active;
    row.userId = user;
    row.role = "client";
    row.clientId = "client-" + std::to_string(number);
    row.sessionId = "session-" + std::to_string(number);
    row.address = "127.0.0.1:" + std::to_string(40'000 + number);
    row.apiVersion = 2;
    row.connectedAt = {ManualClock().wallMs() - 60'000};
    row.queueLimitBytes = 1024 * 1024;
    return row;
}

inline wire::Rows connectionRows(std::vector<wire::ConnectionRow> rows)
{
    wire::Rows out;
    out.connections = std::move(rows);
    return out;
}

} // namespace orchestra
