// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/wire_client.h"

#include "shared/wire/json_codec.h"
#include "shared/wire/protobuf_codec.h"

#include <QNetworkRequest>
#include <QTest>

namespace orchestra {

WireClient::WireClient(Options options)
    : options_(std::move(options))
    , reader_(wire::kServerFrameDepth)
{
}

void WireClient::connectNow()
{
    cut();
    socket_ = std::make_unique<QWebSocket>();
    welcomes = 0;
    sequence_ = 0;
    isHelloAnswered_ = false;
    closeCode.reset();
    QWebSocket *socket = socket_.get();
    QObject::connect(socket, &QWebSocket::connected, socket, [this] { sayHello(); });
    QObject::connect(socket, &QWebSocket::disconnected, socket,
                     [this, socket] { closeCode = static_cast<int>(socket->closeCode()); });
    QObject::connect(socket, &QWebSocket::textMessageReceived, socket, [this](const QString &text) {
        const QByteArray utf8 = text.toUtf8();
        receive({utf8.constData(), static_cast<std::size_t>(utf8.size())}, false);
    });
    QObject::connect(socket, &QWebSocket::binaryMessageReceived, socket, [this](const QByteArray &bytes) {
        receive({bytes.constData(), static_cast<std::size_t>(bytes.size())}, true);
    });
    QNetworkRequest request(QUrl(
        QStringLiteral("ws://127.0.0.1:%1/chat/ws/%2/%3").arg(options_.port).arg(options_.user, options_.session)));
    request.setRawHeader("Sec-WebSocket-Protocol", options_.protobuf ? "orchestra.v2.protobuf" : "orchestra.v2.json");
    if (!options_.token.isEmpty())
        request.setRawHeader("Authorization", "Bearer " + options_.token.toUtf8());
    socket_->open(request);
}

void WireClient::sayHello()
{
    wire::Hello hello;
    hello.id = "hello";
    hello.versions = {2};
    for (const auto &[thread, cursor] : cursors_)
        hello.cursors.push_back(cursor);
    send(hello);
}

bool WireClient::join(int timeoutMs)
{
    connectNow();
    return waitUntil([this] { return isWelcome() || closeCode; }, timeoutMs) && isWelcome();
}

void WireClient::cut()
{
    if (!socket_)
        return;
    socket_->disconnect();
    socket_->abort();
    socket_.release()->deleteLater(); // we may be called from one of its signals
}

bool WireClient::send(const wire::ClientFrame &frame)
{
    if (!socket_ || !socket_->isValid())
        return false;
    std::string bytes;
    if (options_.protobuf) {
        wire::encodeClientProtobuf(frame, bytes);
        socket_->sendBinaryMessage(QByteArray::fromStdString(bytes));
    } else {
        wire::encodeClientJson(frame, bytes);
        socket_->sendTextMessage(QString::fromStdString(bytes));
    }
    return true;
}

bool WireClient::chat(const std::string &id, const std::string &content)
{
    wire::Chat frame;
    frame.id = id;
    frame.content = content;
    return send(frame);
}

void WireClient::receive(std::string_view bytes, bool binary)
{
    const auto decoded = binary ? wire::decodeServerProtobuf(reader_, bytes) : wire::decodeServerJson(reader_, bytes);
    if (decoded)
        note(decoded->frame, decoded->sequence);
    else
        ++unreadable;
}

void WireClient::note(const wire::ServerFrame &frame, std::uint64_t sequence)
{
    sequenceGaps += sequence == sequence_ + 1 ? 0 : 1;
    sequence_ = sequence;
    if (!options_.user.isEmpty() && frame.userId != options_.user.toStdString())
        ++foreignFrames;
    if (const auto *welcome = std::get_if<wire::Welcome>(&frame.body)) {
        ++welcomes;
        isHelloAnswered_ = isHelloAnswered_ || welcome->ref == "hello";
        for (const wire::ThreadPosition &position : welcome->threads) {
            thread_ = position.threadId;
            if (!isHelloAnswered_ && cursors_.contains(position.threadId))
                continue; // the hello was late; its answer says where we are
            if (position.outcome == wire::ResumeOutcome::Current || position.outcome == wire::ResumeOutcome::Reset)
                cursors_[position.threadId] = {position.threadId, position.epoch, position.to};
        }
    }
    const bool isOfThread = frame.threadId && (frame.offset || std::holds_alternative<wire::Snapshot>(frame.body));
    if (!isHelloAnswered_ && isOfThread && cursors_.contains(*frame.threadId))
        return; // comes again with the answer to the hello
    if (const auto *snapshot = std::get_if<wire::Snapshot>(&frame.body); snapshot && snapshot->last && frame.threadId)
        cursors_[*frame.threadId] = {*frame.threadId, snapshot->epoch, snapshot->offset};
    if (frame.offset && frame.threadId) {
        wire::Cursor &cursor = cursors_[*frame.threadId];
        const bool follows = cursor.epoch == *frame.epoch && cursor.offset + 1 == *frame.offset;
        offsetGaps += follows ? 0 : 1;
        cursor = {*frame.threadId, *frame.epoch, *frame.offset};
    }
    frames.push_back(frame);
    if (onFrame)
        onFrame(frame);
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> WireClient::positions() const
{
    std::vector<std::pair<std::uint64_t, std::uint64_t>> out;
    for (const wire::ServerFrame &frame : frames)
        if (frame.offset)
            out.emplace_back(*frame.epoch, *frame.offset);
    return out;
}

std::string WireClient::text() const
{
    std::string out;
    for (const auto &token : bodies<wire::StreamToken>())
        out += token.content;
    return out;
}

bool waitUntil(const std::function<bool()> &condition, int timeoutMs)
{
    return QTest::qWaitFor(condition, timeoutMs);
}

} // namespace orchestra
