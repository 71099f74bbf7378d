// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <mutex>

class QObject;

namespace orchestra {

/// Calls a function on a Qt thread when another thread rings: the wake-up half of a mailbox's reader.
/// Any number of rings before the call is one call. A ring before `attach()` is remembered.
/// Thread-safe: `ring()` from any thread at any time, even after the listener has gone.
class MailboxBell : public std::enable_shared_from_this<MailboxBell>
{
public:
    MailboxBell();
    ~MailboxBell();
    MailboxBell(const MailboxBell &) = delete;
    MailboxBell &operator=(const MailboxBell &) = delete;

    /// When the ringing thread has an EpollDispatcher the call comes after the present turn of its loop, once for all
    /// that it has put into mailboxes by then. At once: on other threads, for the listener's own thread, and for a bell
    /// that is not held by a shared_ptr.
    void ring();

    /// From now on rings call `listener` in the calling thread's event loop. That thread also calls `detach()`.
    void attach(std::function<void()> listener);
    /// After it `listener` is not called again.
    void detach();

private:
    friend class EpollDispatcher;

    void ringNow();
    bool isOfThisThread();

    std::unique_ptr<QObject> listener_; // the attached thread only
    // guarded by mutex_
    std::mutex mutex_;
    QObject *target_ = nullptr;
    bool isRung_ = false;
};

} // namespace orchestra
