// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/loop/mailbox_reader.h"
#include "shared/base/clock.h"
#include "shared/base/mailbox.h"

#include <atomic>
#include <functional>
#include <memory>
#include <string>

class QThread;

namespace orchestra {

/// A named thread that runs Qt's event loop on an EpollDispatcher.
/// Lives on: the thread that owns it (starts and stops it); `post()` may be called from any.
class LoopThread
{
public:
    using Task = std::function<void()>;

    /// `name` is shown by the system cut to 15 bytes. `clock` must outlive the thread.
    LoopThread(std::string name, const Clock &clock);
    ~LoopThread();
    LoopThread(const LoopThread &) = delete;
    LoopThread &operator=(const LoopThread &) = delete;

    /// Returns at once. In the thread `onStart` runs first, then the tasks posted so far and the loop, and after
    /// `stop()` the tasks accepted before it, then `onStop`, then the deferred deletions of objects that lived there.
    /// A LoopThread is started once.
    void start(Task onStart = {}, Task onStop = {});
    /// Waits until the thread has ended. Later posts are refused. Does nothing when it does not run.
    void stop();

    /// Runs `task` in the thread's loop, in the order of posting. False when the thread is stopping or 64 Ki tasks
    /// wait; the task is dropped then.
    [[nodiscard]] bool post(Task task);

    bool isRunning() const { return thread_ != nullptr; }
    const std::string &name() const { return name_; }

private:
    void run(const Task &onStart, const Task &onStop);

    const std::string name_;
    Mailbox<Task> tasks_;
    MailboxReader<Task> reader_;
    std::unique_ptr<QThread> thread_;
    std::atomic<bool> hasEnded_{false}; ///< carries what the thread has done over to whoever stops it
};

} // namespace orchestra
