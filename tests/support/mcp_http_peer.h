// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/http_peer.h"
#include "tests/support/mcp_peer.h"

#include <QTimer>

#include <memory>
#include <string>
#include <vector>

namespace orchestra {

/// An McpPeer behind Streamable HTTP on a loopback port: with sessions when it is of the older era, in JSON or in
/// streams of events.
class McpHttpPeer
{
public:
    explicit McpHttpPeer(McpPeer::Era era, bool streams = false, std::uint16_t port = 0)
        : peer(era)
        , isLegacy(era == McpPeer::Era::Legacy)
        , streams(streams)
        , http([this](const PeerRequest &request, const std::shared_ptr<PeerReply> &reply) { take(request, reply); },
               port)
    {
        QObject::connect(&ticking_, &QTimer::timeout, &ticking_, [this] {
            for (const std::string &message : peer.tick())
                for (const auto &reply : held)
                    reply->chunk(event(message));
        });
        ticking_.start(50);
    }

    std::string url() const { return http.url() + "/mcp"; }
    /// As a restart of a server that keeps its sessions in memory.
    void forgetSessions() { session = "s" + std::to_string(++sessions_); }

    static std::string event(const std::string &message) { return "event: message\ndata: " + message + "\n\n"; }

    McpPeer peer;
    const bool isLegacy;
    const bool streams;
    std::string session = "s0";
    int unknownSessions = 0;
    bool isBroken = false;                        ///< answers 500 to everything
    std::string wrongHeaders;                     ///< what a request lacked
    std::vector<std::shared_ptr<PeerReply>> held; ///< streams of calls that go on
    int heldGone = 0;                             ///< of these, how many the client has closed
    HttpPeer http;

private:
    static std::string of(const PeerRequest &request, const std::string &name)
    {
        const auto found = request.headers.find(name);
        return found == request.headers.end() ? std::string() : found->second;
    }

    void take(const PeerRequest &request, const std::shared_ptr<PeerReply> &reply)
    {
        if (isBroken)
            return reply->send(500, "text/plain", "boom");
        if (request.method != "POST" || of(request, "accept") != "application/json, text/event-stream")
            wrongHeaders = "POST and Accept";
        const bool isInitialize = request.body.find("\"initialize\"") != std::string::npos;
        const std::string version = of(request, "mcp-protocol-version");
        if (isLegacy) {
            if (version == "2026-07-28")
                return reply->send(400, "application/json",
                                   "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32000,\"message\":\"Bad "
                                   "Request: Server not initialized\"}}");
            if (!isInitialize && of(request, "mcp-session-id") != session) {
                ++unknownSessions;
                return reply->send(404, "application/json",
                                   "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32001,\"message\":\"Session "
                                   "not found\"}}");
            }
            if (!isInitialize && version != "2025-06-18")
                wrongHeaders = "MCP-Protocol-Version: " + version;
        } else if (version != "2026-07-28" || of(request, "mcp-method").empty()) {
            wrongHeaders = "MCP-Protocol-Version and Mcp-Method";
        }
        const std::vector<std::string> said = peer.take(request.body);
        const bool isCall = request.body.find("\"id\"") != std::string::npos;
        const std::string head = isInitialize && isLegacy ? "MCP-Session-Id: " + session + "\r\n" : std::string();
        if (!isCall)
            return reply->send(202, "text/plain", "");
        if (said.empty()) { // a call that goes on
            reply->begin(200, "text/event-stream");
            reply->onGone([this] { ++heldGone; });
            held.push_back(reply);
            return;
        }
        const bool isUnknown = !isLegacy && said.front().find("-32601") != std::string::npos;
        if (!streams)
            return reply->send(isUnknown ? 404 : 200, "application/json", said.front(), head);
        reply->begin(200, "text/event-stream", head);
        reply->chunk(": keep-alive\n\n" + event(said.front()));
        reply->end();
    }

    QTimer ticking_;
    int sessions_ = 0;
};

} // namespace orchestra
