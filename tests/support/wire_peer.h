// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/chat_messages.h"
#include "shared/wire/json_reader.h"
#include "shared/wire/ops_messages.h"

#include <QObject>
#include <QPointer>
#include <QWebSocketServer>

#include <functional>
#include <optional>
#include <vector>

class QWebSocket;

namespace orchestra {

/// A server that a test plays by hand: a real WebSocket on the loopback interface, one client at a time (the last that
/// came), every frame as a message of the wire. It answers nothing by itself. What the server cannot read is counted.
template <class FromClient, class ToClient>
class WirePeer : public QObject
{
public:
    explicit WirePeer(const QStringList &subprotocols);
    ~WirePeer() override;

    /// 127.0.0.1:PORT
    QString address() const;
    bool isConnected() const { return socket_ && !ended_; }
    int connections() const { return connections_; }
    QByteArray authorization() const { return authorization_; }
    QString path() const { return path_; }

    void send(const ToClient &frame);
    /// Bytes that may be anything.
    void sendRaw(const QByteArray &bytes);
    /// Skips numbers of the connection's sequence.
    void skipSequence(std::uint64_t count) { sequence_ += count; }
    void close(quint16 code, const QString &reason);
    /// Drops the connection without a close frame.
    void vanish();
    /// Refuses whoever comes from now on.
    void stopListening() { server_.close(); }

    std::vector<FromClient> received; ///< over all connections
    std::function<void(const FromClient &)> onFrame;
    std::function<void()> onConnected;
    int unreadable = 0;

    template <class Body>
    std::vector<Body> bodies() const
    {
        std::vector<Body> out;
        for (const FromClient &frame : received)
            if (const auto *body = std::get_if<Body>(&frame))
                out.push_back(*body);
        return out;
    }
    template <class Body>
    int count() const
    {
        return static_cast<int>(bodies<Body>().size());
    }

private:
    void accept();
    void read(const QByteArray &bytes, bool isBinary);

    QWebSocketServer server_;
    QPointer<QWebSocket> socket_;
    wire::JsonReader reader_;
    std::uint64_t sequence_ = 0;
    int connections_ = 0;
    bool ended_ = false;
    bool isBinary_ = true;
    QByteArray authorization_;
    QString path_;
};

/// GET /ops/ws
class OpsPeer final : public WirePeer<wire::OpsClientFrame, wire::OpsServerFrame>
{
public:
    OpsPeer();

    /// Welcomes the client as an operator and answers each subscription with an empty snapshot, until told otherwise.
    void welcome(const std::string &role = "operator");
    /// The rows of a topic, whole.
    void sendSnapshot(wire::Topic topic, std::uint64_t revision, wire::Rows rows, std::uint64_t total,
                      std::optional<std::uint64_t> matched = {});
    void sendDelta(wire::Topic topic, std::uint64_t base, wire::Rows upserts, std::vector<std::string> removed,
                   std::uint64_t total);
    /// The last subscription of a topic.
    std::optional<wire::Subscribe> subscription(wire::Topic topic) const;
};

/// GET /chat/ws, version 2 in JSON or protobuf, whichever the client wants.
class ChatPeer final : public WirePeer<wire::ClientFrame, wire::ServerFrame>
{
public:
    ChatPeer();

    /// A frame of the conversation; `offset` 0: not durable.
    void say(wire::ServerBody body, std::optional<TaskId> task = {}, std::uint64_t offset = 0);
    /// Welcomes the client to its own thread, which is at `offset`, and says that resuming is done: as the answer to its
    /// hello, or as a server does that has waited for one in vain.
    void welcome(std::uint64_t offset = 0, bool answersHello = true);

    const ThreadId thread;
    WallMs now = 1'780'000'000'000;

private:
    std::uint64_t events_ = 0;
};

/// The n-th id of a kind, the same in every run.
template <class IdType>
IdType fixedId(std::uint32_t number)
{
    std::array<std::uint8_t, 16> bytes{};
    bytes[0] = 1;
    bytes[6] = 0x70;
    bytes[8] = 0x80;
    for (std::size_t i = 0; i < 4; ++i)
        bytes[12 + i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
    return IdType(bytes);
}

} // namespace orchestra
