// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/channels.h"
#include "server/core/conversation/resume.h"
#include "server/core/schedule.h"

#include <optional>
#include <set>
#include <string>

namespace orchestra {

/// What one connection receives of threads: which it follows live, and the catch-up it is still being sent.
/// Kept by Following; whoever owns a Feed ends it there before it dies. Lives on: hub.
struct Feed
{
    Feed(ConnectionKey key, std::string userId, Schedule &schedule)
        : key(key)
        , userId(std::move(userId))
        , stalled(schedule)
    {
    }

    const ConnectionKey key;
    std::string userId;
    /// A stream of one task: events of others are left out.
    std::optional<TaskId> onlyTask;
    std::set<ThreadId> follows; ///< live or catching up
    CatchUp catchUp;
    bool partIsOut = false;      ///< the edge has not drained the last part
    bool owesResumeDone = false; ///< a hello was answered; resume_done ends its replay
    Alarm stalled;               ///< the last part has not been drained for too long
};

} // namespace orchestra
