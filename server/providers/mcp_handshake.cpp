// SPDX-License-Identifier: GPL-3.0-or-later
// How a session finds out how to speak with its server.
#include "server/providers/mcp_session.h"

#include "server/providers/mcp_wire.h"
#include "shared/base/text.h"
#include "shared/wire/error_table.h"

#include <algorithm>
#include <array>
#include <utility>

namespace orchestra {
namespace {

using namespace mcp;
using wire::JsonValue;

constexpr std::string_view kNewestLegacy = "2025-11-25";
constexpr std::array<std::string_view, 4> kLegacy{kNewestLegacy, "2025-06-18", "2025-03-26", "2024-11-05"};

bool contains(const JsonValue *list, std::string_view text)
{
    return list && list->items() && std::ranges::any_of(*list->items(), [text](const JsonValue &item) {
               return item.text() && *item.text() == text;
           });
}

bool namesLegacy(const JsonValue *list)
{
    return std::ranges::any_of(kLegacy, [list](std::string_view version) { return contains(list, version); });
}

std::string productOf(const JsonValue *info)
{
    if (!info)
        return {};
    const std::string name(cutUtf8(info->textOf("name"), 100));
    const std::string_view version = cutUtf8(info->textOf("version"), 50);
    return version.empty() ? name : name + " " + std::string(version);
}

} // namespace

void McpSession::begin()
{
    listener_.shakingHands(true);
    if (knowsLegacy_)
        initialise();
    else
        discover();
}

void McpSession::discover()
{
    phase_ = Phase::Discovering;
    isModern_ = true;
    JsonValue params{JsonValue::Object()};
    addMeta(params, nullptr, 0);
    McpMessage out = message("server/discover", params, true);
    addHeaders(out, "server/discover", nullptr);
    out.mayRepeat = true;
    lastNumber_ = handshake_ = discovery_ = out.number;
    listener_.send(std::move(out));
}

void McpSession::initialise()
{
    phase_ = Phase::Initialising;
    isModern_ = false;
    version_.clear();
    sessionId_.clear();
    JsonValue params;
    params.set("protocolVersion", kNewestLegacy);
    params.set("capabilities", JsonValue(JsonValue::Object()));
    params.set("clientInfo", clientInfo());
    McpMessage out = message("initialize", params, true);
    out.mayRepeat = true;
    lastNumber_ = handshake_ = out.number;
    listener_.send(std::move(out));
}

void McpSession::discoveryTimedOut()
{
    if (phase_ == Phase::Discovering)
        initialise();
}

void McpSession::takeDiscovery(const JsonValue &message)
{
    if (phase_ != Phase::Discovering && phase_ != Phase::Initialising)
        return;
    const JsonValue *result = message.find("result");
    const JsonValue *versions = result ? result->find("supportedVersions") : message.at("/error/data/supported");
    const bool isKnownError = isModernError(errorCode(message));
    if (!contains(versions, kModern)) {
        // Whoever says which versions it knows is not asked for another one.
        if (versions && !namesLegacy(versions))
            return failHandshake({Code::UnsupportedVersion, "it speaks none of the versions that this server knows"},
                                 false);
        if (!result && isKnownError && !versions)
            return failHandshake(errorOf(message).first, false);
        if (phase_ == Phase::Discovering)
            initialise();
        return;
    }
    if (!result)
        return failHandshake({Code::UnsupportedVersion, "it refuses a version that it says it knows"}, false);
    isModern_ = true;
    version_ = kModern;
    const JsonValue *meta = result->find("_meta");
    const JsonValue *info = meta ? meta->find(std::string(kMeta) + "serverInfo") : nullptr;
    product_ = productOf(info ? info : result->find("serverInfo"));
    becomeReady();
}

void McpSession::takeInitialisation(const JsonValue &message)
{
    const JsonValue *result = message.find("result");
    if (!result) {
        auto [error, isFault] = errorOf(message);
        error.message = "it does not take the introduction: " + error.message;
        return failHandshake(error, isFault);
    }
    const std::string_view version = result->textOf("protocolVersion");
    if (std::ranges::find(kLegacy, version) == kLegacy.end())
        return failHandshake({Code::UnsupportedVersion, "it speaks version \"" + std::string(cutUtf8(version, 40)) +
                                                            "\", which this server does not know"},
                             false);
    version_ = version;
    knowsLegacy_ = true;
    product_ = productOf(result->find("serverInfo"));
    phase_ = Phase::Confirming;
    handshake_ = lastNumber_ + 1;
    notify("notifications/initialized", JsonValue());
}

void McpSession::becomeReady()
{
    phase_ = Phase::Ready;
    handshake_ = discovery_ = 0;
    listener_.shakingHands(false);
    std::vector<Ticket> waiting;
    for (const auto &[ticket, request] : requests_) {
        if (request.number == 0)
            waiting.push_back(ticket);
    }
    for (const Ticket ticket : waiting) {
        const auto request = requests_.find(ticket);
        if (request != requests_.end() && phase_ == Phase::Ready)
            sendRequest(request->second);
    }
}

void McpSession::failHandshake(const Error &error, bool isServersFault)
{
    phase_ = Phase::Fresh;
    knowsLegacy_ = false;
    const std::uint64_t asked = std::exchange(handshake_, 0);
    discovery_ = 0;
    version_.clear();
    sessionId_.clear();
    listener_.shakingHands(false);
    if (asked != 0)
        listener_.drop(asked);
    std::vector<Ticket> failed;
    for (const auto &[ticket, request] : requests_)
        failed.push_back(ticket);
    for (const Ticket ticket : failed)
        finish(ticket, error, isServersFault);
}

/// The server did not take a question up, because it does not know us any more: introduces us again and repeats it.
void McpSession::startAnew(Ticket ticket)
{
    Request &request = requests_.at(ticket);
    request.number = 0;
    ++request.repeats;
    if (phase_ != Phase::Ready)
        return;
    // Another question may have found out already, and what is spoken now is not what this one was sent under.
    if (request.wasModern != isModern() || request.sessionId != sessionId_)
        return sendRequest(request);
    phase_ = Phase::Fresh;
    begin();
}

} // namespace orchestra
