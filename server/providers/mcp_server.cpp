// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/mcp_server.h"

#include "server/providers/mcp_http.h"
#include "server/providers/mcp_stdio.h"
#include "server/providers/mcp_tools.h"
#include "shared/base/text.h"
#include "shared/wire/error_table.h"

#include <algorithm>
#include <utility>

namespace orchestra {
namespace {

using wire::JsonValue;

std::string inSeconds(std::chrono::milliseconds time)
{
    return time.count() % 1000 == 0 ? std::to_string(time.count() / 1000) + " s" : std::to_string(time.count()) + " ms";
}

} // namespace

McpServer::McpServer(ToolServerSettings settings, const Ground &ground, Output output)
    : settings_(std::move(settings))
    , ground_(ground)
    , output_(std::move(output))
    , session_(settings_.kind == ToolServerKind::McpStdio ? McpSession::Carrier::Pipe : McpSession::Carrier::Http,
               *this)
{
    if (settings_.kind == ToolServerKind::McpStdio)
        carrier_ = std::make_unique<McpStdio>(ground_.clock, ground_.log, session_, settings_, ground_.limits);
    else
        carrier_ = std::make_unique<McpHttp>(ground_.http, ground_.clock, session_, settings_, ground_.limits);
    timer_.setSingleShot(true);
    QObject::connect(&timer_, &QTimer::timeout, &timer_, [this] { expire(); });
}

McpServer::~McpServer() = default;

// ---- calls ----------------------------------------------------------------------------------------------------

void McpServer::call(ToolPort::Call call, const ToolRequest &request)
{
    Calling &calling = calls_[call];
    calling.startedAt = ground_.clock.now();
    calling.deadline = calling.startedAt + ground_.limits.total;
    calling.silentUntil = calling.startedAt + ground_.limits.silence;
    auto arguments = wire::JsonReader().readValue(request.arguments.text);
    if (!arguments || !arguments->isObject())
        return endCall(call, makeError(Code::Invalid, "the arguments are not a JSON object"), false);
    McpQuestion question;
    question.method = "tools/call";
    question.name = request.tool;
    if (const auto schema = schemas_.find(request.tool); schema != schemas_.end())
        question.headers = mcp::argumentHeaders(schema->second, *arguments);
    question.params.set("name", request.tool);
    question.params.set("arguments", *std::move(arguments));
    question.traceparent = request.traceparent;
    question.wantsProgress = true;
    question.mayRepeat = request.mayRepeat;
    const Ticket ticket = session_.ask(std::move(question));
    if (const auto asked = calls_.find(call); asked != calls_.end()) {
        asked->second.ticket = ticket;
        callOf_[ticket] = call;
    }
    keepTime();
}

void McpServer::cancel(ToolPort::Call call)
{
    const auto calling = calls_.extract(call);
    if (calling.empty())
        return;
    callOf_.erase(calling.mapped().ticket);
    session_.cancel(calling.mapped().ticket, "the user does not want it any more");
}

void McpServer::endCall(ToolPort::Call call, Result<ToolAnswer> outcome, bool isServersFault)
{
    const auto calling = calls_.extract(call);
    if (calling.empty())
        return;
    callOf_.erase(calling.mapped().ticket);
    ToolEnd end;
    end.outcome = std::move(outcome);
    end.isServersFault = isServersFault;
    end.wasSent = calling.mapped().ticket != 0;
    end.total = std::chrono::duration_cast<std::chrono::microseconds>(ground_.clock.now() - calling.mapped().startedAt);
    output_.ended(call, std::move(end));
}

// ---- lists ----------------------------------------------------------------------------------------------------

void McpServer::list(std::uint64_t question)
{
    // One that has been spoken with needs no introduction first.
    lists_[question].deadline = ground_.clock.now() + ground_.limits.handshake * (session_.isReady() ? 1 : 2);
    askPage(question, {});
    keepTime();
}

void McpServer::askPage(std::uint64_t question, const std::string &cursor)
{
    McpQuestion page;
    page.method = "tools/list";
    page.mayRepeat = true;
    if (!cursor.empty())
        page.params.set("cursor", cursor);
    const Ticket ticket = session_.ask(std::move(page));
    lists_[question].ticket = ticket;
    listOf_[ticket] = question;
}

void McpServer::takePage(std::uint64_t question, const Result<JsonValue> &result)
{
    if (!result)
        return endList(question, result.error());
    const JsonValue *tools = result->find("tools");
    if (!tools || !tools->items())
        return endList(question, makeError(Code::ProviderError, "its answer is no list of tools"));
    Listing &listing = lists_.at(question);
    for (const JsonValue &item : *tools->items()) {
        auto tool = mcp::readTool(item, ground_.limits, settings_.kind == ToolServerKind::McpHttp);
        const std::string name(cutUtf8(item.textOf("name"), 128));
        const auto isSame = [&name](const RemoteTool &known) { return known.name == name; };
        if (listing.list.tools.size() >= ground_.limits.toolsPerServer)
            listing.list.refused.push_back(name + ": it has more than " +
                                           std::to_string(ground_.limits.toolsPerServer) + " tools");
        else if (std::ranges::any_of(listing.list.tools, isSame))
            listing.list.refused.push_back(name + ": it has two of this name");
        else if (tool)
            listing.list.tools.push_back(*std::move(tool));
        else
            listing.list.refused.push_back(name + ": " + tool.error().message);
        if (listing.list.refused.size() > ground_.limits.toolsPerServer)
            return endList(question, makeError(Code::ProviderError, "its list of tools does not end"));
    }
    if (const JsonValue *ttl = result->find("ttlMs"); ttl && ttl->integer().value_or(0) > 0)
        listing.list.freshFor = std::chrono::milliseconds(*ttl->integer());
    const std::string cursor(result->textOf("nextCursor"));
    if (cursor.empty())
        return endList(question, std::move(listing.list));
    if (++listing.pages >= kMostPages)
        return endList(question, makeError(Code::ProviderError, "its list of tools does not end"));
    askPage(question, cursor);
}

void McpServer::endList(std::uint64_t question, Result<ToolList> outcome)
{
    lists_.erase(question);
    if (outcome) {
        outcome->protocol = session_.protocol();
        outcome->product = session_.product();
        schemas_.clear();
        for (const RemoteTool &tool : outcome->tools) {
            if (tool.parameters.text.find("x-mcp-header") == std::string::npos)
                continue;
            if (auto schema = wire::JsonReader(64).readValue(tool.parameters.text))
                schemas_[tool.name] = *std::move(schema);
        }
    }
    output_.listed(question, std::move(outcome));
}

// ---- what the session says ------------------------------------------------------------------------------------

void McpServer::send(McpMessage message)
{
    carrier_->send(std::move(message));
}

void McpServer::shakingHands(bool isOn)
{
    const MonotonicTime now = ground_.clock.now();
    discoveryUntil_.reset();
    handshakeUntil_.reset();
    if (isOn) {
        handshakeUntil_ = now + ground_.limits.handshake;
        if (settings_.kind == ToolServerKind::McpStdio)
            discoveryUntil_ = now + std::min<std::chrono::nanoseconds>(kDiscovery, ground_.limits.handshake / 2);
    }
    keepTime();
}

void McpServer::answered(Ticket ticket, Result<JsonValue> result, bool isServersFault)
{
    if (result || !isServersFault)
        silences_ = 0;
    if (const auto list = listOf_.extract(ticket); !list.empty()) {
        if (lists_.contains(list.mapped()))
            takePage(list.mapped(), result);
        return;
    }
    const auto call = callOf_.find(ticket);
    if (call == callOf_.end())
        return;
    if (!result)
        return endCall(call->second, result.error(), isServersFault);
    Result<ToolAnswer> answer = mcp::readAnswer(*result);
    const bool isBroken = !answer && answer.error().code == Code::ProviderError;
    endCall(call->second, std::move(answer), isBroken);
}

void McpServer::progressed(Ticket ticket, const ToolProgress &progress)
{
    const auto call = callOf_.find(ticket);
    if (call == callOf_.end())
        return;
    const MonotonicTime now = ground_.clock.now();
    Calling &calling = calls_.at(call->second);
    calling.silentUntil = now + ground_.limits.silence;
    if (now - calling.toldAt < kToldEvery)
        return;
    calling.toldAt = now;
    output_.progressed(call->second, progress);
}

void McpServer::toolsChanged()
{
    const MonotonicTime now = ground_.clock.now();
    if (now - changeToldAt_ < kToldEvery)
        return;
    changeToldAt_ = now;
    output_.listChanged();
}

// ---- time -----------------------------------------------------------------------------------------------------

void McpServer::keepTime()
{
    MonotonicTime next = MonotonicTime::max();
    for (const auto &[call, calling] : calls_)
        next = std::min({next, calling.deadline, calling.silentUntil});
    for (const auto &[question, listing] : lists_)
        next = std::min(next, listing.deadline);
    for (const auto &until : {discoveryUntil_, handshakeUntil_})
        next = std::min(next, until.value_or(next));
    if (next == MonotonicTime::max())
        return timer_.stop();
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - ground_.clock.now());
    timer_.start(std::max(left, std::chrono::milliseconds(0)));
}

