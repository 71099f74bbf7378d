// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/limits.h"
#include "server/edge/gatekeeper.h"

#include <chrono>
#include <string>
#include <vector>

namespace orchestra {

/// PEM files; TLS is on when a certificate is named.
struct TlsFiles
{
    std::string certificate;
    std::string key;
    std::string keyPassword;
};

/// What the edge is told at the start. Constant afterwards; every edge thread has a copy.
struct EdgeSettings
{
    std::string address = "127.0.0.1";   ///< a loopback address listens on both families
    std::uint16_t port = 8700;           ///< 0: any free one
    std::vector<int> inheritedListeners; ///< sockets of the service manager, instead of address and port; taken over
    std::uint32_t threads = 2;
    Limits limits;
    GateRules gate;
    TlsFiles tls;

    // not configuration; fields so that a test can make them small
    std::size_t opsConnections = 32;      ///< consoles, beside limits.maxConnections
    std::size_t httpConnections = 128;    ///< sockets beside those of WebSockets
    std::size_t reservedDescriptors = 64; ///< of the process's limit, for everything but clients
    std::size_t mailboxCapacity = 16384;  ///< hub to one edge thread
    std::chrono::milliseconds keepAlive = std::chrono::seconds(15);   ///< between two requests of a connection
    std::chrono::milliseconds requestBody = std::chrono::seconds(30); ///< from a whole head to a whole body
    std::chrono::milliseconds admission = std::chrono::seconds(5);    ///< for the hub's answer to an upgrade
    std::chrono::milliseconds stall = std::chrono::seconds(10);       ///< a reader that takes nothing this long is cut
    std::chrono::milliseconds linger = std::chrono::seconds(1);       ///< to read what a refused client still sends
    std::chrono::milliseconds sweep = std::chrono::milliseconds(250); ///< how often deadlines are looked at
};

} // namespace orchestra
