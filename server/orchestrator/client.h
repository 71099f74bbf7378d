// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/channels.h"
#include "server/core/connection_state.h"
#include "server/core/schedule.h"
#include "server/orchestrator/feed.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace orchestra {

/// What is known of a session when it begins.
struct SessionSeed
{
    AdmissionRequest request;
    ConnectionId id;
    WallMs at = 0;
    MonotonicTime now{};
};

/// One chat connection of a user, from its admission to its end: who it is, how far it is, what it follows.
/// Owned by ClientRegistry. Lives on: hub.
struct Client
{
    Client(SessionSeed seed, Schedule &schedule)
        : key(seed.request.connection)
        , connectionId(seed.id)
        , request(std::move(seed.request))
        , state(seed.at)
        , apiVersion(request.apiVersion)
        , encoding(request.encoding)
        , connectedAt(seed.at)
        , admittedAt(seed.now)
        , lastHeard(seed.now)
        , feed(key, {}, schedule)
        , initNotice(schedule)
        , greeting(schedule)
        , tokenClock(schedule)
        , ackClock(schedule)
    {
    }

    // constant after construction
    const ConnectionKey key;
    const ConnectionId connectionId;
    const AdmissionRequest request;

    Principal principal;
    bool isKnown = false;       ///< `principal` is set
    bool isProving = false;     ///< its hello has a credential that is being looked up: nothing else is done meanwhile
    bool isProvisional = false; ///< let in before the tokens were loaded: checked again before it is ACTIVE
    ConnectionState state;
    int apiVersion; ///< 0 until decided
    wire::Encoding encoding;
    const WallMs connectedAt;
    const MonotonicTime admittedAt;
    MonotonicTime lastHeard; ///< of the client
    bool isClosing = false;  ///< a close was sent

    Feed feed;
    bool isGreeted = false;             ///< its hello (spoken or implied) was taken
    std::unique_ptr<wire::Hello> hello; ///< waits for ACTIVE
    std::vector<ClientMessage> held;    ///< chats that came before ACTIVE
    std::vector<TaskId> endWithMe;      ///< tasks whose chat asked for on_disconnect: cancel

    struct AckMark
    {
        std::uint64_t handled = 0;
        std::uint64_t atLastLook = 0;
        std::uint64_t publishedAtLastLook = 0;
        MonotonicTime behindSince{};
        bool isBehind = false;
    };
    bool sendsAcks = false;
    std::map<ThreadId, AckMark> acks;

    Alarm initNotice; ///< next notice while INITIALIZING
    int initNotices = 0;
    Alarm greeting;   ///< no hello came: it is implied
    Alarm tokenClock; ///< auth_expiring, then 4202
    Alarm ackClock;

    struct Reports
    {
        ConnectionStats last;
        MonotonicTime lastAt{}; ///< at first of the admission
        ConnectionStats before; ///< for rates
        MonotonicTime beforeAt{};
    };
    std::unique_ptr<Reports> reports; ///< of the edge; null as long as nobody watches
};

} // namespace orchestra
