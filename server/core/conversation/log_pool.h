// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/conversation/thread_log.h"

#include <list>
#include <unordered_map>

namespace orchestra {

/// What all thread logs keep together, and whose turn it is to give way: the one idle for longest. Lives on: hub.
class LogPool
{
public:
    explicit LogPool(std::size_t totalBytes)
        : limit_(totalBytes)
    {
    }
    LogPool(const LogPool &) = delete;
    LogPool &operator=(const LogPool &) = delete;

    /// Something was appended to `log`: counts it as the most recent one and, over the limit, makes the oldest forget.
    /// `log` must be removed before it is destroyed.
    void touch(ThreadLog &log);
    /// `log` was trimmed by its owner.
    void recount(ThreadLog &log);
    void remove(ThreadLog &log);
    std::size_t bytes() const { return bytes_; }

private:
    struct Entry
    {
        ThreadLog *log;
        std::size_t counted;
    };

    void recount(Entry &entry);
    void makeRoom();

    const std::size_t limit_;
    std::size_t bytes_ = 0;
    std::list<Entry> byAge_; ///< oldest first
    std::unordered_map<ThreadLog *, std::list<Entry>::iterator> entries_;
};

} // namespace orchestra
