// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/socket_connection.h"

#include "shared/base/text.h"
#include "shared/wire/error_table.h"

#include <algorithm>

namespace orchestra {
namespace {

/// Of a close frame, RFC 6455 section 5.5.
constexpr std::size_t kMaxReason = 123;
constexpr std::chrono::milliseconds kViolationWindow = std::chrono::minutes(1);

/// What QtWebSockets is to see of the request: nothing that it could misunderstand or would keep in vain. The path is
/// the serial, by which the connection is found when it has answered.
std::string handshakeOf(const AdmittedUpgrade &upgrade, std::uint64_t serial)
{
    std::string head = "GET /" + std::to_string(serial);
    head += " HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ";
    head += upgrade.webSocketKey;
    if (!upgrade.wish.subprotocol.empty())
        head += "\r\nSec-WebSocket-Protocol: " + upgrade.wish.subprotocol;
    return head + "\r\n\r\n";
}

/// Close codes come from peers, too; only ours may become labels.
std::uint16_t countedCode(std::uint16_t code)
{
    return closeCodeFrom(code) || code == 1006 ? code : std::uint16_t{0};
}

} // namespace

SocketLimits::SocketLimits(const EdgeSettings &settings)
{
    const Limits &limits = settings.limits;
    open.messageBytes = limits.messageBytes;
    open.fragments = static_cast<unsigned>(limits.fragments);
    open.controlPerSecond = static_cast<unsigned>(limits.controlFramesPerSecond);
    open.controlBurst = 2 * open.controlPerSecond;
    open.handshakeDeadline = settings.admission;
    open.messageDeadline = limits.messageCompletion;
    open.stallDeadline = settings.stall;
    open.drainMark = limits.unsentBytes / 2;
    preAuth = open;
    preAuth.messageBytes = std::min(limits.preAuthFrameBytes, limits.messageBytes);
    ops = open;
    queue.feedBelow = limits.unsentBytes;
    queue.bytes = limits.queueBytes;
    queue.frames = limits.queueFrames;
}

SocketConnection::SocketConnection(EdgeContext &context, FrameSocketPool &pool, const FrameLimits &frames,
                                   const SendQueueLimits &queue, std::uint64_t serial, AdmittedUpgrade &upgrade)
    : context_(context)
    , serial_(serial)
    , correlationId_(upgrade.correlationId)
    , openedAt_(upgrade.openedAt)
    , client_(upgrade.client)
    , slots_(upgrade.slots)
    , socket_(new FrameSocket(pool, frames, std::move(upgrade.wire)))
    , queue_(*socket_, queue)
    , violations_(context.settings.limits.violationsPerMinute, kViolationWindow)
{
    socket_->tell(this);
    socket_->offerHandshake(handshakeOf(upgrade, serial_), std::move(upgrade.rest));
}

SocketConnection::~SocketConnection()
{
    // An open QWebSocket closes when it is destroyed; nobody is left to hear it.
    if (socket_)
        socket_->tell(nullptr);
}

void SocketConnection::open(std::unique_ptr<QWebSocket> engine)
{
    engine_ = std::move(engine);
    QObject::connect(engine_.get(), &QWebSocket::textMessageReceived, engine_.get(),
                     [this](const QString &text) { onText(text); });
    QObject::connect(engine_.get(), &QWebSocket::binaryMessageReceived, engine_.get(),
                     [this](const QByteArray &bytes) { onBinary(bytes); });
    ++context_.counters.opened;
    socket_->start(*engine_);
    updateReading();
    context_.hub.send(SocketOpened{key()});
}

void SocketConnection::onEngineClosing()
{
    hasPeerClosed_ = hasPeerClosed_ || !isEnding_;
    isEnding_ = true;
    queue_.end();
}

// ---- reading ---------------------------------------------------------------------------------------------------

void SocketConnection::pauseReading()
{
    isHubBlocked_ = true;
    updateReading();
}

void SocketConnection::resumeReading()
{
    isHubBlocked_ = false;
    updateReading();
}

void SocketConnection::holdReading(bool isHeld)
{
    isHeld_ = isHeld;
    updateReading();
}

void SocketConnection::updateReading()
{
    if (!socket_)
        return;
    if (isHubBlocked_ || isHeld_)
        socket_->pauseReading();
    else
        socket_->resumeReading();
}

void SocketConnection::noteInbound(std::string_view type, std::size_t bytes)
{
    ++messagesIn_;
    ++context_.counters.framesIn;
    traces_.add(context_.clock.wallMs(), false, type, bytes, 0);
}

bool SocketConnection::countViolation(Code code)
{
    ++context_.counters.validationFailures[std::string(errorRow(code).name)];
    if (!violations_.add(context_.clock.now()))
        return true;
    end(CloseCode::RepeatedViolations, "too many malformed frames");
    return false;
}

void SocketConnection::setFrameLimits(const FrameLimits &limits)
{
    if (socket_)
        socket_->setLimits(limits);
}

MonotonicTime SocketConnection::lastActivity() const
{
    return socket_ ? socket_->counters().lastActivity : MonotonicTime{};
}

// ---- writing ---------------------------------------------------------------------------------------------------

void SocketConnection::push(OutgoingFrame frame, std::string_view type)
{
    if (isEnding_ || !engine_)
        return;
    const std::size_t bytes = frame.body->size();
    if (frame.tail)
        ++numbered_;
    else
        hasUnnumbered_ = true;
    const std::uint64_t sequence = frame.tail ? numbered_ - queue_.droppedFrames() : 0;
    const bool isTaken = queue_.push(std::move(frame));
    if (const std::uint64_t dropped = queue_.droppedFrames(); dropped > reportedDrops_) {
        context_.counters.droppedProgress += dropped - reportedDrops_;
        reportedDrops_ = dropped;
    }
    if (!isTaken) {
        if (queue_.hasGivenUp()) {
            ++context_.counters.slowConsumers;
            end(CloseCode::TooSlow, "reads too slowly; resume to get the rest");
        }
        return;
    }
    ++context_.counters.framesOut;
    traces_.add(context_.clock.wallMs(), true, type, bytes, sequence);
}

void SocketConnection::finishPart()
{
    if (!isEnding_)
        queue_.whenDrained([this] { context_.hub.send(PartDrained{key()}); });
}

// ---- ending ----------------------------------------------------------------------------------------------------

void SocketConnection::receive(const CloseConnection &close)
{
    end(static_cast<CloseCode>(close.code), close.reason);
}

void SocketConnection::end(CloseCode code, std::string_view reason)
{
    if (isEnding_)
        return;
    isEnding_ = true;
    closeCode_ = static_cast<std::uint16_t>(code);
    closeReason_ = cutUtf8(reason, kMaxReason);
    queue_.end();
    if (!engine_)
        return cut(); // between the hub's yes and the 101
    engine_->close(static_cast<QWebSocketProtocol::CloseCode>(code), QString::fromStdString(closeReason_));
}

void SocketConnection::onViolated(FrameViolation violation)
{
    ++context_.counters.validationFailures[violation == FrameViolation::MessageTooBig ? "TOO_LARGE" : "INVALID"];
    isEnding_ = true;
    closeCode_ = static_cast<std::uint16_t>(orchestra::closeCode(violation));
    closeReason_ = closeReason(violation);
    queue_.end();
}

void SocketConnection::cut()
{
    if (isGone_)
        return;
    isEnding_ = true;
    queue_.end();
    if (engine_)
        engine_->abort();
    else if (socket_)
        socket_->cut();
}

void SocketConnection::onEnded()
{
    socket_ = nullptr;
    if (isGone_)
        return;
    isGone_ = true;
    isEnding_ = true;
    queue_.end();
    checkSequence();
    if (hasPeerClosed_) {
        closeCode_ = static_cast<std::uint16_t>(engine_->closeCode());
        closeReason_ = cutUtf8(engine_->closeReason().toStdString(), kMaxReason);
    }
    ++context_.counters.closed[countedCode(closeCode_)];
    context_.host.releaseSlots(slots_, client_);
    context_.hub.send(ConnectionGone{key(), closeCode_, closeReason_});
    context_.host.remove(serial_);
}

void SocketConnection::releasePreAuth()
{
    if (!slots_.preAuth)
        return;
    slots_.preAuth = false;
    context_.host.releaseSlots({.preAuth = true}, client_);
}

// ---- what is told about it -------------------------------------------------------------------------------------

void SocketConnection::receive(const FramesWanted &wanted)
{
    context_.hub.send(FrameHistory{key(), wanted.query, traces_.list()});
}

void SocketConnection::checkSequence()
{
    // Every numbered frame has left, waits or was dropped before it had a number. Once the queue has ended what waited
    // is forgotten, so that only more numbers than frames would be wrong.
    const std::uint64_t accounted = queue_.lastSequence() + queue_.droppedFrames() + queue_.waitingFrames();
    const bool isExact = !isEnding_ && !hasUnnumbered_;
    const bool isRight = isExact ? accounted == numbered_ : queue_.lastSequence() <= numbered_;
    if (isRight)
        return;
    ++context_.counters.sequenceGaps;
    context_.log.write({LogLevel::Critical,
                        "ws.sequence_gap",
                        "a connection's numbers have a gap",
                        "edge",
                        correlationId_,
                        {{"sequence", std::to_string(queue_.lastSequence())}},
                        0});
}

void SocketConnection::report(std::vector<ConnectionStats> &reports)
{
    if (!socket_ || !engine_)
        return;
    checkSequence();
    const FrameCounters &frames = socket_->counters();
    const std::uint64_t moved = frames.bytesIn + frames.bytesOut + queue_.waitingBytes() + violations_.total();
    if (moved == reportedBytes_)
        return;
    reportedBytes_ = moved;
    ConnectionStats stats;
    stats.connection = key();
    stats.framesIn = messagesIn_;
    stats.framesOut = frames.framesOut;
    stats.bytesIn = frames.bytesIn;
    stats.bytesOut = frames.bytesOut;
    stats.queueBytes = queue_.waitingBytes() + socket_->bytesUnsent();
    stats.queueFrames = queue_.waitingFrames();
    stats.sequence = queue_.lastSequence();
    stats.dropped = queue_.droppedFrames();
    stats.violations = violations_.total();
    stats.lastActivity = frames.lastActivity;
    reports.push_back(stats);
}

} // namespace orchestra
