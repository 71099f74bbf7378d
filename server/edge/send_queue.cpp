// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/send_queue.h"

#include <algorithm>
#include <utility>

namespace orchestra {

void appendFrameHead(FrameEncoding encoding, std::uint64_t payload, std::string &out)
{
    out += static_cast<char>(encoding == FrameEncoding::Text ? 0x81 : 0x82);
    const int lengthBytes = payload < 126 ? 0 : payload < 65536 ? 2 : 8;
    out += static_cast<char>(lengthBytes == 0 ? payload : lengthBytes == 2 ? 126 : 127);
    for (int shift = 8 * (lengthBytes - 1); shift >= 0; shift -= 8)
        out += static_cast<char>(payload >> shift);
}

bool SendQueue::push(OutgoingFrame frame)
{
    owner_.check();
    if (state_ != State::Open)
        return false;
    if (isEmpty() && canFeed()) {
        send(frame);
        return true;
    }
    waitingBytes_ += frame.body->size();
    waiting_.push_back(std::move(frame));
    if (isOverLimit())
        dropProgress();
    if (isOverLimit()) {
        state_ = State::GivenUp;
        clear();
        return false;
    }
    return true;
}

void SendQueue::feed()
{
    owner_.check();
    while (!isEmpty() && canFeed()) {
        const OutgoingFrame frame = std::move(waiting_[next_++]);
        waitingBytes_ -= frame.body->size();
        send(frame);
    }
    // Moves what waits to the front once half of it has left, so that each frame is moved less than once on average.
    if (isEmpty())
        std::vector<OutgoingFrame>().swap(waiting_);
    else if (next_ >= waiting_.size() / 2)
        waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(next_));
    else
        return;
    next_ = 0;
    tellDrained();
}

void SendQueue::whenDrained(std::function<void()> then)
{
    owner_.check();
    whenDrained_ = std::move(then);
    tellDrained();
}

void SendQueue::tellDrained()
{
    if (whenDrained_ && state_ == State::Open && isEmpty() && canFeed())
        std::exchange(whenDrained_, nullptr)();
}

void SendQueue::end()
{
    owner_.check();
    state_ = State::Ended;
    clear();
}

void SendQueue::send(const OutgoingFrame &frame)
{
    std::string tail;
    if (frame.tail)
        frame.tail(++sequence_, tail);
    std::string head;
    appendFrameHead(frame.encoding, frame.body->size() + tail.size(), head);
    sink_.writeFrame(head, *frame.body, tail);
}

void SendQueue::dropProgress()
{
    // In one pass, because a queue that is over its limit would otherwise be searched again for each frame.
    const auto begin = waiting_.begin() + static_cast<std::ptrdiff_t>(next_);
    std::size_t bytes = waitingBytes_;
    std::size_t frames = waitingFrames();
    const auto kept = std::remove_if(begin, waiting_.end(), [&](const OutgoingFrame &frame) {
        const bool isOver = bytes > limits_.bytes || frames > limits_.frames;
        if (!isOver || !frame.isDroppable)
            return false;
        bytes -= frame.body->size();
        --frames;
        ++dropped_;
        return true;
    });
    waiting_.erase(kept, waiting_.end());
    waitingBytes_ = bytes;
}

void SendQueue::clear()
{
    std::vector<OutgoingFrame>().swap(waiting_);
    next_ = 0;
    waitingBytes_ = 0;
    whenDrained_ = nullptr;
}

} // namespace orchestra
