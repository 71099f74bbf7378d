// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/chat_connection.h"

#include "shared/wire/error_table.h"
#include "shared/wire/frame_rules.h"
#include "shared/wire/protobuf_codec.h"

namespace orchestra {
namespace {

/// A cumulative acknowledgement is cheap, and a diligent client sends many.
constexpr double kAckCost = 0.1;
constexpr std::string_view kLonePong = R"({"type":"pong"})";

OutgoingFrame textFrame(std::string text)
{
    return {std::make_shared<const std::string>(std::move(text)), FrameEncoding::Text, nullptr, false};
}

std::string refOf(const wire::ClientFrame &frame)
{
    const std::string *id = wire::clientId(frame);
    return id ? *id : std::string();
}

} // namespace

std::string_view typeName(const wire::ClientFrame &frame)
{
    return std::visit([](const auto &body) { return std::decay_t<decltype(body)>::kType; }, frame);
}

ChatConnection::ChatConnection(EdgeContext &context, FrameSocketPool &pool, const SocketLimits &limits,
                               std::uint64_t serial, AdmittedUpgrade &upgrade)
    : SocketConnection(context, pool, upgrade.admission.needsHello ? limits.preAuth : limits.open, limits.queue, serial,
                       upgrade)
    , limits_(limits)
    , connectionId_(upgrade.admission.connectionId)
    , userId_(upgrade.admission.principal.userId)
    , version_(upgrade.wish.apiVersion)
    , encoding_(upgrade.wish.encoding)
    , needsHello_(upgrade.admission.needsHello)
    , budget_(context.settings.limits.messagesPerSecond, context.settings.limits.messageBurst, context.clock.now())
    , refusals_(context.settings.limits.rateRefusals, context.settings.limits.rateRefusalWindow)
{
    if (version_ != 2)
        v1_ = std::make_unique<wire::V1Adapter>(upgrade.wish.sessionId);
}

ChatConnection::~ChatConnection() = default;

// ---- from the client -------------------------------------------------------------------------------------------

void ChatConnection::onText(const QString &text)
{
    const QByteArray utf8 = text.toUtf8();
    take({std::string_view(utf8.constData(), static_cast<std::size_t>(utf8.size())), wire::Encoding::Json,
          context().clock.now()});
}

void ChatConnection::onBinary(const QByteArray &bytes)
{
    take({std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())), wire::Encoding::Protobuf,
          context().clock.now()});
}

void ChatConnection::take(const Inbound &inbound)
{
    if (isEnding())
        return;
    if (version_ == 0 && !decideVersion(inbound))
        return;
    if (inbound.encoding != encoding_) {
        noteInbound("unreadable", inbound.bytes.size());
        return end(CloseCode::UnsupportedData, encoding_ == wire::Encoding::Json
                                                   ? "this connection speaks text frames"
                                                   : "this connection speaks binary frames");
    }
    wire::ClientDecoding decoded = decode(inbound);
    if (auto *failure = std::get_if<wire::DecodeFailure>(&decoded)) {
        noteInbound("unreadable", inbound.bytes.size());
        refuse(failure->ref, failure->error);
        countViolation(failure->error.code);
        return;
    }
    handle(std::get<wire::ClientFrame>(std::move(decoded)), inbound);
}

/// False when the frame has been dealt with: it was a lone ping, or nothing that could decide.
bool ChatConnection::decideVersion(const Inbound &inbound)
{
    if (inbound.encoding == wire::Encoding::Protobuf) {
        settleOn(2, wire::Encoding::Protobuf);
        return true;
    }
    switch (wire::classifyFirstFrame(context().json, inbound.bytes)) {
    case wire::FirstFrame::Version1:
        settleOn(1, wire::Encoding::Json);
        return true;
    case wire::FirstFrame::Version2:
        settleOn(2, wire::Encoding::Json);
        return true;
    case wire::FirstFrame::Undecided:
        noteInbound(wire::Ping::kType, inbound.bytes.size());
        if (isWithinBudget(wire::Ping{}, inbound))
            push(textFrame(std::string(kLonePong)), wire::Pong::kType);
        return false;
    case wire::FirstFrame::Unreadable:
        break;
    }
    noteInbound("unreadable", inbound.bytes.size());
    refuse({}, makeError(Code::Invalid, "a frame must be a JSON object"));
    countViolation(Code::Invalid);
    return false;
}

void ChatConnection::settleOn(int version, wire::Encoding encoding)
{
    version_ = version;
    encoding_ = encoding;
    if (version == 2)
        v1_.reset();
    context().hub.send(VersionDecided{key(), version, encoding});
}

wire::ClientDecoding ChatConnection::decode(const Inbound &inbound)
{
    if (version_ == 1) {
        // Version 1 has no message ids, and two equal messages are two messages.
        return v1_->decode(context().json, inbound.bytes, toString(context().ids.make<MessageId>()));
    }
    return encoding_ == wire::Encoding::Json ? wire::decodeClientJson(context().json, inbound.bytes)
                                             : wire::decodeClientProtobuf(context().json, inbound.bytes);
}

