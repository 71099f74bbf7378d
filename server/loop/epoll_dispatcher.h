// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/loop/epoll_set.h"
#include "server/loop/loop_timers.h"
#include "server/loop/mailbox_bell.h"

#include <QAbstractEventDispatcher>

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

namespace orchestra {

/// Qt's event dispatcher on epoll: a wake-up costs the sockets that are ready, not the sockets that are open.
/// One call of processEvents() sends the posted events of that moment, then tells up to 256 ready sockets, then the
/// timers that are due, so none of the three can starve another.
/// Install it with QThread::setEventDispatcher() or QCoreApplication::setEventDispatcher(), which take it over.
/// There is no user input here, so ExcludeUserInputEvents changes nothing.
/// Lives on: the thread whose loop it runs; wakeUp() and interrupt() may be called from any.
class EpollDispatcher final : public QAbstractEventDispatcher
{
public:
    explicit EpollDispatcher(QObject *parent = nullptr);
    ~EpollDispatcher() override;

    bool processEvents(QEventLoop::ProcessEventsFlags flags) override;

    void registerSocketNotifier(QSocketNotifier *notifier) override;
    void unregisterSocketNotifier(QSocketNotifier *notifier) override;

    void registerTimer(int timerId, qint64 interval, Qt::TimerType timerType, QObject *object) override;
    bool unregisterTimer(int timerId) override;
    bool unregisterTimers(QObject *object) override;
    QList<TimerInfo> registeredTimers(QObject *object) const override;
    int remainingTime(int timerId) override;

    /// Rings it before this thread sleeps again. A thread that wakes another one for every value it gives away spends
    /// more on waking than on the values. This thread only.
    void ringWhenTurnEnds(std::shared_ptr<MailboxBell> bell) { bells_.push_back(std::move(bell)); }

    void wakeUp() override;
    void interrupt() override;

private:
    enum class Sleep { Awake, Asleep, Woken };

    /// True when the loop was woken by wakeUp() and not by a socket or timer.
    bool sleep(QEventLoop::ProcessEventsFlags flags, bool mayBlock);
    bool deliverTimers();
    void ringBells();

    EpollSet sockets_;
    LoopTimers timers_;
    std::vector<LoopTimers::Ticket> dueTimers_;
    std::vector<std::shared_ptr<MailboxBell>> bells_;
    // any thread
    std::atomic<Sleep> sleep_{Sleep::Awake};
    std::atomic<bool> isInterrupted_{false};
};

} // namespace orchestra
