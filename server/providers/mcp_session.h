// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/tool_port.h"
#include "server/providers/http_message.h"
#include "shared/wire/json_reader.h"
#include "shared/wire/json_value.h"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

/// One message to a server of the Model Context Protocol.
struct McpMessage
{
    std::uint64_t number = 0; ///< names it to the session; of a request also its JSON-RPC id
    bool isRequest = false;
    bool mayRepeat = false; ///< sending it twice does no harm
    std::string body;
    std::vector<HttpHeader> headers; ///< over HTTP
};

/// A question to the server that the session is to get answered.
struct McpQuestion
{
    std::string method;
    wire::JsonValue params = wire::JsonValue(wire::JsonValue::Object());
    std::string name;                ///< of what it is about, for a header
    std::vector<HttpHeader> headers; ///< of its arguments, over HTTP
    std::string traceparent;
    bool wantsProgress = false;
    bool mayRepeat = false;
};

/// What a session has to say. Any call on the session is allowed from inside.
class McpSessionListener
{
public:
    /// Names a question; never reused, 0 is none.
    using Ticket = std::uint64_t;

    virtual ~McpSessionListener() = default;
    virtual void send(McpMessage message) = 0;
    /// Nothing more is wanted of this message's exchange.
    virtual void drop(std::uint64_t number) = 0;
    /// The server is being asked how to speak with it (until it is known).
    virtual void shakingHands(bool isOn) = 0;
    virtual void answered(Ticket ticket, Result<wire::JsonValue> result, bool isServersFault) = 0;
    virtual void progressed(Ticket ticket, const ToolProgress &progress) = 0;
    virtual void toolsChanged() = 0;
};

/// The Model Context Protocol from the client's side, of both eras: since 2026-07-28 every request stands for itself,
/// before it a session begins with `initialize`. Which one a server speaks is found out when it is first asked, and
/// again when what was found no longer holds. Pure: knows no socket, no process and no clock; whoever carries its
/// messages tells it what came of them. Lives on: provider.
class McpSession
{
public:
    using Ticket = McpSessionListener::Ticket;
    enum class Carrier : std::uint8_t {
        Http, ///< every message is an exchange of its own
        Pipe,
    };

    McpSession(Carrier carrier, McpSessionListener &listener);

    Ticket ask(McpQuestion question);
    /// Nothing more is told about the question; the server is told.
    void cancel(Ticket ticket, const std::string &reason);

    /// One message of the server. `exchange`: the number of the message that it answers; 0 on a pipe.
    void take(std::uint64_t exchange, std::string_view text);
    /// The answer's head names a session.
    void takeSessionId(std::uint64_t exchange, std::string_view id);
    /// The server has refused a message with an HTTP status. `error`: what it comes down to.
    void refused(std::uint64_t exchange, int status, std::string_view body, Error error, bool isServersFault);
    /// Nothing more comes of a message; ok when it was delivered and, if it is a request, answered.
    void over(std::uint64_t exchange, const Status &outcome);
    /// The server is gone: everything under way has failed, and the next question begins anew. Of one that was ready
    /// the tools may be others when it is back.
    void lost(const Error &why);
    /// The first question was not answered: an older server may be waiting for an introduction. Pipe only.
    void discoveryTimedOut();

    bool isReady() const { return phase_ == Phase::Ready; }
    bool isDiscovering() const { return phase_ == Phase::Discovering; }
    /// The version spoken; empty before it is known.
    const std::string &protocol() const { return version_; }
    /// "name version" of the server, as it says.
    const std::string &product() const { return product_; }
    /// Lines on a pipe that were no messages.
    std::uint64_t strayLines() const { return strayLines_; }

private:
    enum class Phase : std::uint8_t { Fresh, Discovering, Initialising, Confirming, Ready };
    struct Request
    {
        McpQuestion question;
        std::uint64_t number = 0; ///< 0: not sent
        unsigned repeats = 0;     ///< how often it was sent again because it was not taken up
        bool wasModern = false;   ///< how it was sent
        std::string sessionId;    ///< that it was sent under; empty: none
        double progress = -1;
    };

    void begin();
    void discover();
    void initialise();
    void takeDiscovery(const wire::JsonValue &message);
    void takeInitialisation(const wire::JsonValue &message);
    void becomeReady();
    void failHandshake(const Error &error, bool isServersFault);
    void startAnew(Ticket ticket);

    void sendRequest(Request &request);
    McpMessage message(const std::string &method, const wire::JsonValue &params, bool isRequest) const;
    void notify(const std::string &method, const wire::JsonValue &params);
    void addMeta(wire::JsonValue &params, const McpQuestion *question, std::uint64_t number) const;
    void addHeaders(McpMessage &message, const std::string &method, const McpQuestion *question) const;

    void takeOne(std::uint64_t exchange, const wire::JsonValue &message);
    void takeResponse(std::uint64_t exchange, const wire::JsonValue &message);
    void takeRequest(const wire::JsonValue &message);
    void takeNotification(const wire::JsonValue &message);
    void finish(Ticket ticket, Result<wire::JsonValue> result, bool isServersFault);
    Ticket ticketOf(std::uint64_t number) const;
    bool isModern() const { return isModern_; }

    const Carrier carrier_;
    McpSessionListener &listener_;
    wire::JsonReader reader_;
    Phase phase_ = Phase::Fresh;
    bool isModern_ = false;
    bool knowsLegacy_ = false; ///< the server was found to be an older one: do not ask again how to speak with it
    std::string version_;
    std::string product_;
    std::string sessionId_;
    std::uint64_t handshake_ = 0; ///< the message whose answer the handshake waits for
    std::uint64_t discovery_ = 0; ///< the discovery, which may be answered late
    std::uint64_t lastNumber_ = 0;
    Ticket lastTicket_ = 0;
    std::map<Ticket, Request> requests_;
    std::uint64_t strayLines_ = 0;
};

} // namespace orchestra