void ChatConnection::handle(wire::ClientFrame frame, const Inbound &inbound)
{
    noteInbound(typeName(frame), inbound.bytes.size());
    if (!isWithinBudget(frame, inbound) || !mayPass(frame))
        return;
    if (const auto *ping = std::get_if<wire::Ping>(&frame))
        return say(wire::Pong{ping->id});
    context().hub.send(ClientMessage{key(), std::move(frame), inbound.bytes.size(), inbound.at});
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(context().clock.now() - inbound.at);
    context().counters.handleUs.record(static_cast<std::uint64_t>(took.count()));
}

bool ChatConnection::isWithinBudget(const wire::ClientFrame &frame, const Inbound &inbound)
{
    const double cost = std::holds_alternative<wire::ClientAck>(frame) ? kAckCost : 1;
    if (budget_.take(inbound.at, cost))
        return true;
    ++context().counters.rateLimited;
    Error error = makeError(Code::RateLimited, "too many messages");
    error.retryAfterMs = budget_.wait(cost).count();
    refuse(refOf(frame), error);
    if (refusals_.add(inbound.at))
        end(CloseCode::RateAbuse, "kept sending in spite of RATE_LIMITED");
    return false;
}

/// Before the hello only a hello may come, and after it nothing until it has been answered.
bool ChatConnection::mayPass(const wire::ClientFrame &frame)
{
    if (!needsHello_)
        return true;
    if (!std::holds_alternative<wire::Hello>(frame)) {
        refuse(refOf(frame), makeError(Code::Unauthenticated, "say hello with a token or ticket first"));
        end(CloseCode::Unauthenticated, "hello must come first");
        return false;
    }
    hasSaidHello_ = true;
    holdReading(true);
    return true;
}

// ---- to the client ---------------------------------------------------------------------------------------------

void ChatConnection::receive(const Authenticated &authenticated)
{
    // Also for a peer that was let in as somebody else and has shown a token in its hello.
    userId_ = authenticated.principal.userId;
    if (!needsHello_)
        return;
    needsHello_ = false;
    setFrameLimits(limits_.open);
    releasePreAuth();
    holdReading(false);
}

void ChatConnection::refuse(const std::string &ref, const Error &error)
{
    wire::ErrorFrame frame;
    if (!ref.empty())
        frame.ref = ref;
    frame.code = error.code;
    frame.message = error.message;
    frame.retryable = error.retryable;
    if (error.retryAfterMs)
        frame.retryAfterMs = static_cast<std::uint64_t>(*error.retryAfterMs);
    if (!error.pointer.empty())
        frame.errors.push_back({error.pointer, error.message});
    frame.correlationId = correlationId();
    say(std::move(frame));
}

/// A frame of the edge's own, for this connection.
void ChatConnection::say(wire::ServerBody body)
{
    wire::ServerFrame frame;
    frame.id = context().ids.make<EventId>();
    frame.timestamp.ms = context().clock.wallMs();
    frame.userId = userId_;
    frame.body = std::move(body);
    EncodedEvent event(frame);
    send(event, false);
}

void ChatConnection::receive(const Unicast &unicast)
{
    EncodedEvent event(unicast.frame);
    // Before it is known who this is, frames are for nobody.
    if (unicast.frame.userId.empty() || isForThisUser(unicast.frame))
        send(event, unicast.droppable);
}

void ChatConnection::deliver(EncodedEvent &event)
{
    if (isForThisUser(event.frame()))
        send(event, false);
}

bool ChatConnection::isForThisUser(const wire::ServerFrame &frame)
{
    if (frame.userId == userId_)
        return true;
    ++context().counters.isolationViolations;
    context().log.write({LogLevel::Critical,
                         "isolation.violation",
                         "a frame of another user was stopped",
                         "edge",
                         correlationId(),
                         {{"connection_id", toString(connectionId_)}, {"type", std::string(typeName(frame.body))}},
                         0});
    return false;
}

void ChatConnection::send(EncodedEvent &event, bool isDroppable)
{
    const std::string_view type = typeName(event.frame().body);
    if (v1_) {
        std::vector<std::string> frames;
        v1_->translate(event.frame(), frames);
        for (std::string &text : frames) {
            OutgoingFrame frame = textFrame(std::move(text));
            frame.isDroppable = isDroppable;
            push(std::move(frame), type);
        }
    } else if (encoding_ == wire::Encoding::Json) {
        push({event.json(), FrameEncoding::Text, &wire::appendSequenceJson, isDroppable}, type);
    } else {
        push({event.protobuf(), FrameEncoding::Binary, &wire::appendSequenceProtobuf, isDroppable}, type);
    }
}

// ---- time ------------------------------------------------------------------------------------------------------

void ChatConnection::sweep(MonotonicTime now)
{
    if (isEnding())
        return;
    const Limits &limits = context().settings.limits;
    if (needsHello_ && !hasSaidHello_ && now - openedAt() >= limits.hello)
        return end(CloseCode::HelloTimeout, "no hello in time");
    if (now - lastActivity() >= limits.idle)
        end(CloseCode::Idle, "nothing was said for a long time");
}

} // namespace orchestra
