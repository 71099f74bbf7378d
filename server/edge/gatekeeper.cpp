// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/gatekeeper.h"

#include "shared/base/text.h"
#include "shared/wire/error_table.h"

#include <algorithm>
#include <charconv>

namespace orchestra {
namespace {

constexpr std::size_t kMaxNameBytes = 128;
constexpr std::size_t kMaxCredentialBytes = 4096;

HttpFailure refuse(Code code, std::string message)
{
    return httpFailure(makeError(code, std::move(message)));
}

struct HostPort
{
    std::string host; ///< lower case, without brackets
    std::string port; ///< empty when not given
};

std::optional<HostPort> splitHost(std::string_view text)
{
    HostPort split;
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos)
            return std::nullopt;
        split.host = lowerAscii(text.substr(1, close - 1));
        text.remove_prefix(close + 1);
        if (!Address::parse(split.host))
            return std::nullopt;
    } else {
        const auto colon = text.find(':');
        split.host = lowerAscii(text.substr(0, colon));
        text.remove_prefix(std::min(colon, text.size()));
    }
    if (!text.empty()) {
        if (text.front() != ':')
            return std::nullopt;
        split.port = text.substr(1);
        unsigned port = 0;
        const auto [end, error] = std::from_chars(split.port.data(), split.port.data() + split.port.size(), port);
        if (error != std::errc() || end != split.port.data() + split.port.size() || port == 0 || port > 65535)
            return std::nullopt;
    }
    if (split.host.ends_with('.')) // the root label says nothing more
        split.host.pop_back();
    if (split.host.empty())
        return std::nullopt;
    return split;
}

/// Names that a page of another site cannot make its own by pointing its name at this machine.
bool isOwnHost(const std::string &host, const GateRules &rules)
{
    if (host == "localhost" || std::ranges::find(rules.hostNames, host) != rules.hostNames.end())
        return true;
    const auto literal = Address::parse(host);
    return literal && literal->isLoopback();
}

bool isForwardingHeader(std::string_view name)
{
    return name == "forwarded" || name == "via" || name.starts_with("x-forwarded-");
}

bool isTrusted(const Address &address, const GateRules &rules)
{
    return std::ranges::any_of(rules.trustedProxies, [&](const auto &range) { return range.contains(address); });
}

/// An element of X-Forwarded-For or the for= of Forwarded: an address, perhaps quoted, bracketed, with a port.
std::optional<Address> forwardedAddress(std::string_view text)
{
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
        text = text.substr(1, text.size() - 2);
    if (const auto whole = Address::parse(text))
        return whole;
    const auto split = splitHost(text);
    return split ? Address::parse(split->host) : std::nullopt;
}

struct ForwardedHop
{
    std::string_view client;
    std::string_view proto;
};

/// The hops that the proxies name, nearest last.
std::vector<ForwardedHop> forwardedHops(const RequestHead &head)
{
    std::vector<ForwardedHop> hops;
    for (const HeaderField &field : head.fields) {
        if (field.name == "x-forwarded-for") {
            for (const auto item : listItems(field.value))
                hops.push_back({item, {}});
        }
    }
    if (!hops.empty()) {
        if (const auto protos = listItems(head.valueOf("x-forwarded-proto")); !protos.empty())
            hops.back().proto = protos.back();
        return hops;
    }
    for (const HeaderField &field : head.fields) {
        if (field.name != "forwarded")
            continue;
        for (const auto element : listItems(field.value)) {
            ForwardedHop hop;
            for (std::string_view rest = element; !rest.empty();) {
                const auto end = rest.find(';');
                const auto pair = rest.substr(0, end);
                const auto equals = pair.find('=');
                if (equals != std::string_view::npos) {
                    if (equalsIgnoringCase(pair.substr(0, equals), "for"))
                        hop.client = pair.substr(equals + 1);
                    else if (equalsIgnoringCase(pair.substr(0, equals), "proto"))
                        hop.proto = pair.substr(equals + 1);
                }
                rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
            }
            hops.push_back(hop);
        }
    }
    return hops;
}

