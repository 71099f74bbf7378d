// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/conversation/thread_log.h"

#include "server/core/conversation/event_size.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace orchestra {
namespace {

[[noreturn]] void abortBecause(const char *reason)
{
    std::fprintf(stderr, "orchestra: thread log: %s\n", reason);
    std::abort();
}

void eraseOne(std::multiset<std::uint64_t> &marks, std::uint64_t offset)
{
    const auto mark = marks.find(offset);
    if (mark != marks.end())
        marks.erase(mark);
}

} // namespace

ThreadLog::ThreadLog(std::uint64_t epoch, std::uint64_t offset)
    : epoch_(epoch)
    , first_(offset + 1)
    , published_(offset)
{
}

std::uint64_t ThreadLog::reserve()
{
    slots_.emplace_back();
    return end() - 1;
}

std::vector<EventPtr> ThreadLog::fill(std::uint64_t offset, wire::ServerFrame frame, MonotonicTime now)
{
    if (offset < first_ || offset >= end() || slotOf(offset).event)
        abortBecause("an offset was filled that was not reserved");
    frame.epoch = epoch_;
    frame.offset = offset;
    const std::size_t size = estimatedBytes(frame);
    slotOf(offset).event = std::make_shared<const Event>(Event{std::move(frame), size});
    slotOf(offset).at = now;
    bytes_ += size;

    std::vector<EventPtr> shown;
    while (published_ + 1 < end() && slotOf(published_ + 1).event) {
        Slot &slot = slotOf(++published_);
        shownBytes_ += slot.event->bytes;
        slot.bytesAfter = shownBytes_;
        shown.push_back(slot.event);
    }
    return shown;
}

std::vector<EventPtr> ThreadLog::append(wire::ServerFrame frame, MonotonicTime now)
{
    return fill(reserve(), std::move(frame), now);
}

const EventPtr &ThreadLog::at(std::uint64_t offset) const
{
    if (offset < first_ || offset > published_)
        abortBecause("an offset was read that is not kept");
    return slotOf(offset).event;
}

std::vector<EventPtr> ThreadLog::hidden() const
{
    std::vector<EventPtr> out;
    for (std::uint64_t offset = published_ + 1; offset < end(); ++offset)
        if (slotOf(offset).event)
            out.push_back(slotOf(offset).event);
    return out;
}

void ThreadLog::unpin(std::uint64_t from)
{
    eraseOne(pins_, from);
}

void ThreadLog::release(std::uint64_t from)
{
    eraseOne(holds_, from);
}

std::uint64_t ThreadLog::keptFrom(const std::multiset<std::uint64_t> &marks) const
{
    return marks.empty() ? published_ + 1 : std::min(*marks.begin(), published_ + 1);
}

/// Visible bytes below `floor` that are still kept.
std::uint64_t ThreadLog::idleBytes(std::uint64_t floor) const
{
    return floor <= first_ ? 0 : slotOf(floor - 1).bytesAfter - droppedBytes_;
}

void ThreadLog::dropFirst()
{
    const EventPtr event = std::exchange(slots_[gone_].event, nullptr);
    droppedBytes_ += event->bytes;
    bytes_ -= event->bytes;
    ++first_;
    ++gone_;
    // The rest moves to the front when half has left, so that each moves less than once on average.
    if (gone_ == slots_.size())
        std::vector<Slot>().swap(slots_);
    else if (gone_ > slots_.size() / 2)
        slots_.erase(slots_.begin(), slots_.begin() + static_cast<std::ptrdiff_t>(gone_));
    else
        return;
    gone_ = 0;
}

void ThreadLog::trim(const Retention &retention, MonotonicTime now)
{
    const std::uint64_t floor = std::min(keptFrom(pins_), keptFrom(holds_));
    while (first_ < floor) {
        const bool old = now - slotOf(first_).at > retention.replayAge;
        const bool many = published_ - first_ + 1 > retention.replayEvents;
        if (!(old && many) && idleBytes(floor) <= retention.threadBytes)
            break;
        dropFirst();
    }
}

void ThreadLog::forget()
{
    const std::uint64_t floor = keptFrom(pins_);
    while (first_ < floor)
        dropFirst();
}

} // namespace orchestra
