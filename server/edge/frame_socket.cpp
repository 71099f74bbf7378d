// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/frame_socket.h"

#include <QWebSocket>

#include <algorithm>
#include <cstring>
#include <utility>

namespace orchestra {

namespace {

/// A socket that always has more to say leaves the loop to others after this many full buffers.
constexpr int kReadsPerTurn = 2;
/// Of the buffer for what is to be sent, once it is empty: enough for the answers of a conversation that goes on, not
/// what the welcome took.
constexpr std::size_t kKeptCapacity = 512;

/// QtWebSockets allows every origin to read its handshake. Which origins may, is decided before it is asked.
std::string withoutCors(std::string reply)
{
    constexpr std::string_view kHeader = "\r\nAccess-Control-Allow-";
    for (std::size_t at = 0; (at = reply.find(kHeader, at)) != std::string::npos;)
        reply.erase(at, reply.find("\r\n", at + 2) - at);
    return reply;
}

} // namespace

FrameSocket::FrameSocket(FrameSocketPool &pool, const FrameLimits &limits, std::unique_ptr<Wire> wire)
    : pool_(pool)
    , limits_(&limits)
    , wire_(std::move(wire))
    , parser_(limits)
    , openedAt_(pool.now())
{
    counters_.lastActivity = openedAt_;
    setOpenMode(ReadWrite | Unbuffered);
    setSocketState(ConnectedState);
    wire_->tell(this);
    pool_.join(*this);
    pool_.watch(*this);
}

FrameSocket::~FrameSocket()
{
    wire_->tell(nullptr);
    setSocketState(UnconnectedState); // else the base class aborts a descriptor that it does not have
    pool_.leave(*this);
}

void FrameSocket::offerHandshake(std::string head, std::string rest)
{
    handshake_ = std::move(head);
    view_ = handshake_;
    heldBytes_ = std::move(rest);
    countIn(heldBytes_.size());
}

void FrameSocket::start(QWebSocket &engine)
{
    if (stage_ != Stage::Handshake)
        return;
    engine_ = &engine;
    hasStarted_ = true;
    stage_ = Stage::Open;
    engine.setMaxAllowedIncomingFrameSize(limits_->messageBytes);
    engine.setMaxAllowedIncomingMessageSize(limits_->messageBytes);
    connect(&engine, &QWebSocket::aboutToClose, this, [this] {
        isEngineClosing_ = true;
        if (listener_)
            listener_->onEngineClosing();
    });
    dropIdleConnections(engine);
    view_ = {};
    std::string().swap(handshake_);
    // Gives back the 16 and 32 KB chunks in which QIODevice kept the request and the reply.
    setOpenMode(NotOpen);
    setOpenMode(ReadWrite | Unbuffered);
    unsent_ = withoutCors(std::move(unsent_));
    pool_.endTurnSoon(*this);
    QMetaObject::invokeMethod(this, &FrameSocket::continueReading, Qt::QueuedConnection);
}

/// QtWebSockets passes on signals that nobody here listens to, and each connection to one takes a hundred bytes.
void FrameSocket::dropIdleConnections(QWebSocket &engine)
{
    disconnect(this, &QAbstractSocket::errorOccurred, &engine, nullptr);
    disconnect(this, &QAbstractSocket::proxyAuthenticationRequired, &engine, nullptr);
    disconnect(this, &QIODevice::bytesWritten, &engine, nullptr);
    disconnect(this, &QIODevice::readChannelFinished, &engine, nullptr);
    // QWebSocketServer would delete us, which we do ourselves.
    disconnect(this, &QAbstractSocket::disconnected, nullptr, nullptr);
}

void FrameSocket::setLimits(const FrameLimits &limits)
{
    limits_ = &limits;
    parser_.setLimits(limits);
    if (engine_) {
        engine_->setMaxAllowedIncomingFrameSize(limits.messageBytes);
        engine_->setMaxAllowedIncomingMessageSize(limits.messageBytes);
    }
}

// --- inbound

void FrameSocket::readWire()
{
    const bool isOpen = stage_ == Stage::Open && !violation_;
    if (stage_ == Stage::Handshake || stage_ == Stage::Finished || isInTurn_ || (isOpen && isReadingPaused()))
        return;
    if (wire_->isFinishing())
        return;
    const FrameSocketPool::Scratch scratch(pool_);
    const std::span<char> buffer = scratch.bytes();
    for (int round = 0; round < kReadsPerTurn; ++round) {
        const std::ptrdiff_t size = wire_->read(buffer);
        if (size < 0) {
            finish();
            return;
        }
        if (size == 0)
            return;
        countIn(static_cast<std::size_t>(size));
        takeBytes({buffer.data(), static_cast<std::size_t>(size)}, counters_.lastActivity);
        if (size < std::ssize(buffer) || stage_ == Stage::Finished)
            return;
        if (stage_ == Stage::Open && isReadingPaused())
            return;
    }
    if (wire_->resume())
        QMetaObject::invokeMethod(this, &FrameSocket::continueReading, Qt::QueuedConnection);
}

void FrameSocket::countIn(std::size_t bytes)
{
    counters_.lastActivity = pool_.now();
    counters_.bytesIn += bytes;
    pool_.count().bytesIn += bytes;
}

void FrameSocket::takeBytes(std::string_view bytes, MonotonicTime now)
{
    if (violation_) {
        linger(bytes.size());
        return;
    }
    isInTurn_ = true;
    while (!bytes.empty() && !violation_) {
        if (isPausedByOwner_ && stage_ == Stage::Open) {
            heldBytes_.append(bytes);
            break;
        }
        const FrameParser::Step step = parser_.next(bytes, now);
        bytes.remove_prefix(step.consumed);
        if (!step.frames.empty())
            deliver(step.frames);
        if (step.violation)
            violate(*step.violation);
    }
    isInTurn_ = false;
    // A nested loop may have told us of more while we could not take it.
    if (!isReadingPaused())
        wire_->resume();
    pool_.count().framesIn += parser_.frameCount() - counters_.framesIn;
    counters_.framesIn = parser_.frameCount();
    endTurn();
}

/// Shows whole frames to the QWebSocket, which reads them while it is told of them.
void FrameSocket::deliver(std::string_view frames)
{
    if (stage_ != Stage::Open || violation_)
        return;
    view_ = frames;
    Q_EMIT readyRead();
    const std::string_view left = std::exchange(view_, {});
    if (stage_ == Stage::Open && isPausedByOwner_)
        heldFrames_.append(left);
}

void FrameSocket::linger(std::size_t bytes)
{
    hasLingered_ = true;
    lingered_ += bytes;
    if (lingered_ > limits_->lingerBytes)
        QMetaObject::invokeMethod(this, &FrameSocket::cut, Qt::QueuedConnection);
}

void FrameSocket::pauseReading()
{
    setPaused(isPausedByOwner_, true);
}

void FrameSocket::resumeReading()
{
    setPaused(isPausedByOwner_, false);
}

void FrameSocket::setPaused(bool &reason, bool isPaused)
{
    const bool wasPaused = isReadingPaused();
    reason = isPaused;
    if (wasPaused == isReadingPaused())
        return;
    if (isReadingPaused()) {
        pausedAt_ = pool_.now();
        return;
    }
    parser_.excuse(pool_.now() - pausedAt_);
    QMetaObject::invokeMethod(this, &FrameSocket::continueReading, Qt::QueuedConnection);
}

void FrameSocket::continueReading()
{
    if (stage_ == Stage::Handshake || stage_ == Stage::Finished || isInTurn_)
        return;
    if (stage_ == Stage::Open && isReadingPaused())
        return;
    if (!heldFrames_.empty()) {
        const std::string frames = std::exchange(heldFrames_, {});
        isInTurn_ = true;
        deliver(frames);
        isInTurn_ = false;
        endTurn();
    }
    if (stage_ == Stage::Open && isReadingPaused())
        return;
    if (!heldBytes_.empty())
        takeBytes(std::exchange(heldBytes_, {}), pool_.now());
    if (wire_->resume())
        readWire();
}

qint64 FrameSocket::bytesAvailable() const
{
    // Between two messages this is what makes a QWebSocket stop when its owner has paused it.
    const auto visible = isPausedByOwner_ ? 0 : static_cast<qint64>(view_.size());
    return QIODevice::bytesAvailable() + visible;
}

qint64 FrameSocket::readData(char *data, qint64 maxSize)
{
    const std::size_t size = std::min(static_cast<std::size_t>(maxSize), view_.size());
    if (size > 0)
        std::memcpy(data, view_.data(), size);
    view_.remove_prefix(size);
    return static_cast<qint64>(size);
}

qint64 FrameSocket::skipData(qint64 maxSize)
{
    const std::size_t size = std::min(static_cast<std::size_t>(maxSize), view_.size());
    view_.remove_prefix(size);
    return static_cast<qint64>(size);
}

// --- outbound

void FrameSocket::writeFrame(std::string_view head, std::string_view body, std::string_view tail)
{
    if (stage_ != Stage::Open || isMute_ || isEngineClosing_ || !hasRoomFor(head.size() + body.size() + tail.size()))
        return;
    unsent_.append(head).append(body).append(tail);
    ++counters_.framesOut;
    ++pool_.count().framesOut;
    if (!isInTurn_)
        pool_.endTurnSoon(*this);
}

qint64 FrameSocket::writeData(const char *data, qint64 size)
{
    // What cannot be sent is swallowed: an error here would start QtWebSockets' own idea of an end.
    if (isMute_ || stage_ == Stage::Finished || !hasRoomFor(static_cast<std::size_t>(size)))
        return size;
    unsent_.append(data, static_cast<std::size_t>(size));
    if (!isInTurn_ && stage_ != Stage::Handshake)
        pool_.endTurnSoon(*this);
    return size;
}

bool FrameSocket::hasRoomFor(std::size_t bytes)
{
    const std::size_t unsent = bytesUnsent() + bytes;
    isAboveDrainMark_ = isAboveDrainMark_ || unsent > limits_->drainMark;
    if (unsent <= limits_->unsentCap)
        return true;
    isMute_ = true;
    violate(FrameViolation::UnsentOverflow);
    return false;
}

std::size_t FrameSocket::bytesUnsent() const
{
    return unsent_.size() + wire_->unsent();
}

qint64 FrameSocket::bytesToWrite() const
{
    return static_cast<qint64>(bytesUnsent());
}

/// Everything that waits for the bytes of a turn, or of several writes outside one, to be complete.
void FrameSocket::endTurn()
{
    if (stage_ == Stage::Finished || stage_ == Stage::Handshake || isInTurn_)
        return;
    flushUnsent();
    const bool isAnswered = parser_.hasSeenClose() || !hasStarted_;
    if (stage_ == Stage::Closing && isAnswered && !violation_)
        endWire();
    if (stage_ == Stage::Closing || violation_ || stalledSince_ || parser_.incompleteSince())
        pool_.watch(*this);
}

void FrameSocket::flushUnsent()
{
    if (unsent_.empty())
        return;
    const std::size_t size = unsent_.size();
    // Empty before the wire can tell anybody of its progress.
    std::string bytes = std::exchange(unsent_, {});
    const bool isTaken = wire_->write(bytes);
    if (bytes.capacity() <= kKeptCapacity && unsent_.empty()) {
        bytes.clear();
        unsent_ = std::move(bytes);
    }
    if (!isTaken) {
        QMetaObject::invokeMethod(this, &FrameSocket::finish, Qt::QueuedConnection);
        return;
    }
    const MonotonicTime now = pool_.now();
    counters_.lastActivity = now;
    counters_.bytesOut += size;
    pool_.count().bytesOut += size;
    const std::size_t unsent = bytesUnsent();
    if (unsent > 0 && !stalledSince_)
        stalledSince_ = now;
    if (unsent > limits_->unsentHighWater)
        setPaused(isPausedByUnsent_, true);
    tellDrained();
}

void FrameSocket::onTaken()
{
    const MonotonicTime now = pool_.now();
    counters_.lastActivity = now;
    const std::size_t unsent = bytesUnsent();
    stalledSince_ = unsent > 0 ? std::optional(now) : std::nullopt;
    if (isPausedByUnsent_ && unsent <= limits_->unsentHighWater / 2)
        setPaused(isPausedByUnsent_, false);
    tellDrained();
}

void FrameSocket::tellDrained()
{
    if (bytesUnsent() <= limits_->drainMark && std::exchange(isAboveDrainMark_, false) && stage_ == Stage::Open &&
        listener_)
        listener_->onDrained();
}

} // namespace orchestra
