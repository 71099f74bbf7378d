// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/conversation/thread_log.h"
#include "server/core/store_port.h"
#include "server/orchestrator/feed.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace orchestra {

class Task;
struct Submission;

/// A thread that is in memory: its record, its events, who receives them and what runs in it.
/// Owned by ThreadService, which lets it go when nothing here needs it. Lives on: hub.
struct Conversation
{
    explicit Conversation(ThreadRecord stored)
        : record(std::move(stored))
        , log(record.epoch, record.offset)
    {
    }

    const ThreadId &id() const { return record.threadId; }
    bool isBusy() const { return running || !queue.empty() || !ending.empty() || !submissions.empty(); }
    bool hasReaders() const { return !live.empty() || !streams.empty() || catchingUp > 0; }

    ThreadRecord record;
    ThreadLog log;
    std::size_t retainedBytes = 0; ///< of the log, when retention was last applied

    std::vector<ConnectionKey> live; ///< sorted: whole-thread readers that are up to date
    std::vector<Feed *> streams;     ///< readers of one task that are up to date
    std::size_t catchingUp = 0;

    std::shared_ptr<Task> running;
    std::vector<std::shared_ptr<Task>> queue;  ///< accepted, in the order of their messages
    std::vector<std::shared_ptr<Task>> ending; ///< cancelled while queued; their end is not durable yet
    /// Message ids that are on their way to the store, so that a repetition joins instead of being stored twice.
    std::map<std::string, std::shared_ptr<Submission>> submissions;
    /// Ids of the last turns that ended here, so that repeating one is not mistaken for a new turn when it is busy.
    std::vector<std::string> endedRefs;
};

} // namespace orchestra