/// Who is really calling. Through a trusted proxy: the last hop that is not itself a trusted proxy.
std::optional<HttpFailure> readPeer(const RequestHead &head, const Arrival &arrival, const GateRules &rules, Peer &peer)
{
    peer = {arrival.peer.toString(), arrival.peerPort, arrival.peer.isLoopback(), arrival.isTls, {}};
    if (!isTrusted(arrival.peer, rules)) {
        const auto forwarding = std::ranges::find_if(head.fields, isForwardingHeader, &HeaderField::name);
        if (forwarding == head.fields.end())
            return std::nullopt;
        return refuse(Code::Forbidden,
                      "The header field " + forwarding->name + " is believed only from an address in trusted_proxies.");
    }
    // Everybody's requests come from this address, so being local to it proves nothing about the caller.
    peer.isLoopback = false;
    const auto hops = forwardedHops(head);
    if (!hops.empty() && !hops.back().proto.empty())
        peer.isTls = equalsIgnoringCase(hops.back().proto, "https");
    for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
        const auto address = forwardedAddress(hop->client);
        if (!address)
            return refuse(Code::Invalid, "A forwarded client address cannot be read.");
        peer.address = address->toString();
        peer.port = 0;
        if (!isTrusted(*address, rules))
            break;
    }
    return std::nullopt;
}

std::optional<HttpFailure> checkOrigin(const RequestHead &head, const HostPort &host, const GateRules &rules,
                                       Caller &caller)
{
    const std::string *origin = head.find("origin");
    bool isAllowed = false;
    if (origin) {
        const auto normalised = normalisedOrigin(*origin);
        const bool isLiteral6 = host.host.find(':') != std::string::npos;
        const auto own = normalisedOrigin(std::string(caller.peer.isTls ? "https://" : "http://") +
                                          (isLiteral6 ? "[" + host.host + "]" : host.host) +
                                          (host.port.empty() ? "" : ":" + host.port));
        if (normalised && std::ranges::find(rules.allowedOrigins, *normalised) != rules.allowedOrigins.end()) {
            isAllowed = true;
            caller.corsOrigin = *origin;
        } else if (!normalised || normalised != own) {
            return refuse(Code::Origin, "Pages of this origin may not call this server; see allowed_origins.");
        }
        caller.peer.origin = *normalised;
    }
    const std::string_view site = head.valueOf("sec-fetch-site");
    if (!isAllowed && (site == "cross-site" || site == "same-site"))
        return refuse(Code::Origin, "Pages of other sites may not call this server; see allowed_origins.");
    return std::nullopt;
}

std::optional<HttpFailure> readCredential(const RequestHead &head, Secret &credential)
{
    const std::string *field = head.find("authorization");
    if (!field)
        return std::nullopt;
    const std::string_view text = *field;
    const auto blank = text.find(' ');
    if (blank == std::string_view::npos || !equalsIgnoringCase(text.substr(0, blank), "bearer"))
        return refuse(Code::Unauthenticated, "Authorization must be: Bearer, a blank and a token.");
    const auto token = text.substr(blank + 1);
    const auto isTokenByte = [](char c) { return c > 0x20 && c < 0x7f; };
    if (token.empty() || token.size() > kMaxCredentialBytes || !std::ranges::all_of(token, isTokenByte))
        return refuse(Code::Unauthenticated, "The bearer token is malformed.");
    credential = Secret(std::string(token));
    return std::nullopt;
}

bool isLowerHex(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool isAllZero(std::string_view text)
{
    return text.find_first_not_of('0') == std::string_view::npos;
}

bool isBase64Key(std::string_view key)
{
    const auto isDigit = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    };
    return key.size() == 24 && key.ends_with("==") && std::all_of(key.begin(), key.end() - 2, isDigit);
}

} // namespace

std::variant<Caller, HttpFailure> examine(const RequestHead &head, const Arrival &arrival, const GateRules &rules)
{
    const auto host = splitHost(head.valueOf("host"));
    if (!host || !isOwnHost(host->host, rules))
        return refuse(Code::Forbidden, "This server does not answer to that host name; see server.hosts.");
    Caller caller;
    if (auto failure = readPeer(head, arrival, rules, caller.peer))
        return *failure;
    if (auto failure = checkOrigin(head, *host, rules, caller))
        return *failure;
    if (auto failure = readCredential(head, caller.credential))
        return *failure;
    return caller;
}

std::optional<std::string> correlationIdOf(const RequestHead &head)
{
    const std::string_view sent = head.valueOf("x-correlation-id");
    const auto isAllowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == ':' || c == '-';
    };
    if (!sent.empty() && sent.size() <= 128 && std::ranges::all_of(sent, isAllowed))
        return std::string(sent);
    // W3C Trace Context: version-traceid-parentid-flags; a later version may be longer.
    const std::string_view parent = head.valueOf("traceparent");
    if (parent.size() < 55 || parent[2] != '-' || parent[35] != '-' || parent[52] != '-')
        return std::nullopt;
    const auto version = parent.substr(0, 2);
    const auto trace = parent.substr(3, 32);
    if (!isLowerHex(version) || version == "ff" || !isLowerHex(trace) || isAllZero(trace) ||
        (version == "00" ? parent.size() != 55 : parent.size() > 55 && parent[55] != '-'))
        return std::nullopt;
    return std::string(trace);
}

