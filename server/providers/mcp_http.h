// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/providers/event_stream.h"
#include "server/providers/http_client.h"
#include "server/providers/mcp_carrier.h"

#include <QTimer>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace orchestra {

/// Streamable HTTP: each message is a POST, answered by JSON or by a stream of events that ends with the answer.
/// Never follows a redirect. Lives on: provider.
class McpHttp final : public McpCarrier
{
public:
    /// All must outlive the carrier.
    McpHttp(HttpClient &http, const Clock &clock, McpSession &session, const ToolServerSettings &settings,
            const ToolLimits &limits);
    ~McpHttp() override;

    void send(McpMessage message) override;
    void drop(std::uint64_t number) override;

private:
    /// One exchange.
    class Post;

    HttpRequest requestFor(McpMessage &message) const;
    void leave(std::uint64_t number);

    HttpClient &http_;
    const Clock &clock_;
    McpSession &session_;
    const ToolServerSettings &settings_;
    const ToolLimits &limits_;
    std::map<std::uint64_t, std::unique_ptr<Post>> posts_;
    std::vector<std::unique_ptr<Post>> over_; ///< to be deleted in the next turn
    QTimer clearing_;
};

/// The header that carries a configured key: a bearer token, or what is configured as "Name: value".
HttpHeader keyHeader(const Secret &key);

} // namespace orchestra
