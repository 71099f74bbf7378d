// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/conversation/thread_log.h"

#include <deque>
#include <optional>
#include <vector>

namespace orchestra {

/// How a reader with `cursor` is brought up to date: current (nothing missed, or no cursor: "from now"), replayed (all
/// missed events are here), snapshot (some are not, or the epoch is another) or reset (the thread holds no message
/// although the cursor has seen some).
wire::ThreadPosition planResume(const ThreadId &thread, const ThreadLog &log, bool hasMessages,
                                const std::optional<wire::Cursor> &cursor);

/// Brings one connection up to date in several threads at once, a part at a time, while the threads go on.
/// The reader is behind until a part says `caughtUp`: at that moment it has every visible event of every leg, so the
/// caller makes it live in the same turn of the loop and nothing is lost or repeated.
/// The logs must outlive it or be dropped before. Lives on: hub.
class CatchUp
{
public:
    CatchUp() = default;
    ~CatchUp();
    CatchUp(const CatchUp &) = delete;
    CatchUp &operator=(const CatchUp &) = delete;

    /// Events after `offset` of `log` are still to be sent. Replaces an earlier leg of the thread.
    void addReplay(const ThreadId &thread, ThreadLog &log, std::uint64_t offset);
    /// Nothing of this thread can be sent before its snapshot is ready.
    void addSnapshot(const ThreadId &thread, ThreadLog &log);
    /// `parts` show the thread as it is at log.published() now.
    void snapshotReady(const ThreadId &thread, std::vector<EventPtr> parts);
    void drop(const ThreadId &thread);

    bool covers(const ThreadId &thread) const;
    std::vector<ThreadId> threads() const;

    struct Part
    {
        std::vector<EventPtr> events;       ///< at most `maxEvents` and `maxBytes`; one event may be larger than that
        std::vector<ThreadId> needSnapshot; ///< retention overtook the reader: give these a snapshotReady()
        bool caughtUp = false;
    };
    Part next(std::size_t maxBytes, std::size_t maxEvents);

private:
    struct Leg
    {
        ThreadId thread;
        ThreadLog *log = nullptr;
        std::uint64_t seen = 0; ///< the last offset handed out
        bool waits = false;     ///< for its snapshot
        std::deque<EventPtr> snapshot;
    };

    Leg *find(const ThreadId &thread);
    void advance(Leg &leg, std::uint64_t seen);

    std::vector<Leg> legs_;
};

} // namespace orchestra
