// SPDX-License-Identifier: GPL-3.0-or-later
// How a FrameSocket ends: closes, violations and deadlines.
#include "server/edge/frame_socket.h"

#include <QWebSocket>

#include <utility>

namespace orchestra {

void FrameSocket::violate(FrameViolation violation)
{
    if (violation_ || stage_ == Stage::Finished)
        return;
    violation_ = violation;
    if (isBeyondClosing(violation)) {
        isMute_ = true;
        unsent_.clear();
    }
    ++pool_.count().violations[static_cast<std::size_t>(violation)];
    QMetaObject::invokeMethod(this, &FrameSocket::actOnViolation, Qt::QueuedConnection);
}

void FrameSocket::actOnViolation()
{
    if (stage_ == Stage::Finished)
        return;
    if (listener_)
        listener_->onViolated(*violation_);
    if (isBeyondClosing(*violation_)) {
        cut();
        return;
    }
    const std::string_view reason = closeReason(*violation_);
    if (engine_)
        engine_->close(static_cast<QWebSocketProtocol::CloseCode>(closeCode(*violation_)),
                       QString::fromLatin1(reason.data(), static_cast<qsizetype>(reason.size())));
    disconnectFromHost();
}

void FrameSocket::close()
{
    view_ = {}; // QtWebSockets reads for as long as something is available
    const bool isAbort = isOpen() && writeChannelCount() == 0;
    if (isAbort) {
        isMute_ = true;
        unsent_.clear();
        QMetaObject::invokeMethod(this, &FrameSocket::cut, Qt::QueuedConnection);
    }
    QTcpSocket::close();
}

void FrameSocket::disconnectFromHost()
{
    if (stage_ == Stage::Closing || stage_ == Stage::Finished)
        return;
    stage_ = Stage::Closing;
    closingSince_ = pool_.now();
    setSocketState(ClosingState);
    Q_EMIT stateChanged(ClosingState);
    if (!isInTurn_)
        pool_.endTurnSoon(*this);
    pool_.watch(*this);
    // The peer's close may be among what a pause has held back.
    QMetaObject::invokeMethod(this, &FrameSocket::continueReading, Qt::QueuedConnection);
}

bool FrameSocket::checkDeadlines(MonotonicTime now)
{
    const auto isOver = [now](std::optional<MonotonicTime> since, std::chrono::milliseconds deadline) {
        return since && now - *since > deadline;
    };
    switch (stage_) {
    case Stage::Handshake:
        if (isOver(openedAt_, limits_->handshakeDeadline))
            violate(FrameViolation::HandshakeTooSlow);
        return true;
    case Stage::Open:
        if (!isReadingPaused() && isOver(parser_.incompleteSince(), limits_->messageDeadline))
            violate(FrameViolation::MessageTooSlow);
        if (isOver(stalledSince_, limits_->stallDeadline))
            violate(FrameViolation::WriteStalled);
        return violation_ || stalledSince_ || parser_.incompleteSince();
    case Stage::Closing:
        // After a violation the peer's answer cannot be told from the rest: it has been heard when it falls silent.
        if (violation_ && !std::exchange(hasLingered_, false) && bytesUnsent() == 0)
            endWire();
        if (isOver(closingSince_, limits_->closeDeadline))
            cut();
        return stage_ != Stage::Finished;
    case Stage::Finished:
        break;
    }
    return false;
}

/// Ends the wire when it has sent what it holds.
void FrameSocket::endWire()
{
    isMute_ = true;
    wire_->finish();
}

void FrameSocket::cut()
{
    isMute_ = true;
    wire_->abort();
    finish();
}

void FrameSocket::onWireGone()
{
    if (isInTurn_) {
        QMetaObject::invokeMethod(this, &FrameSocket::onWireGone, Qt::QueuedConnection);
        return;
    }
    // A TLS wire may still hold the peer's last frames.
    if (stage_ == Stage::Open && wire_->resume())
        continueReading();
    finish();
}

void FrameSocket::finish()
{
    if (std::exchange(stage_, Stage::Finished) == Stage::Finished)
        return;
    isMute_ = true;
    view_ = {};
    setSocketState(UnconnectedState);
    Q_EMIT stateChanged(UnconnectedState);
    Q_EMIT readChannelFinished();
    Q_EMIT disconnected();
    if (listener_)
        listener_->onEnded();
    // Nobody else does: a QWebSocket that is destroyed first takes all connections to this socket with it.
    deleteLater();
}

} // namespace orchestra
