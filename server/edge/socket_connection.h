// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/edge/edge_connection.h"
#include "server/edge/frame_socket.h"
#include "server/edge/frame_traces.h"
#include "server/edge/message_budget.h"
#include "server/edge/send_queue.h"

#include <QWebSocket>

#include <memory>
#include <string>
#include <string_view>

namespace orchestra {

/// The limits of a thread's WebSockets in the forms that their parts want. Constant after construction.
struct SocketLimits
{
    explicit SocketLimits(const EdgeSettings &settings);

    FrameLimits open;
    FrameLimits preAuth; ///< before the hello
    FrameLimits ops;
    SendQueueLimits queue;
};

/// What chat and operations connections have in common: a WebSocket with its outbound queue, its numbers, and its end,
/// which the hub hears of exactly once.
/// Of the upgrade only what is needed later is kept: connections are many, and most of them idle.
/// The way in: construct; give socket() to QWebSocketServer::handleConnection(); open() when that has answered 101.
/// Lives on: edge.
class SocketConnection : public EdgeConnection, private FrameSocketListener
{
public:
    /// Takes the wire and the first bytes out of `upgrade`.
    SocketConnection(EdgeContext &context, FrameSocketPool &pool, const FrameLimits &frames,
                     const SendQueueLimits &queue, std::uint64_t serial, AdmittedUpgrade &upgrade);
    ~SocketConnection() override;

    FrameSocket &socket() { return *socket_; }
    void open(std::unique_ptr<QWebSocket> engine);

    void receive(const CloseConnection &close) override;
    void receive(const FramesWanted &wanted) override;
    void finishPart() override;
    void pauseReading() override;
    void resumeReading() override;
    void report(std::vector<ConnectionStats> &reports) override;
    void cut() override;

protected:
    virtual void onText(const QString &text) = 0;
    virtual void onBinary(const QByteArray &bytes) = 0;

    EdgeContext &context() { return context_; }
    ConnectionKey key() const { return context_.key(serial_); }
    const std::string &correlationId() const { return correlationId_; }
    MonotonicTime openedAt() const { return openedAt_; }
    bool isEnding() const { return isEnding_; }
    MonotonicTime lastActivity() const;

    /// Queues a frame; a reader that is too slow for it is closed with 4101.
    void push(OutgoingFrame frame, std::string_view type);
    /// Counts and remembers a message that came in.
    void noteInbound(std::string_view type, std::size_t bytes);
    /// Counts a refused frame. False when it was one too many and the connection is being closed with 4009.
    bool countViolation(Code code);
    /// Sends a close and takes nothing more.
    void end(CloseCode code, std::string_view reason);
    void setFrameLimits(const FrameLimits &limits);
    /// Reading stops until resume() while at least one reason holds.
    void holdReading(bool isHeld);
    /// Gives back the place in the pre-auth pool.
    void releasePreAuth();

private:
    void onViolated(FrameViolation violation) override;
    void onDrained() override { queue_.feed(); }
    void onEngineClosing() override;
    void onEnded() override;
    void checkSequence();
    void updateReading();

    EdgeContext &context_;
    const std::uint64_t serial_;
    const std::string correlationId_;
    const MonotonicTime openedAt_;
    const Address client_; ///< for whom slots_ were taken
    SlotSet slots_;
    FrameSocket *socket_; ///< deletes itself; nullptr once it has ended
    std::unique_ptr<QWebSocket> engine_;
    SendQueue queue_;
    FrameTraces traces_;
    EventWindow violations_;
    std::uint64_t messagesIn_ = 0;
    std::uint64_t numbered_ = 0; ///< frames pushed that take a number
    std::uint64_t reportedDrops_ = 0;
    std::uint64_t reportedBytes_ = 0;
    std::uint16_t closeCode_ = 1006;
    std::string closeReason_;
    bool isEnding_ = false;
    bool isGone_ = false;
    bool hasPeerClosed_ = false;
    bool hasUnnumbered_ = false; ///< frames without a number were sent, too
    bool isHubBlocked_ = false;
    bool isHeld_ = false;
};

} // namespace orchestra
