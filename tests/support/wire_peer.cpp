// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/wire_peer.h"

#include "shared/wire/json_codec.h"
#include "shared/wire/ops_codec.h"
#include "shared/wire/protobuf_codec.h"

#include <QNetworkRequest>
#include <QWebSocket>

namespace orchestra {
namespace {

std::optional<wire::OpsClientFrame> decode(wire::JsonReader &reader, std::string_view bytes, bool,
                                           const wire::OpsClientFrame *)
{
    auto decoded = wire::decodeOpsClient(reader, bytes);
    return decoded ? std::optional(std::move(*decoded)) : std::nullopt;
}

std::optional<wire::ClientFrame> decode(wire::JsonReader &reader, std::string_view bytes, bool isBinary,
                                        const wire::ClientFrame *)
{
    auto decoded = isBinary ? wire::decodeClientProtobuf(reader, bytes) : wire::decodeClientJson(reader, bytes);
    auto *frame = std::get_if<wire::ClientFrame>(&decoded);
    return frame ? std::optional(std::move(*frame)) : std::nullopt;
}

void encode(const wire::OpsServerFrame &frame, std::uint64_t sequence, bool, std::string &out)
{
    wire::encodeOpsServer(frame, out);
    wire::appendOpsSequence(sequence, out);
}

void encode(const wire::ServerFrame &frame, std::uint64_t sequence, bool isBinary, std::string &out)
{
    if (isBinary) {
        wire::encodeServerProtobuf(frame, out);
        wire::appendSequenceProtobuf(sequence, out);
    } else {
        wire::encodeServerJson(frame, out);
        wire::appendSequenceJson(sequence, out);
    }
}

} // namespace

template <class FromClient, class ToClient>
WirePeer<FromClient, ToClient>::WirePeer(const QStringList &subprotocols)
    : server_(QStringLiteral("peer"), QWebSocketServer::NonSecureMode)
{
    server_.setSupportedSubprotocols(subprotocols);
    if (!server_.listen(QHostAddress::LocalHost))
        qFatal("the peer cannot listen: %s", qPrintable(server_.errorString()));
    connect(&server_, &QWebSocketServer::newConnection, this, &WirePeer::accept);
}

template <class FromClient, class ToClient>
WirePeer<FromClient, ToClient>::~WirePeer()
{
    if (socket_)
        socket_->disconnect(this);
}

template <class FromClient, class ToClient>
QString WirePeer<FromClient, ToClient>::address() const
{
    return QStringLiteral("127.0.0.1:%1").arg(server_.serverPort());
}

template <class FromClient, class ToClient>
void WirePeer<FromClient, ToClient>::accept()
{
    QWebSocket *socket = server_.nextPendingConnection();
    socket->setParent(this);
    socket_ = socket;
    ended_ = false;
    sequence_ = 0;
    ++connections_;
    authorization_ = socket->request().rawHeader("Authorization");
    path_ = socket->requestUrl().path();
    isBinary_ = socket->subprotocol() != QLatin1String("orchestra.v2.json");
    connect(socket, &QWebSocket::binaryMessageReceived, this, [this](const QByteArray &bytes) { read(bytes, true); });
    connect(socket, &QWebSocket::textMessageReceived, this,
            [this](const QString &text) { read(text.toUtf8(), false); });
    connect(socket, &QWebSocket::disconnected, this, [this, socket] {
        if (socket == socket_)
            ended_ = true;
        socket->deleteLater();
    });
    if (onConnected)
        onConnected();
}

template <class FromClient, class ToClient>
void WirePeer<FromClient, ToClient>::read(const QByteArray &bytes, bool isBinary)
{
    const auto frame = decode(reader_, std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())),
                              isBinary, static_cast<const FromClient *>(nullptr));
    if (!frame) {
        ++unreadable;
        return;
    }
    received.push_back(*frame);
    if (onFrame)
        onFrame(*frame);
}

template <class FromClient, class ToClient>
void WirePeer<FromClient, ToClient>::send(const ToClient &frame)
{
    std::string bytes;
    encode(frame, ++sequence_, isBinary_, bytes);
    sendRaw(QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size())));
}

