// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/loop/epoll_dispatcher.h"

#include <QCoreApplication>
#include <QTimerEvent>

#include <algorithm>
#include <climits>

// Qt 6.8 adds QAbstractEventDispatcherV2 and keeps this interface, in milliseconds, until Qt 7.
static_assert(QT_VERSION < QT_VERSION_CHECK(7, 0, 0), "EpollDispatcher needs the timer interface of Qt 6");

namespace orchestra {

EpollDispatcher::EpollDispatcher(QObject *parent)
    : QAbstractEventDispatcher(parent)
{
}

EpollDispatcher::~EpollDispatcher()
{
    ringBells();
}

bool EpollDispatcher::processEvents(QEventLoop::ProcessEventsFlags flags)
{
    isInterrupted_ = false;
    // A wake-up from before this call is for what is sent now. One that comes later keeps us from sleeping.
    const bool wasWoken = sleep_.exchange(Sleep::Awake) == Sleep::Woken;
    Q_EMIT awake();
    QCoreApplication::sendPostedEvents();
    ringBells();
    if (isInterrupted_)
        return false;

    // Whoever calls this directly waits for *something* to happen, and an event that was just sent is something.
    // QEventLoop::exec() calls again anyway and ends by interrupt(), so there a system call can be saved.
    const bool mayBlock =
        flags.testFlag(QEventLoop::WaitForMoreEvents) && (!wasWoken || flags.testFlag(QEventLoop::EventLoopExec));
    bool didAnything = sleep(flags, mayBlock) || wasWoken;
    if (!flags.testFlag(QEventLoop::ExcludeSocketNotifiers))
        didAnything |= sockets_.deliver();
    if (!flags.testFlag(QEventLoop::X11ExcludeTimers))
        didAnything |= deliverTimers();
    if (isInterrupted_)
        ringBells(); // there may be no next turn
    return didAnything;
}

bool EpollDispatcher::sleep(QEventLoop::ProcessEventsFlags flags, bool mayBlock)
{
    std::optional<std::chrono::nanoseconds> timeout = std::chrono::nanoseconds(0);
    Sleep expected = Sleep::Awake;
    if (mayBlock) {
        Q_EMIT aboutToBlock();
        if (sleep_.compare_exchange_strong(expected, Sleep::Asleep)) {
            const auto due = flags.testFlag(QEventLoop::X11ExcludeTimers) ? std::nullopt : timers_.nextDue();
            timeout = due ? std::optional(*due - std::chrono::steady_clock::now()) : std::nullopt;
        }
    }
    // With the sockets excluded epoll would return at once, again and again, for every socket that is ready.
    if (flags.testFlag(QEventLoop::ExcludeSocketNotifiers))
        sockets_.waitForWake(timeout);
    else
        sockets_.wait(timeout);
    // A wake-up stays on record until the next call has sent what it was for.
    expected = Sleep::Asleep;
    return !sleep_.compare_exchange_strong(expected, Sleep::Awake) && expected == Sleep::Woken;
}

void EpollDispatcher::ringBells()
{
    for (const auto &bell : bells_)
        bell->ringNow();
    bells_.clear();
}

bool EpollDispatcher::deliverTimers()
{
    const MonotonicTime now = std::chrono::steady_clock::now();
    // Taken out of the member, because a slot may run a nested loop.
    std::vector<LoopTimers::Ticket> due = std::move(dueTimers_);
    due.clear();
    timers_.collectDue(now, due);
    bool toldAny = false;
    for (const LoopTimers::Ticket &ticket : due) {
        QObject *owner = timers_.begin(ticket, now);
        if (!owner)
            continue;
        QTimerEvent event(ticket.id);
        QCoreApplication::sendEvent(owner, &event);
        timers_.end(ticket);
        toldAny = true;
    }
    dueTimers_ = std::move(due);
    return toldAny;
}

void EpollDispatcher::registerSocketNotifier(QSocketNotifier *notifier)
{
    Q_ASSERT(notifier->thread() == thread());
    sockets_.add(notifier);
}

void EpollDispatcher::unregisterSocketNotifier(QSocketNotifier *notifier)
{
    sockets_.remove(notifier);
}

void EpollDispatcher::registerTimer(int timerId, qint64 interval, Qt::TimerType timerType, QObject *object)
{
    Q_ASSERT(timerId > 0 && interval >= 0 && object && object->thread() == thread());
    timers_.add(timerId, std::chrono::milliseconds(std::max<qint64>(interval, 0)), timerType, object,
                std::chrono::steady_clock::now());
}

bool EpollDispatcher::unregisterTimer(int timerId)
{
    return timers_.remove(timerId);
}

bool EpollDispatcher::unregisterTimers(QObject *object)
{
    return timers_.removeAll(object);
}

QList<QAbstractEventDispatcher::TimerInfo> EpollDispatcher::registeredTimers(QObject *object) const
{
    return timers_.timersOf(object);
}

int EpollDispatcher::remainingTime(int timerId)
{
    const auto left = timers_.remaining(timerId, std::chrono::steady_clock::now());
    if (!left)
        return -1;
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(*left).count();
    return static_cast<int>(std::min<decltype(ms)>(ms, INT_MAX));
}

void EpollDispatcher::wakeUp()
{
    // Only a sleeper needs the system call: an event that a thread posts to itself does not.
    if (sleep_.exchange(Sleep::Woken) == Sleep::Asleep)
        sockets_.wake();
}

void EpollDispatcher::interrupt()
{
    isInterrupted_ = true;
    wakeUp();
}

} // namespace orchestra
