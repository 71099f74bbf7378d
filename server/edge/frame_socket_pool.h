// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/edge/frame_limits.h"
#include "shared/base/clock.h"
#include "shared/base/thread_owner.h"

#include <QObject>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

class QTimer;

namespace orchestra {

class FrameSocket;

/// Sums over all FrameSockets of a thread since its start.
struct FrameTotals
{
    std::uint64_t opened = 0;
    std::uint64_t closed = 0;
    std::uint64_t framesIn = 0;
    std::uint64_t framesOut = 0; ///< those of writeFrame(); QtWebSockets' own pongs and closes only count as bytes
    std::uint64_t bytesIn = 0;
    std::uint64_t bytesOut = 0;
    std::array<std::uint64_t, kFrameViolations> violations{}; ///< by FrameViolation
};

/// What the FrameSockets of one thread share: the buffer they read into, one flush per loop turn and one timer for
/// all their deadlines, which runs only while a socket has one.
/// Destroying it destroys the sockets that are left; their QWebSockets must have gone before.
/// Lives on: edge.
class FrameSocketPool final : public QObject
{
public:
    /// Deadlines are looked at every `sweepInterval`, so that much later than promised they take effect.
    explicit FrameSocketPool(const Clock &clock,
                             std::chrono::milliseconds sweepInterval = std::chrono::milliseconds(250));
    ~FrameSocketPool() override;

    std::size_t size() const { return sockets_.size(); }
    const FrameTotals &totals() const { return totals_; }

    // for FrameSocket only

    /// The shared read buffer, for one user at a time.
    class Scratch
    {
    public:
        explicit Scratch(FrameSocketPool &pool);
        ~Scratch();
        Scratch(const Scratch &) = delete;
        Scratch &operator=(const Scratch &) = delete;
        std::span<char> bytes() const { return bytes_; }

    private:
        FrameSocketPool &pool_;
        std::unique_ptr<char[]> own_; ///< when the shared one is in use further up the stack
        std::span<char> bytes_;
    };

    MonotonicTime now() const { return clock_.now(); }
    FrameTotals &count() { return totals_; }
    void join(FrameSocket &socket);
    void leave(FrameSocket &socket);
    /// Calls socket.endTurn() once, in the next loop turn.
    void endTurnSoon(FrameSocket &socket);
    /// Calls socket.checkDeadlines() at each sweep until it returns false.
    void watch(FrameSocket &socket);

protected:
    bool event(QEvent *event) override;

private:
    void sweep();

    const ThreadOwner owner_;
    const Clock &clock_;
    const std::unique_ptr<char[]> scratch_;
    bool isScratchTaken_ = false;
    std::unique_ptr<QTimer> sweepTimer_;
    std::vector<FrameSocket *> turn_;    ///< nullptr: has left meanwhile
    std::vector<FrameSocket *> watched_; ///< the same
    std::vector<FrameSocket *> sockets_; ///< each knows its place
    FrameTotals totals_;
};

} // namespace orchestra