std::optional<std::string> normalisedOrigin(std::string_view origin)
{
    const auto colon = origin.find("://");
    if (colon == std::string_view::npos)
        return std::nullopt;
    const std::string scheme = lowerAscii(origin.substr(0, colon));
    const bool isPlain = scheme == "http" || scheme == "ws";
    const bool isSecure = scheme == "https" || scheme == "wss";
    const auto authority = origin.substr(colon + 3);
    if (authority.find_first_of("/?#@ ") != std::string_view::npos)
        return std::nullopt;
    const auto split = splitHost(authority);
    if (!split || scheme.empty())
        return std::nullopt;
    std::string out = scheme + "://";
    out += split->host.find(':') == std::string::npos ? split->host : "[" + split->host + "]";
    const bool isDefault = (isPlain && split->port == "80") || (isSecure && split->port == "443");
    if (!split->port.empty() && !isDefault)
        out += ":" + split->port;
    return out;
}

bool isJsonContent(std::string_view contentType)
{
    const auto end = contentType.find(';');
    auto media = contentType.substr(0, end);
    while (media.ends_with(' '))
        media.remove_suffix(1);
    if (!equalsIgnoringCase(media, "application/json"))
        return false;
    if (end == std::string_view::npos)
        return true;
    std::string parameter = lowerAscii(contentType.substr(end + 1));
    std::erase_if(parameter, [](char c) { return c == ' ' || c == '"'; });
    return parameter.empty() || parameter == "charset=utf-8" || parameter == "charset=utf8";
}

std::optional<HttpFailure> handshakeViolation(const RequestHead &head)
{
    if (head.method != "GET" || !head.isHttp11 || !head.asksForUpgrade())
        return HttpFailure{426, makeError(Code::Invalid, "This address speaks WebSocket; ask for the upgrade.")};
    if (head.valueOf("sec-websocket-version") != "13")
        return HttpFailure{426, makeError(Code::UnsupportedVersion, "Only WebSocket version 13 is spoken.")};
    if (!isBase64Key(head.valueOf("sec-websocket-key")))
        return refuse(Code::Invalid, "Sec-WebSocket-Key must be 16 bytes in base64.");
    if (head.hasBody())
        return refuse(Code::Invalid, "An upgrade has no body.");
    return std::nullopt;
}

std::variant<UpgradeWish, HttpFailure> readUpgrade(const RequestHead &head)
{
    UpgradeWish wish;
    std::vector<std::string_view> offered;
    for (const HeaderField &field : head.fields) {
        if (field.name == "sec-websocket-protocol")
            std::ranges::copy(listItems(field.value), std::back_inserter(offered));
    }
    if (head.path == "/ops/ws") {
        wish.surface = Surface::Ops;
        wish.encoding = wire::Encoding::Protobuf;
        wish.subprotocol = kOpsV1Protobuf;
        if (std::ranges::find(offered, kOpsV1Protobuf) == offered.end())
            return refuse(Code::UnsupportedVersion, "The operations channel speaks orchestra.ops.v1.protobuf.");
        return wish;
    }
    constexpr std::string_view kPrefix = "/chat/ws/";
    const std::string_view path = head.path;
    const auto slash = path.starts_with(kPrefix) ? path.find('/', kPrefix.size()) : std::string_view::npos;
    if (slash == std::string_view::npos || path.find('/', slash + 1) != std::string_view::npos)
        return refuse(Code::NotFound, "The chat is at /chat/ws/{client_id}/{session_id}.");
    const auto clientId = percentDecode(path.substr(kPrefix.size(), slash - kPrefix.size()));
    const auto sessionId = percentDecode(path.substr(slash + 1));
    for (const auto &name : {clientId, sessionId}) {
        if (!name || name->empty() || name->size() > kMaxNameBytes)
            return refuse(Code::Invalid, "client_id and session_id are 1 to 128 bytes of UTF-8.");
    }
    wish.clientId = *clientId;
    wish.sessionId = *sessionId;
    for (const auto protocol : offered) {
        if (protocol != kChatV1Json && protocol != kChatV2Json && protocol != kChatV2Protobuf)
            continue;
        wish.subprotocol = protocol;
        wish.apiVersion = protocol == kChatV1Json ? 1 : 2;
        wish.encoding = protocol == kChatV2Protobuf ? wire::Encoding::Protobuf : wire::Encoding::Json;
        break;
    }
    wish.mayHello = wish.apiVersion == 2;
    if (wish.subprotocol.empty() && !offered.empty())
        return refuse(Code::UnsupportedVersion, "None of the offered subprotocols is spoken here.");
    return wish;
}

} // namespace orchestra
