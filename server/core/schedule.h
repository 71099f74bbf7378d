// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>

namespace orchestra {

/// Every deadline of the hub in one place, driven by whoever owns the loop: arm one timer for `nextDue()` and call
/// `runDue()`. So a test moves a ManualClock and runs hours in microseconds. Lives on: hub.
class Schedule
{
public:
    /// 0 names no timer.
    using Handle = std::uint64_t;

    explicit Schedule(const Clock &clock)
        : clock_(clock)
    {
    }
    Schedule(const Schedule &) = delete;
    Schedule &operator=(const Schedule &) = delete;

    /// Calls `expired` once, from runDue(), when `delay` is over; timers of one instant run in the order of their
    /// start.
    Handle start(std::chrono::nanoseconds delay, std::function<void()> expired);
    /// Nothing happens when the timer has run or was stopped before.
    void stop(Handle handle);

    std::optional<MonotonicTime> nextDue() const;
    /// Runs what is due now. A timer started meanwhile waits for the next call, so no callback can hold the loop.
    /// Returns how many ran.
    std::size_t runDue();

    /// Called when the earliest deadline has moved forward, so that the loop can arm itself again.
    void onEarlier(std::function<void()> earlier) { earlier_ = std::move(earlier); }
    std::size_t size() const { return timers_.size(); }

private:
    struct Key
    {
        MonotonicTime due;
        Handle handle;
        auto operator<=>(const Key &) const = default;
    };

    const Clock &clock_;
    std::function<void()> earlier_;
    Handle lastHandle_ = 0;
    std::map<Key, std::function<void()>> timers_;
    std::unordered_map<Handle, MonotonicTime> dueByHandle_;
};

/// One timer that cannot outlive its owner: starting it again replaces what it would have called. Lives on: hub.
class Alarm
{
public:
    explicit Alarm(Schedule &schedule)
        : schedule_(schedule)
    {
    }
    ~Alarm() { stop(); }
    Alarm(const Alarm &) = delete;
    Alarm &operator=(const Alarm &) = delete;

    void start(std::chrono::nanoseconds delay, std::function<void()> expired);
    void stop();
    bool isRunning() const { return handle_ != 0; }

private:
    Schedule &schedule_;
    Schedule::Handle handle_ = 0;
};

} // namespace orchestra
