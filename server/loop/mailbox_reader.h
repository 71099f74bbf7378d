// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/loop/mailbox_bell.h"
#include "shared/base/histogram.h"
#include "shared/base/mailbox.h"

#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace orchestra {

/// The reading end of a mailbox on a Qt thread: hands each batch to a function, one batch a loop turn.
/// Constructed before the mailbox's first push, on any thread; everything else belongs to the thread that calls
/// `start()`, which also calls `stop()` or destroys the reader. Works on any Qt event loop. Writers may go on
/// pushing afterwards: the values wait in the mailbox.
/// Lives on: the thread that calls start().
template <class T>
class MailboxReader
{
public:
    /// May take the values out of the batch; what it leaves is discarded.
    using Handler = std::function<void(std::vector<T> &batch)>;

    explicit MailboxReader(Mailbox<T> &mailbox)
        : mailbox_(mailbox)
        , bell_(std::make_shared<MailboxBell>())
    {
        // The mailbox shares the bell, because it may outlive the reader.
        mailbox.onWake([bell = bell_] { bell->ring(); });
    }
    ~MailboxReader() { stop(); }
    MailboxReader(const MailboxReader &) = delete;
    MailboxReader &operator=(const MailboxReader &) = delete;

    /// What waits already is handed over in the next loop turn.
    void start(Handler handler)
    {
        handler_ = std::move(handler);
        bell_->attach([this] { drain(); });
    }

    /// After it the handler is not called again. May be called from the handler.
    void stop() { bell_->detach(); }

    /// Hands over what waits, without waiting for the loop. Does nothing when the mailbox is empty.
    void drain()
    {
        // Local while it is handled, so that a handler may drain again.
        std::vector<T> batch = std::move(spare_);
        const std::chrono::nanoseconds waited = mailbox_.drain(batch);
        if (!batch.empty()) {
            wait_.record(
                static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(waited).count()));
            handler_(batch);
        }
        batch.clear();
        spare_ = std::move(batch);
    }

    /// How long the oldest value of each batch waited, in microseconds.
    const Histogram &wait() const { return wait_; }
    /// The same, and begins a new one.
    Histogram takeWait() { return std::exchange(wait_, Histogram()); }

private:
    Mailbox<T> &mailbox_;
    const std::shared_ptr<MailboxBell> bell_;
    Handler handler_;
    std::vector<T> spare_;
    Histogram wait_;
};

} // namespace orchestra