template <class FromClient, class ToClient>
void WirePeer<FromClient, ToClient>::sendRaw(const QByteArray &bytes)
{
    if (!socket_)
        return;
    if (isBinary_)
        socket_->sendBinaryMessage(bytes);
    else
        socket_->sendTextMessage(QString::fromUtf8(bytes));
}

template <class FromClient, class ToClient>
void WirePeer<FromClient, ToClient>::close(quint16 code, const QString &reason)
{
    if (socket_)
        socket_->close(static_cast<QWebSocketProtocol::CloseCode>(code), reason);
}

template <class FromClient, class ToClient>
void WirePeer<FromClient, ToClient>::vanish()
{
    if (socket_)
        socket_->abort();
}

template class WirePeer<wire::OpsClientFrame, wire::OpsServerFrame>;
template class WirePeer<wire::ClientFrame, wire::ServerFrame>;

OpsPeer::OpsPeer()
    : WirePeer({QStringLiteral("orchestra.ops.v1.protobuf")})
{
}

void OpsPeer::welcome(const std::string &role)
{
    onConnected = [this, role] {
        wire::OpsWelcome welcome;
        welcome.connectionId = fixedId<ConnectionId>(0xffff);
        welcome.userId = "olga";
        welcome.role = role;
        welcome.serverName = "test-1";
        welcome.environment = "dev";
        welcome.serverVersion = "9.9.9";
        welcome.address = "127.0.0.1:8700";
        send(welcome);
    };
    onFrame = [this](const wire::OpsClientFrame &frame) {
        if (const auto *subscribe = std::get_if<wire::Subscribe>(&frame))
            sendSnapshot(subscribe->topic, 1, {}, 0);
        else if (const auto *ping = std::get_if<wire::OpsPing>(&frame))
            send(wire::OpsPong{ping->id, {}});
    };
}

void OpsPeer::sendSnapshot(wire::Topic topic, std::uint64_t revision, wire::Rows rows, std::uint64_t total,
                           std::optional<std::uint64_t> matched)
{
    wire::TopicSnapshot snapshot;
    snapshot.topic = topic;
    snapshot.revision = revision;
    snapshot.last = true;
    snapshot.total = total;
    snapshot.matched = matched.value_or(total);
    snapshot.rows = std::move(rows);
    send(snapshot);
}

void OpsPeer::sendDelta(wire::Topic topic, std::uint64_t base, wire::Rows upserts, std::vector<std::string> removed,
                        std::uint64_t total)
{
    wire::TopicDelta delta;
    delta.topic = topic;
    delta.baseRevision = base;
    delta.revision = base + 1;
    delta.total = total;
    delta.matched = total;
    delta.upserts = std::move(upserts);
    delta.removed = std::move(removed);
    send(delta);
}

std::optional<wire::Subscribe> OpsPeer::subscription(wire::Topic topic) const
{
    std::optional<wire::Subscribe> last;
    for (const wire::Subscribe &subscribe : bodies<wire::Subscribe>())
        if (subscribe.topic == topic)
            last = subscribe;
    return last;
}

ChatPeer::ChatPeer()
    : WirePeer({QStringLiteral("orchestra.v2.json"), QStringLiteral("orchestra.v2.protobuf")})
    , thread(fixedId<ThreadId>(77))
{
}

void ChatPeer::say(wire::ServerBody body, std::optional<TaskId> task, std::uint64_t offset)
{
    wire::ServerFrame frame;
    frame.id = fixedId<EventId>(static_cast<std::uint32_t>(++events_));
    frame.timestamp = {now};
    frame.userId = "synthetic:tester-1";
    frame.threadId = thread;
    if (offset > 0) {
        frame.epoch = 1;
        frame.offset = offset;
    }
    frame.taskId = task;
    frame.body = std::move(body);
    send(frame);
}

void ChatPeer::welcome(std::uint64_t offset, bool answersHello)
{
    wire::Welcome welcome;
    if (const auto hellos = bodies<wire::Hello>(); answersHello && !hellos.empty())
        welcome.ref = hellos.back().id;
    welcome.connectionId = fixedId<ConnectionId>(5);
    welcome.role = "tester";
    welcome.threads = {{thread, wire::ResumeOutcome::Current, 1, offset, offset}};
    say(welcome);
    say(wire::ResumeDone{});
}

} // namespace orchestra
