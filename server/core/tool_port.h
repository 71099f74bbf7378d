// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/identity.h"
#include "shared/base/result.h"
#include "shared/wire/chat_messages.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Tools that other programs offer, as the hub and the provider thread speak of them, whatever the wire of their
/// server.
namespace orchestra {

/// A tool as its server describes it. Everything in it is that server's word: shown, never trusted.
struct RemoteTool
{
    std::string name; ///< as its server calls it
    std::string title;
    std::string description;
    wire::RawJson parameters; ///< JSON Schema of the arguments, an object
    bool isReadOnly = false;  ///< by its own word: changes nothing
    wire::RawJson definition; ///< all that the server says of it, with members in the order of their names
    std::string digest;       ///< SHA-256 of `definition`, lower-case hexadecimal
    bool operator==(const RemoteTool &) const = default;
};

/// What a server of tools offers now.
struct ToolList
{
    std::vector<RemoteTool> tools;
    std::vector<std::string> refused;                  ///< what it offers and cannot be used, each with the reason
    std::string protocol;                              ///< the version spoken with it; empty where there is none
    std::string product;                               ///< "name version", as it says
    std::optional<std::chrono::milliseconds> freshFor; ///< by its own word
};

enum class ToolServerKind : std::uint8_t {
    McpHttp,  ///< Model Context Protocol over Streamable HTTP
    McpStdio, ///< the same over the pipes of a program that this server runs
    N8n,      ///< workflows of n8n, called by their webhooks
};
constexpr std::array<std::string_view, 3> wireNames(ToolServerKind)
{
    return {"mcp_http", "mcp_stdio", "n8n"};
}

/// A workflow that is offered as a tool. Nobody describes it but the operator.
struct ToolWorkflow
{
    RemoteTool tool;
    std::string url;
};

/// One server of tools as it is configured.
struct ToolServerSettings
{
    std::string name; ///< unique among the servers
    ToolServerKind kind = ToolServerKind::McpHttp;
    std::string url; ///< McpHttp
    Secret key;      ///< sent as a bearer token, or, when it is "Name: value", as that header; may be empty
    std::vector<std::string> command;                        ///< McpStdio: the program and its arguments
    std::vector<std::pair<std::string, Secret>> environment; ///< McpStdio: everything that the program gets
    std::vector<ToolWorkflow> workflows;                     ///< N8n
};

/// How long tools may take, and how much they may say.
struct ToolLimits
{
    std::chrono::milliseconds connect = std::chrono::seconds(5);
    std::chrono::milliseconds handshake = std::chrono::seconds(20); ///< until a server is ready for questions
    std::chrono::milliseconds silence =
        std::chrono::seconds(60);                              ///< of a call: without its result or a sign of progress
    std::chrono::milliseconds total = std::chrono::minutes(5); ///< of a call
    std::size_t resultBytes = 1024 * 1024;                     ///< of one answer
    std::size_t toolsPerServer = 128;
    std::size_t definitionBytes = 32 * 1024; ///< of one tool
};

struct ToolRequest
{
    std::string server;
    std::string tool;
    wire::RawJson arguments; ///< an object
    bool mayRepeat = false;  ///< calling it twice does no harm
    std::string correlationId;
    std::string traceparent;
};

/// What a tool has said.
struct ToolAnswer
{
    std::string text;                        ///< its words, in their order
    std::optional<wire::RawJson> structured; ///< the same, or more, as data
    std::vector<std::string> attachments;    ///< what cannot be shown, in words: "image/png, 12345 bytes"
    bool isFailure = false;                  ///< the tool has worked, and says that it failed
    bool isAcknowledgement = false;          ///< something was begun; this is not its outcome
};

struct ToolProgress
{
    double done = 0;
    std::optional<double> of;
    std::string message;
};

/// How one call of a tool ended.
struct ToolEnd
{
    Result<ToolAnswer> outcome = ToolAnswer{};
    /// A failure of the tool's server, not of what it was asked: the circuit breaker counts it.
    bool isServersFault = false;
    /// The request may have reached the server.
    bool wasSent = false;
    std::chrono::microseconds total{0};
};

/// Hears of one call: progress, then the end, once. Nothing follows the end or a cancel. Lives on: hub.
class ToolListener
{
public:
    virtual ~ToolListener() = default;
    virtual void onProgress(const ToolProgress &progress) = 0;
    virtual void onEnd(const ToolEnd &end) = 0;
};

/// The hub's way to servers of tools. Makes one attempt a call and decides nothing. Everything is answered in later
/// turns of the hub's loop. Lives on: hub.
class ToolPort
{
public:
    /// Names a call; never reused, 0 is none.
    using Call = std::uint64_t;

    virtual ~ToolPort() = default;
    /// Replaces the servers that can be called; calls of the ones before end as failed.
    virtual void setServers(std::vector<ToolServerSettings> servers, ToolLimits limits) = 0;
    /// `listener` must live until its onEnd or `cancel`. An unknown server ends the call with NOT_FOUND.
    virtual Call call(ToolRequest request, ToolListener &listener) = 0;
    /// Ends a call without onEnd; its server is told. Unknown ones are ignored.
    virtual void cancel(Call call) = 0;
    /// Asks the server what it offers.
    virtual void list(const std::string &server, std::function<void(Result<ToolList>)> done) = 0;
    /// `changed` is called when a server says that it offers something else now.
    virtual void onListChanged(std::function<void(const std::string &server)> changed) = 0;
};

} // namespace orchestra
