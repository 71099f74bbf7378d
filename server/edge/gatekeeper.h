// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/channels.h"
#include "server/edge/address.h"
#include "server/edge/request_head.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

/// Every check that a request or upgrade must pass before anything else looks at it. Pure functions of the head, the
/// peer and the configuration.
namespace orchestra {

/// Constant after start.
struct GateRules
{
    /// Host names and address literals, lower case, without port, that this server answers to besides loopback ones.
    std::vector<std::string> hostNames;
    /// Origins besides the own one whose pages may call: scheme://host[:port], lower case, default ports left out.
    std::vector<std::string> allowedOrigins;
    std::vector<AddressRange> trustedProxies;
};

/// Who is on the other end of the wire, before any header is believed.
struct Arrival
{
    Address peer;
    std::uint16_t peerPort = 0;
    bool isTls = false;
};

/// What the head says about its sender, after all of it has been checked.
struct Caller
{
    Peer peer;
    Secret credential;
    /// The allowed origin to name in Access-Control-Allow-Origin; empty for the own origin and without one.
    std::string corsOrigin;
};

/// Host, forwarding headers, Origin, Sec-Fetch-Site and Authorization, in this order.
std::variant<Caller, HttpFailure> examine(const RequestHead &head, const Arrival &arrival, const GateRules &rules);

/// The correlation id that the caller sent, when it is of the permitted form (1-128 of A-Z a-z 0-9 . _ : -); else the
/// trace id of a valid traceparent; else nothing, and the caller of this function makes one.
std::optional<std::string> correlationIdOf(const RequestHead &head);

/// An origin as the rules keep it: lower case, without the scheme's default port. Nothing when it is none.
std::optional<std::string> normalisedOrigin(std::string_view origin);

/// True for application/json (any charset parameter that means UTF-8).
bool isJsonContent(std::string_view contentType);

// ---- upgrades --------------------------------------------------------------------------------------------------

inline constexpr std::string_view kChatV1Json = "orchestra.v1.json";
inline constexpr std::string_view kChatV2Json = "orchestra.v2.json";
inline constexpr std::string_view kChatV2Protobuf = "orchestra.v2.protobuf";
inline constexpr std::string_view kOpsV1Protobuf = "orchestra.ops.v1.protobuf";

/// Nothing when the head is a proper RFC 6455 opening handshake.
std::optional<HttpFailure> handshakeViolation(const RequestHead &head);

/// What an upgrade asks for.
struct UpgradeWish
{
    Surface surface = Surface::Chat;
    std::string clientId;
    std::string sessionId;
    std::string subprotocol; ///< the one to be echoed; empty when none was offered
    int apiVersion = 0;      ///< 0: the first frame decides
    wire::Encoding encoding = wire::Encoding::Json;
    bool mayHello = false;
};

/// Path and subprotocol. The first offered subprotocol that is known wins.
std::variant<UpgradeWish, HttpFailure> readUpgrade(const RequestHead &head);

} // namespace orchestra
