// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/frame_socket_pool.h"

#include "server/edge/frame_socket.h"

#include <QCoreApplication>
#include <QEvent>
#include <QTimer>

#include <algorithm>
#include <utility>

namespace orchestra {

namespace {

constexpr std::size_t kScratchBytes = 64 * 1024;

} // namespace

FrameSocketPool::Scratch::Scratch(FrameSocketPool &pool)
    : pool_(pool)
{
    if (pool_.isScratchTaken_)
        own_.reset(new char[kScratchBytes]);
    pool_.isScratchTaken_ = true;
    bytes_ = {own_ ? own_.get() : pool_.scratch_.get(), kScratchBytes};
}

FrameSocketPool::Scratch::~Scratch()
{
    if (!own_)
        pool_.isScratchTaken_ = false;
}

FrameSocketPool::FrameSocketPool(const Clock &clock, std::chrono::milliseconds sweepInterval)
    : clock_(clock)
    , scratch_(new char[kScratchBytes])
    , sweepTimer_(std::make_unique<QTimer>())
{
    sweepTimer_->setInterval(sweepInterval);
    connect(sweepTimer_.get(), &QTimer::timeout, this, &FrameSocketPool::sweep);
}

FrameSocketPool::~FrameSocketPool()
{
    while (!sockets_.empty())
        delete sockets_.back();
}

void FrameSocketPool::join(FrameSocket &socket)
{
    owner_.check();
    socket.poolIndex_ = sockets_.size();
    sockets_.push_back(&socket);
    ++totals_.opened;
}

void FrameSocketPool::leave(FrameSocket &socket)
{
    owner_.check();
    sockets_[socket.poolIndex_] = sockets_.back();
    sockets_[socket.poolIndex_]->poolIndex_ = socket.poolIndex_;
    sockets_.pop_back();
    ++totals_.closed;
    if (socket.isTurnQueued_)
        std::replace(turn_.begin(), turn_.end(), &socket, static_cast<FrameSocket *>(nullptr));
    if (socket.isWatched_)
        std::replace(watched_.begin(), watched_.end(), &socket, static_cast<FrameSocket *>(nullptr));
}

void FrameSocketPool::endTurnSoon(FrameSocket &socket)
{
    if (std::exchange(socket.isTurnQueued_, true))
        return;
    if (turn_.empty())
        QCoreApplication::postEvent(this, new QEvent(QEvent::User));
    turn_.push_back(&socket);
}

bool FrameSocketPool::event(QEvent *event)
{
    if (event->type() != QEvent::User)
        return QObject::event(event);
    // By index, and until the end as it is now: a socket may leave, or ask for another turn, meanwhile.
    const std::size_t count = turn_.size();
    for (std::size_t i = 0; i < count; ++i) {
        FrameSocket *socket = std::exchange(turn_[i], nullptr);
        if (!socket)
            continue;
        socket->isTurnQueued_ = false;
        socket->endTurn();
    }
    turn_.erase(turn_.begin(), turn_.begin() + static_cast<std::ptrdiff_t>(count));
    if (!turn_.empty())
        QCoreApplication::postEvent(this, new QEvent(QEvent::User));
    return true;
}

void FrameSocketPool::watch(FrameSocket &socket)
{
    if (std::exchange(socket.isWatched_, true))
        return;
    watched_.push_back(&socket);
    if (!sweepTimer_->isActive())
        sweepTimer_->start();
}

void FrameSocketPool::sweep()
{
    const MonotonicTime now = clock_.now();
    for (std::size_t i = 0; i < watched_.size(); ++i) {
        FrameSocket *socket = watched_[i];
        if (!socket || socket->checkDeadlines(now))
            continue;
        socket->isWatched_ = false;
        watched_[i] = nullptr;
    }
    std::erase(watched_, nullptr);
    if (watched_.empty())
        sweepTimer_->stop();
}

} // namespace orchestra
