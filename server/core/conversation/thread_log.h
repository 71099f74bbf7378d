// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/channels.h"
#include "server/core/retention.h"

#include <set>
#include <vector>

namespace orchestra {

/// The events of one thread in one epoch, numbered without a gap, as far back as retention keeps them.
/// An event is visible once every lower offset is filled: a reserved offset (the terminal event while it is being
/// committed) holds back what comes after it, so every reader sees one order. Lives on: hub.
class ThreadLog
{
public:
    /// `offset` is the last one that was durable before.
    ThreadLog(std::uint64_t epoch, std::uint64_t offset);

    std::uint64_t epoch() const { return epoch_; }
    /// The last offset that readers may see.
    std::uint64_t published() const { return published_; }
    /// The oldest offset that is still here; published() + 1 when none is.
    std::uint64_t first() const { return first_; }
    /// What is kept, by the estimate in each event.
    std::size_t bytes() const { return bytes_; }

    /// Takes the next offset. It must be filled later: what follows is invisible until then.
    std::uint64_t reserve();
    /// Puts the event of a reserved offset in its place (sets the frame's epoch and offset) and returns the events
    /// that have become visible by it, in order; none while a lower offset is still open.
    std::vector<EventPtr> fill(std::uint64_t offset, wire::ServerFrame frame, MonotonicTime now);
    /// reserve() and fill() in one.
    std::vector<EventPtr> append(wire::ServerFrame frame, MonotonicTime now);

    /// A visible event that is still kept: first() <= offset <= published().
    const EventPtr &at(std::uint64_t offset) const;
    /// Events that are filled but held back by a reserved offset below them, in order.
    std::vector<EventPtr> hidden() const;

    /// A task is alive whose first event is `from`: it is kept whole until unpin() of the same offset.
    void pin(std::uint64_t from) { pins_.insert(from); }
    void unpin(std::uint64_t from);
    /// A slow reader has got as far as before `from`: kept for it until release(), unless memory runs short.
    void hold(std::uint64_t from) { holds_.insert(from); }
    void release(std::uint64_t from);

    /// Lets go what retention no longer asks for.
    void trim(const Retention &retention, MonotonicTime now);
    /// Lets go everything but living tasks.
    void forget();

private:
    struct Slot
    {
        EventPtr event; ///< null while reserved
        MonotonicTime at{};
        std::uint64_t bytesAfter = 0; ///< running total of visible bytes up to and including this one
    };

    Slot &slotOf(std::uint64_t offset) { return slots_[gone_ + (offset - first_)]; }
    const Slot &slotOf(std::uint64_t offset) const { return slots_[gone_ + (offset - first_)]; }
    /// One past the last offset that was reserved.
    std::uint64_t end() const { return first_ + (slots_.size() - gone_); }
    std::uint64_t keptFrom(const std::multiset<std::uint64_t> &marks) const;
    std::uint64_t idleBytes(std::uint64_t floor) const;
    void dropFirst();

    const std::uint64_t epoch_;
    std::uint64_t first_;
    std::uint64_t published_;
    std::size_t bytes_ = 0;
    std::uint64_t shownBytes_ = 0;   ///< running total of visible bytes since the start
    std::uint64_t droppedBytes_ = 0; ///< running total of what was let go
    std::vector<Slot> slots_;        ///< gone_ of them empty, then offsets first_ .. end() - 1
    std::size_t gone_ = 0;           ///< never more than half; not a deque, which has memory even when it is empty
    std::multiset<std::uint64_t> pins_;
    std::multiset<std::uint64_t> holds_;
};

} // namespace orchestra
