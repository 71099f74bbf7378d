// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/endpoint.h"
#include "console/link/socket.h"
#include "console/link/v1_dialogue.h"
#include "shared/base/ids.h"
#include "shared/wire/chat_messages.h"
#include "shared/wire/json_reader.h"

#include <map>
#include <optional>

namespace orchestra {

enum class ChatEncoding : std::uint8_t { Json, Protobuf, V1Json };

/// A chat connection as any client has one, in frames of protocol version 2 whatever it speaks on the wire: connects,
/// keeps the cursor of every thread it hears of (version 1 has none), and resumes from there after reconnect(). It
/// decides nothing by itself: when to reconnect is the owner's word. Lives on: gui.
class ChatClient final : public QObject
{
    Q_OBJECT

public:
    struct Options
    {
        Endpoint endpoint = Endpoint::local();
        QString token; ///< empty: anonymous, as `clientId`
        QString pin;
        QString clientId;
        QString sessionId;
        ChatEncoding encoding = ChatEncoding::Json;
    };

    /// Both must outlive the client.
    ChatClient(const Clock &clock, RandomSource &random, QObject *parent = nullptr);

    /// Forgets all cursors and connects.
    void connectTo(Options options);
    /// Connects again with the cursors at hand.
    void reconnect();
    void close();
    /// Drops the connection as a broken link would.
    void cut();
    bool isOpen() const { return socket_.isOpen(); }

    /// Sends a frame; one that has an empty `id` is given one. Returns the id (empty for an ack). Nothing is queued:
    /// when the connection is not open the frame is dropped and the id is empty.
    std::string send(wire::ClientFrame frame);

    const std::map<ThreadId, wire::Cursor> &cursors() const { return cursors_; }
    /// The thread of (user, session), known from the welcome on.
    std::optional<ThreadId> defaultThread() const { return defaultThread_; }
    std::uint64_t lastSequence() const { return lastSequence_; }

Q_SIGNALS:
    /// The WebSocket is open and hello is sent.
    void opened();
    void received(const orchestra::wire::ServerFrame &frame);
    /// Every frame in either direction, for a protocol log. `raw` is JSON text or protobuf bytes.
    void traced(bool outbound, const QString &type, qint64 bytes, quint64 sequence, const QByteArray &raw);
    /// The connection's sequence did not continue: frames were lost.
    void sequenceGap(quint64 expected, quint64 got);
    /// A frame could not be read.
    void malformed(const QString &why);
    void closed(quint16 code, const QString &reason);

private:
    void whenOpened();
    void whenText(const QByteArray &utf8);
    void whenBinary(const QByteArray &bytes);
    void handle(const wire::ServerFrame &frame, std::uint64_t sequence, const QByteArray &raw);
    void advanceCursor(const wire::ServerFrame &frame);

    void deliver(const std::vector<wire::ServerFrame> &frames);
    bool comesAgain(const wire::ServerFrame &frame) const;

    const Clock &clock_;
    IdSource ids_;
    std::optional<V1Dialogue> v1_; ///< while version 1 is spoken
    wire::JsonReader reader_;
    Options options_;
    Socket socket_;
    std::map<ThreadId, wire::Cursor> cursors_;
    std::optional<ThreadId> defaultThread_;
    std::uint64_t lastSequence_ = 0;
    std::string helloId_;
    bool isHelloAnswered_ = false;
};

/// The wire name of a frame, for example stream_token.
std::string_view frameType(const wire::ServerFrame &frame);
std::string_view frameType(const wire::ClientFrame &frame);

} // namespace orchestra
