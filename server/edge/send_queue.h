// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/edge/frame_sink.h"
#include "shared/base/thread_owner.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

enum class FrameEncoding : std::uint8_t { Text, Binary };

/// Appends a connection's sequence number to an encoded frame; see shared/wire for the ones there are.
using SequenceTail = void (*)(std::uint64_t sequence, std::string &out);

/// A message for one client, encoded once for all of them except for its end.
struct OutgoingFrame
{
    std::shared_ptr<const std::string> body;
    FrameEncoding encoding = FrameEncoding::Text;
    SequenceTail tail = nullptr; ///< nullptr: the body is complete and takes no number
    bool isDroppable = false;    ///< progress that the next one makes obsolete
};

struct SendQueueLimits
{
    std::size_t feedBelow = 128 * 1024; ///< unsent bytes in the sink below which it is given more
    std::size_t bytes = 1024 * 1024;    ///< waiting here, beyond those
    std::size_t frames = 1024;
};

/// The outbound queue of one connection: gives the sink no more than it can soon send, holds the rest up to a limit,
/// and numbers the frames as they leave. A frame that is dropped never had a number, so the client sees no gap.
/// Over the limit droppable frames go first, the oldest first; when that is not enough the queue gives up, once and for
/// all, and the connection is to be closed with 4101: what was lost is delivered when it resumes.
/// Lives on: edge.
class SendQueue
{
public:
    /// `sink` and `limits` must outlive the queue.
    SendQueue(FrameSink &sink, const SendQueueLimits &limits)
        : sink_(sink)
        , limits_(limits)
    {
    }

    /// Takes the frame. False when the queue has given up or ended: nothing will be sent any more.
    [[nodiscard]] bool push(OutgoingFrame frame);
    /// Gives the sink more; to be called whenever it has drained.
    void feed();
    /// Calls `then` once, as soon as everything pushed so far has left the queue and the sink is below its mark: at
    /// once when that is so already. Replaces an earlier wish. `then` may push and ask again.
    void whenDrained(std::function<void()> then);
    /// Forgets what waits and takes nothing more, because a close was sent.
    void end();

    bool hasGivenUp() const { return state_ == State::GivenUp; }
    bool isEmpty() const { return next_ == waiting_.size(); }
    std::size_t waitingFrames() const { return waiting_.size() - next_; }
    std::size_t waitingBytes() const { return waitingBytes_; }
    /// The number of the last frame that left; 0 when none did.
    std::uint64_t lastSequence() const { return sequence_; }
    std::uint64_t droppedFrames() const { return dropped_; }

private:
    enum class State : std::uint8_t { Open, GivenUp, Ended };

    bool canFeed() const { return sink_.bytesUnsent() < limits_.feedBelow; }
    bool isOverLimit() const { return waitingBytes_ > limits_.bytes || waitingFrames() > limits_.frames; }
    void send(const OutgoingFrame &frame);
    void dropProgress();
    void tellDrained();
    void clear();

    const ThreadOwner owner_;
    FrameSink &sink_;
    const SendQueueLimits &limits_;
    std::vector<OutgoingFrame> waiting_; ///< those before next_ have left
    std::size_t next_ = 0;
    std::size_t waitingBytes_ = 0;
    State state_ = State::Open;
    std::uint64_t sequence_ = 0;
    std::uint64_t dropped_ = 0;
    std::function<void()> whenDrained_;
};

/// The head of an unmasked, final frame with `payload` bytes (RFC 6455 section 5.2), appended to `out`.
void appendFrameHead(FrameEncoding encoding, std::uint64_t payload, std::string &out);

} // namespace orchestra
