// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"

#include <QAbstractEventDispatcher>

#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

class QObject;

namespace orchestra {

/// The timers of one event dispatcher: which is due when, by Qt's three timer types.
/// A timer is never due early. A precise one is due exactly after its interval; a coarse one at most 5 % later, on a
/// grid that timers of similar interval share, so that one wake-up serves many; a very coarse one on a full second.
/// Pure: the time is an argument. Not thread-safe.
class LoopTimers
{
public:
    /// Names one registration. Ids are reused by Qt, the serial is not.
    struct Ticket
    {
        int id = 0;
        std::uint64_t serial = 0;
    };

    void add(int id, std::chrono::milliseconds interval, Qt::TimerType type, QObject *owner, MonotonicTime now);
    /// False when there is no such timer.
    bool remove(int id);
    /// False when `owner` has none.
    bool removeAll(const QObject *owner);

    QList<QAbstractEventDispatcher::TimerInfo> timersOf(const QObject *owner) const;
    /// Never negative; nothing when there is no such timer.
    std::optional<std::chrono::nanoseconds> remaining(int id, MonotonicTime now) const;
    /// When the next timer that is not being delivered falls due; nothing when there is none.
    std::optional<MonotonicTime> nextDue() const;

    /// Appends the timers due at `now`, earliest first. Each is then delivered between `begin` and `end`.
    void collectDue(MonotonicTime now, std::vector<Ticket> &out) const;
    /// Returns the owner to tell and moves the timer to its next due time. Returns nullptr when the ticket has been
    /// overtaken: the timer was removed, restarted, is being delivered further up the stack, or was delivered there.
    QObject *begin(const Ticket &ticket, MonotonicTime now);
    /// Until this call the timer is not due again, however long its delivery takes.
    void end(const Ticket &ticket);

private:
    struct Timer
    {
        std::uint64_t serial = 0;
        QObject *owner = nullptr;
        std::chrono::milliseconds interval{};
        Qt::TimerType type = Qt::CoarseTimer;
        MonotonicTime ideal{}; ///< without the grid, so that coarse timers do not drift
        MonotonicTime due{};
        bool isBeingDelivered = false;
    };
    struct Entry
    {
        MonotonicTime due;
        std::uint64_t serial;
        int id;
        auto operator<=>(const Entry &) const = default;
    };

    static MonotonicTime onGrid(const Timer &timer);
    Timer *find(const Ticket &ticket);

    std::unordered_map<int, Timer> timers_;
    std::set<Entry> order_; ///< every timer that is not being delivered
    std::uint64_t lastSerial_ = 0;
};

} // namespace orchestra