void McpServer::expire()
{
    const MonotonicTime now = ground_.clock.now();
    if (discoveryUntil_ && now >= *discoveryUntil_) {
        discoveryUntil_.reset();
        session_.discoveryTimedOut();
    }
    if (handshakeUntil_ && now >= *handshakeUntil_) {
        session_.lost(
            makeError(Code::ProviderTimeout, "it was not ready within " + inSeconds(ground_.limits.handshake)));
        noteSilence();
    }
    expireCalls(now);
    expireLists(now);
    keepTime();
}

void McpServer::expireCalls(MonotonicTime now)
{
    std::vector<ToolPort::Call> late;
    for (const auto &[call, calling] : calls_) {
        if (now >= calling.deadline || now >= calling.silentUntil)
            late.push_back(call);
    }
    for (const ToolPort::Call call : late) {
        const Calling &calling = calls_.at(call);
        Error error = makeError(Code::ProviderTimeout,
                                now >= calling.deadline
                                    ? "the tool was not done within " + inSeconds(ground_.limits.total)
                                    : "nothing was heard of the tool for " + inSeconds(ground_.limits.silence));
        callOf_.erase(calling.ticket);
        session_.cancel(calling.ticket, error.message);
        endCall(call, std::move(error), true);
    }
}

void McpServer::expireLists(MonotonicTime now)
{
    std::vector<std::uint64_t> late;
    for (const auto &[question, listing] : lists_) {
        if (now >= listing.deadline)
            late.push_back(question);
    }
    for (const std::uint64_t question : late) {
        const Error error = makeError(Code::ProviderTimeout, "it did not say in time which tools it has");
        const Ticket ticket = lists_.at(question).ticket;
        listOf_.erase(ticket);
        session_.cancel(ticket, error.message);
        endList(question, error);
        noteSilence();
    }
}

/// Not the first time: programs that are fetched before they run take long to begin with.
void McpServer::noteSilence()
{
    if (++silences_ < kMostSilences || !calls_.empty())
        return;
    silences_ = 0;
    carrier_->restart("the program was silent too often");
}

} // namespace orchestra
