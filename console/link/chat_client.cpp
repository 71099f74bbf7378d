// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/link/chat_client.h"

#include "shared/wire/json_codec.h"
#include "shared/wire/protobuf_codec.h"

namespace orchestra {
namespace {

std::string_view viewOf(const QByteArray &bytes)
{
    return {bytes.constData(), static_cast<std::size_t>(bytes.size())};
}

QString textOf(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString subprotocolOf(ChatEncoding encoding)
{
    switch (encoding) {
    case ChatEncoding::Protobuf:
        return QStringLiteral("orchestra.v2.protobuf");
    case ChatEncoding::V1Json:
        return QStringLiteral("orchestra.v1.json");
    default:
        return QStringLiteral("orchestra.v2.json");
    }
}

} // namespace

std::string_view frameType(const wire::ServerFrame &frame)
{
    return std::visit([](const auto &body) { return body.kType; }, frame.body);
}

std::string_view frameType(const wire::ClientFrame &frame)
{
    return std::visit([](const auto &body) { return body.kType; }, frame);
}

ChatClient::ChatClient(const Clock &clock, RandomSource &random, QObject *parent)
    : QObject(parent)
    , clock_(clock)
    , ids_(clock, random)
    , reader_(wire::kServerFrameDepth)
{
    connect(&socket_, &Socket::opened, this, &ChatClient::whenOpened);
    connect(&socket_, &Socket::textReceived, this, &ChatClient::whenText);
    connect(&socket_, &Socket::binaryReceived, this, &ChatClient::whenBinary);
    connect(&socket_, &Socket::closed, this, &ChatClient::closed);
}

void ChatClient::connectTo(Options options)
{
    options_ = std::move(options);
    cursors_.clear();
    defaultThread_.reset();
    reconnect();
}

void ChatClient::reconnect()
{
    lastSequence_ = 0;
    isHelloAnswered_ = false;
    v1_.reset();
    if (options_.encoding == ChatEncoding::V1Json)
        v1_.emplace(clock_, ids_, options_.clientId.toStdString());
    socket_.open({options_.endpoint.chatUrl(options_.clientId, options_.sessionId), options_.token,
                  subprotocolOf(options_.encoding), options_.pin});
}

void ChatClient::close()
{
    socket_.close();
}

void ChatClient::cut()
{
    socket_.abort();
}

void ChatClient::whenOpened()
{
    if (v1_) {
        Q_EMIT opened();
        deliver(v1_->greeting());
        return;
    }
    wire::Hello hello;
    hello.versions = {2};
    for (const auto &[thread, cursor] : cursors_)
        hello.cursors.push_back(cursor);
    helloId_ = send(hello);
    Q_EMIT opened();
}

std::string ChatClient::send(wire::ClientFrame frame)
{
    if (!socket_.isOpen())
        return {};
    const std::string fresh = toString(ids_.make<EventId>());
    const std::string id = std::visit(Overload{
                                          [](wire::ClientAck &) { return std::string(); },
                                          [&](wire::Ping &ping) {
                                              if (!ping.id)
                                                  ping.id = fresh;
                                              return *ping.id;
                                          },
                                          [&](auto &body) {
                                              if (body.id.empty())
                                                  body.id = fresh;
                                              return body.id;
                                          },
                                      },
                                      frame);
    if (v1_) {
        const std::optional<QByteArray> text = v1_->encode(frame);
        if (!text)
            return {};
        socket_.sendText(*text);
        Q_EMIT traced(true, V1Dialogue::typeOf(*text), text->size(), 0, *text);
        deliver(v1_->echo(frame));
        return id;
    }
    std::string bytes;
    if (options_.encoding == ChatEncoding::Json)
        wire::encodeClientJson(frame, bytes);
    else
        wire::encodeClientProtobuf(frame, bytes);
    const QByteArray raw(bytes.data(), static_cast<qsizetype>(bytes.size()));
    if (options_.encoding == ChatEncoding::Json)
        socket_.sendText(raw);
    else
        socket_.sendBinary(raw);
    Q_EMIT traced(true, textOf(frameType(frame)), raw.size(), 0, raw);
    return id;
}

void ChatClient::deliver(const std::vector<wire::ServerFrame> &frames)
{
    for (const wire::ServerFrame &frame : frames)
        Q_EMIT received(frame);
}

void ChatClient::whenText(const QByteArray &utf8)
{
    if (v1_) {
        Q_EMIT traced(false, V1Dialogue::typeOf(utf8), utf8.size(), 0, utf8);
        deliver(v1_->decode(utf8));
        return;
    }
    const auto decoded = wire::decodeServerJson(reader_, viewOf(utf8));
    if (decoded)
        handle(decoded->frame, decoded->sequence, utf8);
    else
        Q_EMIT malformed(QString::fromStdString(decoded.error().message));
}

void ChatClient::whenBinary(const QByteArray &bytes)
{
    const auto decoded = wire::decodeServerProtobuf(reader_, viewOf(bytes));
    if (decoded)
        handle(decoded->frame, decoded->sequence, bytes);
    else
        Q_EMIT malformed(QString::fromStdString(decoded.error().message));
}

void ChatClient::handle(const wire::ServerFrame &frame, std::uint64_t sequence, const QByteArray &raw)
{
    Q_EMIT traced(false, textOf(frameType(frame)), raw.size(), sequence, raw);
    if (sequence != lastSequence_ + 1)
        Q_EMIT sequenceGap(lastSequence_ + 1, sequence);
    lastSequence_ = sequence;
    if (const auto *welcome = std::get_if<wire::Welcome>(&frame.body))
        isHelloAnswered_ = isHelloAnswered_ || welcome->ref == helloId_;
    if (comesAgain(frame))
        return;
    advanceCursor(frame);
    Q_EMIT received(frame);
}

/// A server that has waited for our hello in vain takes up the conversation where it is. Our hello then asks for what
/// we have missed, and with it comes what we get too early here.
bool ChatClient::comesAgain(const wire::ServerFrame &frame) const
{
    const bool isOfThread = frame.offset || std::holds_alternative<wire::Snapshot>(frame.body);
    return !isHelloAnswered_ && isOfThread && frame.threadId && cursors_.contains(*frame.threadId);
}

void ChatClient::advanceCursor(const wire::ServerFrame &frame)
{
    if (const auto *welcome = std::get_if<wire::Welcome>(&frame.body)) {
        for (const wire::ThreadPosition &thread : welcome->threads) {
            // The server lists the session's own thread first.
            if (!defaultThread_)
                defaultThread_ = thread.threadId;
            // What the outcome promises counts only once it has come; "current" promises nothing more.
            if (thread.outcome == wire::ResumeOutcome::Current &&
                (isHelloAnswered_ || !cursors_.contains(thread.threadId)))
                cursors_[thread.threadId] = {thread.threadId, thread.epoch, thread.to};
        }
    }
    if (!frame.threadId)
        return;
    if (const auto *snapshot = std::get_if<wire::Snapshot>(&frame.body)) {
        if (snapshot->last)
            cursors_[*frame.threadId] = {*frame.threadId, snapshot->epoch, snapshot->offset};
    } else if (frame.epoch && frame.offset) {
        cursors_[*frame.threadId] = {*frame.threadId, *frame.epoch, *frame.offset};
    }
}

} // namespace orchestra
