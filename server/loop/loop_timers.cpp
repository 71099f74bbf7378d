// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/loop/loop_timers.h"

#include <algorithm>
#include <bit>

namespace orchestra {

using namespace std::chrono_literals;

namespace {

std::chrono::nanoseconds gridOf(Qt::TimerType type, std::chrono::milliseconds interval)
{
    if (type == Qt::VeryCoarseTimer)
        return 1s;
    if (type == Qt::CoarseTimer && interval >= 20ms)
        return std::chrono::milliseconds(std::bit_floor(static_cast<std::uint64_t>(interval.count() / 20)));
    return 1ns;
}

} // namespace

MonotonicTime LoopTimers::onGrid(const Timer &timer)
{
    const std::chrono::nanoseconds grid = gridOf(timer.type, timer.interval);
    const auto over = timer.ideal.time_since_epoch() % grid;
    return over == 0ns ? timer.ideal : timer.ideal + (grid - over);
}

LoopTimers::Timer *LoopTimers::find(const Ticket &ticket)
{
    const auto it = timers_.find(ticket.id);
    return it != timers_.end() && it->second.serial == ticket.serial ? &it->second : nullptr;
}

void LoopTimers::add(int id, std::chrono::milliseconds interval, Qt::TimerType type, QObject *owner, MonotonicTime now)
{
    remove(id);
    Timer timer{.serial = ++lastSerial_, .owner = owner, .interval = interval, .type = type, .ideal = now + interval};
    timer.due = onGrid(timer);
    order_.insert({timer.due, timer.serial, id});
    timers_.emplace(id, timer);
}

bool LoopTimers::remove(int id)
{
    const auto it = timers_.find(id);
    if (it == timers_.end())
        return false;
    order_.erase({it->second.due, it->second.serial, id});
    timers_.erase(it);
    return true;
}

bool LoopTimers::removeAll(const QObject *owner)
{
    return std::erase_if(timers_, [&](const auto &entry) {
               const auto &[id, timer] = entry;
               if (timer.owner != owner)
                   return false;
               order_.erase({timer.due, timer.serial, id});
               return true;
           }) > 0;
}

QList<QAbstractEventDispatcher::TimerInfo> LoopTimers::timersOf(const QObject *owner) const
{
    QList<QAbstractEventDispatcher::TimerInfo> list;
    for (const auto &[id, timer] : timers_) {
        if (timer.owner == owner)
            list.append({id, static_cast<int>(timer.interval.count()), timer.type});
    }
    return list;
}

std::optional<std::chrono::nanoseconds> LoopTimers::remaining(int id, MonotonicTime now) const
{
    const auto it = timers_.find(id);
    if (it == timers_.end())
        return std::nullopt;
    return std::max<std::chrono::nanoseconds>(0ns, it->second.due - now);
}

std::optional<MonotonicTime> LoopTimers::nextDue() const
{
    return order_.empty() ? std::nullopt : std::optional(order_.begin()->due);
}

void LoopTimers::collectDue(MonotonicTime now, std::vector<Ticket> &out) const
{
    for (const Entry &entry : order_) {
        if (entry.due > now)
            break;
        out.push_back({entry.id, entry.serial});
    }
}

QObject *LoopTimers::begin(const Ticket &ticket, MonotonicTime now)
{
    Timer *timer = find(ticket);
    if (!timer || timer->isBeingDelivered || timer->due > now)
        return nullptr;
    order_.erase({timer->due, timer->serial, ticket.id});
    timer->isBeingDelivered = true;
    // Missed periods are not made up for: a loop that was held up must not be flooded afterwards.
    timer->ideal += timer->interval;
    if (timer->ideal < now)
        timer->ideal = now + timer->interval;
    timer->due = onGrid(*timer);
    return timer->owner;
}

void LoopTimers::end(const Ticket &ticket)
{
    Timer *timer = find(ticket);
    if (!timer)
        return;
    timer->isBeingDelivered = false;
    order_.insert({timer->due, timer->serial, ticket.id});
}

} // namespace orchestra
