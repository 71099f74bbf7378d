// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/schedule.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace orchestra {

Schedule::Handle Schedule::start(std::chrono::nanoseconds delay, std::function<void()> expired)
{
    const MonotonicTime due = clock_.now() + std::max(delay, std::chrono::nanoseconds(0));
    const Handle handle = ++lastHandle_;
    const bool earliest = timers_.empty() || due < timers_.begin()->first.due;
    timers_.emplace(Key{due, handle}, std::move(expired));
    dueByHandle_.emplace(handle, due);
    if (earliest && earlier_)
        earlier_();
    return handle;
}

void Schedule::stop(Handle handle)
{
    const auto known = dueByHandle_.find(handle);
    if (known == dueByHandle_.end())
        return;
    timers_.erase(Key{known->second, handle});
    dueByHandle_.erase(known);
}

std::optional<MonotonicTime> Schedule::nextDue() const
{
    return timers_.empty() ? std::nullopt : std::optional(timers_.begin()->first.due);
}

std::size_t Schedule::runDue()
{
    const MonotonicTime now = clock_.now();
    const Handle last = lastHandle_;
    std::size_t ran = 0;
    auto next = timers_.begin();
    while (next != timers_.end() && next->first.due <= now) {
        if (next->first.handle > last) { // started by a callback of this very round
            ++next;
            continue;
        }
        auto node = timers_.extract(next);
        dueByHandle_.erase(node.key().handle);
        node.mapped()();
        ++ran;
        next = timers_.begin(); // a callback may have stopped any other timer
    }
    return ran;
}

void Alarm::start(std::chrono::nanoseconds delay, std::function<void()> expired)
{
    stop();
    handle_ = schedule_.start(delay, [this, expired = std::move(expired)] {
        handle_ = 0;
        expired();
    });
}

void Alarm::stop()
{
    if (handle_ != 0)
        schedule_.stop(std::exchange(handle_, 0));
}

} // namespace orchestra
