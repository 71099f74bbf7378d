// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"

#include <cstddef>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace orchestra {

/// The one door between threads: a bounded queue with many writers and one reader.
/// Values wait until the reader drains them all at once; the reader is woken once per batch, not per value.
/// Thread-safe. `wake` is called on the pushing thread, outside the lock, when the mailbox goes from empty to
/// non-empty; it must only schedule a `drain()` on the reader's thread (see server/loop/loop_thread.h).
template <class T>
class Mailbox
{
public:
    Mailbox(std::size_t capacity, const Clock &clock) : capacity_(capacity), clock_(clock) {}
    Mailbox(const Mailbox &) = delete;
    Mailbox &operator=(const Mailbox &) = delete;

    /// Set before the first push.
    void onWake(std::function<void()> wake) { wake_ = std::move(wake); }

    /// False when the mailbox is full or closed: the value is untouched and the sender decides what that means.
    [[nodiscard]] bool push(T &&value)
    {
        bool first = false;
        {
            const std::lock_guard lock(mutex_);
            if (closed_ || values_.size() >= capacity_)
                return false;
            first = values_.empty();
            if (first)
                firstAt_ = clock_.now();
            values_.push_back(std::move(value));
        }
        if (first && wake_)
            wake_();
        return true;
    }

    /// Moves everything that waits into `out` (which is cleared first). Reader's thread only.
    /// Returns how long the oldest value of the batch has waited.
    std::chrono::nanoseconds drain(std::vector<T> &out)
    {
        out.clear();
        const std::lock_guard lock(mutex_);
        out.swap(values_);
        return out.empty() ? std::chrono::nanoseconds(0) : clock_.now() - firstAt_;
    }

    /// Later pushes fail. What already waits can still be drained.
    void close()
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }

    std::size_t size() const
    {
        const std::lock_guard lock(mutex_);
        return values_.size();
    }
    std::size_t capacity() const { return capacity_; }

private:
    // constant after construction
    const std::size_t capacity_;
    const Clock &clock_;
    std::function<void()> wake_;
    // guarded by mutex_
    mutable std::mutex mutex_;
    std::vector<T> values_;
    MonotonicTime firstAt_{};
    bool closed_ = false;
};

} // namespace orchestra
