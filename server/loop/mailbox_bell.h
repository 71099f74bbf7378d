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
class MailboxBell
{
public:
    MailboxBell();
    ~MailboxBell();
    MailboxBell(const MailboxBell &) = delete;
    MailboxBell &operator=(const MailboxBell &) = delete;

    void ring();

    /// From now on rings call `listener` in the calling thread's event loop. That thread also calls `detach()`.
    void attach(std::function<void()> listener);
    /// After it `listener` is not called again.
    void detach();

private:
    std::unique_ptr<QObject> listener_; // the attached thread only
    // guarded by mutex_
    std::mutex mutex_;
    QObject *target_ = nullptr;
    bool isRung_ = false;
};

} // namespace orchestra
