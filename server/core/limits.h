// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace orchestra {

/// What happens to a newcomer when the server is full.
enum class ServerOverflow : std::uint8_t {
    Refuse,          ///< 503 with Retry-After before the upgrade
    EvictOldestIdle, ///< the connection that has been silent longest makes room
};

/// What happens to the connection of a user who already has `connectionsPerUser`.
enum class UserOverflow : std::uint8_t {
    ReplaceLongestSilent, ///< the user's longest-silent connection is closed with 4011
    Reject,               ///< the newcomer is closed with 4103
};

/// Every bound that a client can run into. A plain value: built once from the configuration, copied to each thread.
struct Limits
{
    // configuration keys limits.*
    std::size_t maxConnections = 1000;
    std::size_t connectionsPerUser = 5;
    std::size_t connectionsPerIp = 100; ///< loopback peers are exempt
    ServerOverflow overflow = ServerOverflow::Refuse;
    UserOverflow overflowPerUser = UserOverflow::ReplaceLongestSilent;
    std::size_t messageBytes = 65536;
    double messagesPerSecond = 20;
    double messageBurst = 40;
    double userMessagesPerMinute = 600;  ///< turns of one user over all doors; 0: no limit
    double keyMessagesPerMinute = 600;   ///< the same with one access token
    double userTokensPerMinute = 500000; ///< of models, read and written
    double keyTokensPerMinute = 500000;
    std::chrono::milliseconds idle = std::chrono::seconds(300); ///< no bytes either way; ops connections are exempt
    std::chrono::milliseconds hello = std::chrono::seconds(10); ///< from the upgrade to a valid hello
    std::size_t headerBytes = 16384;
    std::size_t bodyBytes = 1048576;
    std::size_t completionMessages = 1024; ///< of one request in OpenAI's manner
    std::size_t completionTools = 128;
    std::size_t fragments = 1024; ///< frames that one message may be cut into
    std::size_t controlFramesPerSecond = 10;

    // fixed by the protocol; fields so that a test can make them small
    std::chrono::milliseconds requestHead =
        std::chrono::seconds(5); ///< from accept to a whole request head (TLS included)
    std::chrono::milliseconds messageCompletion = std::chrono::seconds(10); ///< from a message's first byte to its last
    std::size_t jsonDepth = 32;
    std::size_t preAuthConnections = 64;
    std::size_t preAuthPerIp = 4;
    std::size_t preAuthFrameBytes = 4096;
    std::size_t unsentBytes = std::size_t{128} * 1024; ///< a socket is fed only while it has less than this unsent
    std::size_t queueBytes = std::size_t{1024} * 1024; ///< over this or `queueFrames`: progress is dropped, then 4101
    std::size_t queueFrames = 1024;
    std::size_t replayPartBytes = std::size_t{256} * 1024;
    std::size_t replayPartEvents = 512;   ///< leaves room in the queue for what comes live behind the last part
    std::size_t heldChats = 8;            ///< chats a connection may send before it is ACTIVE
    std::size_t violationsPerMinute = 10; ///< the tenth malformed frame in a minute closes with 4009
    std::size_t rateRefusals = 100;       ///< refusals within `rateRefusalWindow` that close with 4102
    std::chrono::milliseconds rateRefusalWindow = std::chrono::seconds(10);
    std::size_t followedThreads = 32;

    bool operator==(const Limits &) const = default;
};

} // namespace orchestra
