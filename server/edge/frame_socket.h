// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/edge/frame_limits.h"
#include "server/edge/frame_parser.h"
#include "server/edge/frame_sink.h"
#include "server/edge/frame_socket_pool.h"
#include "server/edge/wire.h"

#include <QPointer>
#include <QTcpSocket>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

class QWebSocket;

namespace orchestra {

/// What one connection has moved so far.
struct FrameCounters
{
    std::uint64_t framesIn = 0;
    std::uint64_t framesOut = 0; ///< those of writeFrame()
    std::uint64_t bytesIn = 0;   ///< after the upgrade request, without TLS
    std::uint64_t bytesOut = 0;
    MonotonicTime lastActivity{}; ///< bytes either way
};

/// What the owner of a FrameSocket is told. Plain calls: a signal connection takes a hundred bytes of every socket.
/// Lives on: edge.
class FrameSocketListener
{
public:
    /// Comes just before the consequences. The listener may close the QWebSocket with a code of its own.
    virtual void onViolated(FrameViolation violation) = 0;
    /// The unsent bytes have come down to FrameLimits::drainMark after having been above it.
    virtual void onDrained() = 0;
    /// The QWebSocket closes, on its own account or in answer to the peer; told more than once.
    virtual void onEngineClosing() = 0;
    /// The connection is over. The socket deletes itself in a later turn.
    virtual void onEnded() = 0;

protected:
    ~FrameSocketListener() = default;
};

/// A TCP socket facade that makes QtWebSockets fit to face a network, as QSslSocket is a facade over TCP.
/// It stands between the wire (plain or TLS) and the QWebSocket of QWebSocketServer::handleConnection() and hands that
/// only whole, merged, checked frames, so QtWebSockets never waits for the rest of one. It keeps the limits and
/// deadlines, holds the unsent bytes and sends those of a loop turn with one system call.
///
/// The way in: construct; `offerHandshake()`; `QWebSocketServer::handleConnection(this)`; when that announces the
/// QWebSocket, connect to its messages and call `start()`. Nothing is read before, so no frame is lost.
/// The way out: QWebSocket::close(), a violation, the peer or a deadline; the listener hears of it, and the socket
/// deletes itself. A violation closes the QWebSocket with its code; when the peer does not read, the wire is cut.
/// The peer's end is never told from inside a call into this class, only from the event loop.
/// Lives on: edge.
class FrameSocket final : public QTcpSocket, public FrameSink, private WireListener
{
public:
    /// Takes the connected `wire` over. `limits` must outlive the socket or be replaced.
    FrameSocket(FrameSocketPool &pool, const FrameLimits &limits, std::unique_ptr<Wire> wire);
    ~FrameSocket() override;

    /// From now on `listener` is told; nullptr: nobody.
    void tell(FrameSocketListener *listener) { listener_ = listener; }

    /// `head` is the upgrade request up to its empty line, `rest` what followed it.
    void offerHandshake(std::string head, std::string rest);
    /// Sends the 101 (without the Access-Control header that QtWebSockets adds) and begins to read.
    void start(QWebSocket &engine);

    void setLimits(const FrameLimits &limits);

    /// Until `resumeReading()` no further message is handed to the QWebSocket and nothing is read: the peer is held up
    /// by TCP. May be called from a message handler. The message deadline does not run meanwhile.
    void pauseReading();
    void resumeReading();

    /// Ignored once a close was sent or the connection has ended.
    void writeFrame(std::string_view head, std::string_view body, std::string_view tail) override;
    std::size_t bytesUnsent() const override;

    /// Ends it at once, without a word to the peer. Not from inside a call of the QWebSocket.
    void cut();

    const FrameCounters &counters() const { return counters_; }
    const Wire &wire() const { return *wire_; }

    qint64 bytesAvailable() const override;
    qint64 bytesToWrite() const override;
    void close() override;
    void disconnectFromHost() override;

protected:
    qint64 readData(char *data, qint64 maxSize) override;
    qint64 skipData(qint64 maxSize) override;
    qint64 writeData(const char *data, qint64 size) override;

private:
    friend class FrameSocketPool;

    enum class Stage {
        Handshake, ///< QWebSocketServer reads the request; its reply is held back
        Open,
        Closing,  ///< a close was sent or the reply refuses: waits until it is gone and the peer has answered
        Finished, ///< the wire is down and everybody was told
    };

    // the wire
    void onReadable() override { readWire(); }
    void onTaken() override;
    void onWireGone() override;

    void dropIdleConnections(QWebSocket &engine);

    // inbound
    void readWire();
    void countIn(std::size_t bytes);
    void takeBytes(std::string_view bytes, MonotonicTime now);
    void deliver(std::string_view frames);
    void linger(std::size_t bytes);
    void continueReading();
    bool isReadingPaused() const { return isPausedByOwner_ || isPausedByUnsent_; }
    void setPaused(bool &reason, bool isPaused);

    // outbound
    void endTurn();
    void flushUnsent();
    bool hasRoomFor(std::size_t bytes);
    void tellDrained();

    // the end
    void violate(FrameViolation violation);
    void actOnViolation();
    bool checkDeadlines(MonotonicTime now);
    void endWire();
    void finish();

    FrameSocketPool &pool_;
    const FrameLimits *limits_;
    const std::unique_ptr<Wire> wire_;
    FrameSocketListener *listener_ = nullptr;
    QPointer<QWebSocket> engine_;
    FrameParser parser_;
    FrameCounters counters_;

    std::string_view view_;  ///< what the QWebSocket may read now
    std::string handshake_;  ///< the request, until start()
    std::string heldFrames_; ///< checked, but held back by a pause
    std::string heldBytes_;  ///< not yet looked at: what came with the handshake or before a pause
    std::string unsent_;     ///< of this loop turn; what the wire has been given is the wire's

    Stage stage_ = Stage::Handshake;
    std::optional<FrameViolation> violation_;
    bool hasStarted_ = false;
    bool isInTurn_ = false; ///< bytes are being handed on: the turn's end will flush
    bool isTurnQueued_ = false;
    bool isWatched_ = false;
    bool isMute_ = false; ///< nothing is sent any more
    bool isEngineClosing_ = false;
    bool isPausedByOwner_ = false;
    bool isPausedByUnsent_ = false;
    bool isAboveDrainMark_ = false;
    bool hasLingered_ = false; ///< bytes were thrown away since the last sweep
    std::size_t lingered_ = 0;
    std::size_t poolIndex_ = 0;
    const MonotonicTime openedAt_;
    MonotonicTime pausedAt_{};
    std::optional<MonotonicTime> stalledSince_;
    std::optional<MonotonicTime> closingSince_;
};

} // namespace orchestra
