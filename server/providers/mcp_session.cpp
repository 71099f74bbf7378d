// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/mcp_session.h"

#include "server/providers/mcp_tools.h"
#include "server/providers/mcp_wire.h"
#include "shared/base/text.h"
#include "shared/wire/error_table.h"

#include <algorithm>
#include <utility>

namespace orchestra {
namespace {

using namespace mcp;
using wire::JsonValue;

/// A question that the server did not take up is sent again so often.
constexpr unsigned kMostRepeats = 2;

} // namespace

McpSession::McpSession(Carrier carrier, McpSessionListener &listener)
    : carrier_(carrier)
    , listener_(listener)
    , reader_(kDepth)
{
}

// ---- questions ------------------------------------------------------------------------------------------------

McpSession::Ticket McpSession::ask(McpQuestion question)
{
    const Ticket ticket = ++lastTicket_;
    Request &request = requests_.emplace(ticket, Request{std::move(question)}).first->second;
    if (phase_ == Phase::Ready)
        sendRequest(request);
    else if (phase_ == Phase::Fresh)
        begin();
    return ticket;
}

void McpSession::cancel(Ticket ticket, const std::string &reason)
{
    const auto found = requests_.extract(ticket);
    if (found.empty() || found.mapped().number == 0)
        return;
    const std::uint64_t number = found.mapped().number;
    // Over HTTP the newer servers hear of it by the end of the exchange.
    if (phase_ == Phase::Ready && (carrier_ == Carrier::Pipe || !isModern())) {
        JsonValue params;
        params.set("requestId", static_cast<std::int64_t>(number));
        params.set("reason", reason);
        notify("notifications/cancelled", params);
    }
    listener_.drop(number);
}

McpSession::Ticket McpSession::ticketOf(std::uint64_t number) const
{
    const auto found = std::ranges::find_if(
        requests_, [number](const auto &entry) { return number != 0 && entry.second.number == number; });
    return found == requests_.end() ? 0 : found->first;
}

void McpSession::finish(Ticket ticket, Result<JsonValue> result, bool isServersFault)
{
    const auto found = requests_.extract(ticket);
    if (found.empty())
        return;
    const std::uint64_t number = found.mapped().number;
    listener_.answered(ticket, std::move(result), isServersFault);
    if (number != 0)
        listener_.drop(number);
}

void McpSession::sendRequest(Request &request)
{
    request.number = lastNumber_ + 1;
    request.wasModern = isModern();
    request.sessionId = isModern() ? std::string() : sessionId_;
    JsonValue params = request.question.params;
    addMeta(params, &request.question, request.number);
    McpMessage out = message(request.question.method, params, true);
    addHeaders(out, request.question.method, &request.question);
    out.mayRepeat = request.question.mayRepeat;
    lastNumber_ = out.number;
    listener_.send(std::move(out));
}

McpMessage McpSession::message(const std::string &method, const JsonValue &params, bool isRequest) const
{
    McpMessage out;
    out.number = lastNumber_ + 1;
    out.isRequest = isRequest;
    JsonValue body;
    body.set("jsonrpc", "2.0");
    if (isRequest)
        body.set("id", static_cast<std::int64_t>(out.number));
    body.set("method", method);
    if (params.members() && !params.members()->empty())
        body.set("params", params);
    out.body = body.toText();
    return out;
}

void McpSession::notify(const std::string &method, const JsonValue &params)
{
    McpMessage out = message(method, params, false);
    addHeaders(out, method, nullptr);
    lastNumber_ = out.number;
    listener_.send(std::move(out));
}

void McpSession::addMeta(JsonValue &params, const McpQuestion *question, std::uint64_t number) const
{
    JsonValue meta{JsonValue::Object()};
    if (isModern()) {
        meta.set(std::string(kMeta) + "protocolVersion", kModern);
        meta.set(std::string(kMeta) + "clientInfo", clientInfo());
        meta.set(std::string(kMeta) + "clientCapabilities", JsonValue(JsonValue::Object()));
    }
    if (question && question->wantsProgress)
        meta.set("progressToken", static_cast<std::int64_t>(number));
    if (question && !question->traceparent.empty())
        meta.set("traceparent", question->traceparent);
    if (!meta.members()->empty())
        params.set("_meta", std::move(meta));
}

void McpSession::addHeaders(McpMessage &out, const std::string &method, const McpQuestion *question) const
{
    if (carrier_ != Carrier::Http)
        return;
    if (isModern()) {
        out.headers.push_back({"MCP-Protocol-Version", std::string(kModern)});
        out.headers.push_back({"Mcp-Method", method});
        if (question && !question->name.empty())
            out.headers.push_back({"Mcp-Name", mcp::headerValue(question->name)});
        if (question)
            out.headers.insert(out.headers.end(), question->headers.begin(), question->headers.end());
        return;
    }
    if (!version_.empty())
        out.headers.push_back({"MCP-Protocol-Version", version_});
    if (!sessionId_.empty())
        out.headers.push_back({"MCP-Session-Id", sessionId_});
}

// ---- what comes -----------------------------------------------------------------------------------------------

void McpSession::take(std::uint64_t exchange, std::string_view text)
{
    auto message = reader_.readValue(text);
    if (!message || !(message->isObject() || message->isArray())) {
        if (carrier_ == Carrier::Pipe) {
            ++strayLines_; // programs write to the wrong place
            return;
        }
        const Error error = makeError(Code::ProviderError, "the answer is no JSON-RPC message");
        if (exchange == handshake_ && exchange != 0)
            failHandshake(error, true);
        else
            finish(ticketOf(exchange), error, true);
        return;
    }
    if (const auto *batch = message->items()) {
        for (const JsonValue &item : *batch)
            takeOne(exchange, item);
        return;
    }
    takeOne(exchange, *message);
}

void McpSession::takeOne(std::uint64_t exchange, const JsonValue &message)
{
    if (!message.find("method"))
        takeResponse(exchange, message);
    else if (message.find("id"))
        takeRequest(message);
    else
        takeNotification(message);
}

void McpSession::takeResponse(std::uint64_t exchange, const JsonValue &message)
{
    if (!message.find("result") && !message.find("error"))
        return;
    std::uint64_t number = exchange;
    if (const JsonValue *id = message.find("id"); id && id->integer().value_or(0) > 0)
        number = static_cast<std::uint64_t>(*id->integer());
    if (number == 0)
        return;
    if (number == discovery_)
        return takeDiscovery(message);
    if (number == handshake_ && phase_ == Phase::Initialising)
        return takeInitialisation(message);
    const Ticket ticket = ticketOf(number);
    if (ticket == 0)
        return;
    if (const JsonValue *result = message.find("result"))
        return finish(ticket, *result, false);
    if (errorCode(message) == kUnsupportedVersion && requests_.at(ticket).repeats < kMostRepeats)
        return startAnew(ticket);
    auto [error, isFault] = errorOf(message);
    finish(ticket, std::move(error), isFault);
}

void McpSession::takeRequest(const JsonValue &message)
{
    // The newer servers ask nothing this way, and over HTTP must not be answered.
    if (isModern() && carrier_ == Carrier::Http)
        return;
    McpMessage out;
    JsonValue body;
    body.set("jsonrpc", "2.0");
    body.set("id", *message.find("id"));
    if (message.textOf("method") == "ping") {
        body.set("result", JsonValue(JsonValue::Object()));
    } else {
        JsonValue error;
        error.set("code", kMethodNotFound);
        error.set("message", "this client offers no such thing");
        body.set("error", std::move(error));
    }
    out.body = body.toText();
    out.number = ++lastNumber_;
    addHeaders(out, {}, nullptr);
    listener_.send(std::move(out));
}

void McpSession::takeNotification(const JsonValue &message)
{
    const std::string_view method = message.textOf("method");
    if (method == "notifications/tools/list_changed")
        return listener_.toolsChanged();
    const JsonValue *params = message.find("params");
    const JsonValue *token = params ? params->find("progressToken") : nullptr;
    if (method != "notifications/progress" || !token || token->integer().value_or(0) <= 0)
        return;
    const Ticket ticket = ticketOf(static_cast<std::uint64_t>(*token->integer()));
    const JsonValue *done = params->find("progress");
    if (ticket == 0 || !done || !done->number())
        return;
    Request &request = requests_.at(ticket);
    if (*done->number() <= request.progress)
        return; // it has to grow: else a server could hold a call for ever
    request.progress = *done->number();
    ToolProgress progress{.done = request.progress};
    if (const JsonValue *total = params->find("total"))
        progress.of = total->number();
    progress.message = cutUtf8(params->textOf("message"), 200);
    listener_.progressed(ticket, progress);
}

void McpSession::takeSessionId(std::uint64_t exchange, std::string_view id)
{
    const bool isVisible = std::ranges::all_of(id, [](char c) { return c >= 0x21 && c <= 0x7e; });
    if (exchange == handshake_ && phase_ == Phase::Initialising && isVisible)
        sessionId_ = id;
}

void McpSession::refused(std::uint64_t exchange, int status, std::string_view body, Error error, bool isServersFault)
{
    const auto message = reader_.readValue(body);
    const std::int64_t code = message && message->isObject() ? errorCode(*message) : 0;
    // It cannot be reached, or will not have us: no other way of speaking changes that.
    const bool isFinal = status == 401 || status == 403 || status == 407 || status == 408 || status == 429 ||
                         status == 502 || status == 503 || status == 504 || status / 100 == 3;
    if (exchange == discovery_ && exchange != 0) {
        if (isModernError(code))
            takeDiscovery(*message);
        else if (isFinal)
            failHandshake(error, isServersFault);
        else if (phase_ == Phase::Discovering)
            initialise();
        return;
    }
    if (exchange == handshake_ && exchange != 0) {
        // An older server may not want to be told that we have understood.
        if (phase_ == Phase::Confirming && !isFinal)
            return becomeReady();
        return failHandshake(error, isServersFault);
    }
    const Ticket ticket = ticketOf(exchange);
    if (ticket == 0)
        return;
    const Request &request = requests_.at(ticket);
    // Servers are known to answer an unknown session with 400 and an error of their own making, or none.
    const bool isForgotten = !request.sessionId.empty() &&
                             (status == 404 || (status == 400 && (code == 0 || (code <= -32000 && code > -32020))));
    const bool isOtherEra = (request.wasModern && code == 0 && (status == 400 || status == 404 || status == 405)) ||
                            (!request.wasModern && isModernError(code)) || code == kUnsupportedVersion;
    if ((isForgotten || isOtherEra) && request.repeats < kMostRepeats) {
        knowsLegacy_ = knowsLegacy_ && !isOtherEra;
        return startAnew(ticket);
    }
    // What a header has to repeat may have changed with the tool.
    if (code == kHeaderMismatch)
        listener_.toolsChanged();
    if (code != 0) {
        auto [said, isFault] = errorOf(*message);
        return finish(ticket, std::move(said), isFault);
    }
    finish(ticket, std::move(error), isServersFault);
}

void McpSession::over(std::uint64_t exchange, const Status &outcome)
{
    if (exchange != 0 && exchange == handshake_) {
        if (phase_ == Phase::Confirming && outcome)
            return becomeReady();
        return failHandshake(outcome ? makeError(Code::ProviderError, "it said nothing") : outcome.error(), true);
    }
    if (const Ticket ticket = ticketOf(exchange); ticket != 0)
        finish(ticket, outcome ? makeError(Code::ProviderError, "the answer ended before its result") : outcome.error(),
               true);
}

void McpSession::lost(const Error &why)
{
    const bool wasReady = isReady();
    failHandshake(why, true);
    // Whoever keeps its list looks again soon, and so begins it anew.
    if (wasReady)
        listener_.toolsChanged();
}

} // namespace orchestra
