// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/http_connection.h"
#include "shared/wire/error_table.h"

/// From a request to upgrade to the WebSocket that takes over: the hub's word first, then the listener's.
namespace orchestra {

void HttpConnection::askAdmission()
{
    if (auto violation = handshakeViolation(parser_.head())) {
        exchange_.keepsAlive = false;
        return sendFailure(*violation);
    }
    auto wish = readUpgrade(parser_.head());
    if (auto *refused = std::get_if<HttpFailure>(&wish)) {
        noteRefusal(refused->error);
        exchange_.keepsAlive = false;
        return sendFailure(*refused);
    }
    wish_ = std::get<UpgradeWish>(std::move(wish));
    state_ = State::Admitting;
    setDeadline(context_.settings.admission);
    AdmissionRequest request;
    request.connection = context_.key(serial_);
    request.surface = wish_->surface;
    request.peer = exchange_.caller.peer;
    request.credential = exchange_.caller.credential;
    request.clientId = wish_->clientId;
    request.sessionId = wish_->sessionId;
    request.apiVersion = wish_->apiVersion;
    request.encoding = wish_->encoding;
    request.mayHello = wish_->mayHello && exchange_.caller.credential.isEmpty();
    request.correlationId = exchange_.correlationId;
    context_.hub.send(std::move(request));
}

void HttpConnection::receive(const AdmissionDecision &decision)
{
    if (state_ != State::Admitting || admission_) {
        // Too late: the wish has been answered already. The hub hears that nobody came.
        if (decision.outcome)
            context_.hub.send(ConnectionGone{context_.key(serial_), 1006, "gave up waiting"});
        return;
    }
    if (!decision.outcome)
        return refuseUpgrade(decision.outcome.error());
    admission_ = *decision.outcome;
    const auto client = Address::parse(exchange_.caller.peer.address);
    client_ = client.value_or(arrival_.peer);
    slots_.preAuth = admission_->needsHello;
    slots_.ops = wish_->surface == Surface::Ops;
    slots_.proxied = client_ != arrival_.peer;
    if (slots_.isEmpty())
        return completeUpgrade();
    context_.host.askForSlots(serial_, slots_, client_);
}

void HttpConnection::decideSlots(bool granted)
{
    if (state_ != State::Admitting) {
        if (granted)
            context_.host.releaseSlots(slots_, client_);
        return;
    }
    if (granted)
        return completeUpgrade();
    context_.hub.send(ConnectionGone{context_.key(serial_), 1006, "no room"});
    admission_.reset();
    refuseUpgrade(makeError(Code::Full, slots_.preAuth ? "Too many connections wait for their hello."
                                                       : "There are too many connections of this kind."));
}

void HttpConnection::refuseUpgrade(const Error &error)
{
    noteRefusal(error);
    exchange_.keepsAlive = false;
    state_ = State::Reading;
    sendFailure(httpFailure(error));
}

void HttpConnection::completeUpgrade()
{
    wire_->tell(nullptr);
    AdmittedUpgrade upgrade;
    upgrade.wire = std::move(wire_);
    upgrade.webSocketKey = parser_.head().valueOf("sec-websocket-key");
    upgrade.rest = parser_.takeRest();
    upgrade.wish = std::move(*wish_);
    upgrade.admission = std::move(*admission_);
    upgrade.slots = slots_;
    upgrade.client = client_;
    upgrade.correlationId = std::move(exchange_.correlationId);
    upgrade.openedAt = context_.clock.now();
    count(101);
    state_ = State::Gone;
    context_.host.upgrade(serial_, std::move(upgrade));
}

} // namespace orchestra
