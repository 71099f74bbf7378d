// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/conversation/resume.h"

#include <algorithm>

namespace orchestra {

wire::ThreadPosition planResume(const ThreadId &thread, const ThreadLog &log, bool hasMessages,
                                const std::optional<wire::Cursor> &cursor)
{
    wire::ThreadPosition plan{thread, wire::ResumeOutcome::Current, log.epoch(), log.published(), log.published()};
    if (!cursor)
        return plan;
    plan.from = cursor->offset;
    if (cursor->epoch == log.epoch() && cursor->offset == log.published())
        return plan;
    if (cursor->epoch == log.epoch() && cursor->offset < log.published() && cursor->offset + 1 >= log.first()) {
        plan.outcome = wire::ResumeOutcome::Replayed;
        return plan;
    }
    const bool sawSomething = cursor->offset > 0;
    plan.outcome = sawSomething && !hasMessages ? wire::ResumeOutcome::Reset : wire::ResumeOutcome::Snapshot;
    return plan;
}

CatchUp::~CatchUp()
{
    while (!legs_.empty())
        drop(legs_.back().thread);
}

CatchUp::Leg *CatchUp::find(const ThreadId &thread)
{
    const auto leg = std::ranges::find(legs_, thread, &Leg::thread);
    return leg == legs_.end() ? nullptr : &*leg;
}

bool CatchUp::covers(const ThreadId &thread) const
{
    return std::ranges::find(legs_, thread, &Leg::thread) != legs_.end();
}

std::vector<ThreadId> CatchUp::threads() const
{
    std::vector<ThreadId> out;
    for (const Leg &leg : legs_)
        out.push_back(leg.thread);
    return out;
}

void CatchUp::addReplay(const ThreadId &thread, ThreadLog &log, std::uint64_t offset)
{
    drop(thread);
    legs_.push_back({thread, &log, offset, false, {}});
    log.hold(offset + 1);
}

void CatchUp::addSnapshot(const ThreadId &thread, ThreadLog &log)
{
    addReplay(thread, log, log.published());
    legs_.back().waits = true;
}

void CatchUp::snapshotReady(const ThreadId &thread, std::vector<EventPtr> parts)
{
    Leg *leg = find(thread);
    if (leg == nullptr || !leg->waits)
        return;
    leg->waits = false;
    leg->snapshot.assign(parts.begin(), parts.end());
    advance(*leg, leg->log->published());
}

void CatchUp::drop(const ThreadId &thread)
{
    const auto leg = std::ranges::find(legs_, thread, &Leg::thread);
    if (leg == legs_.end())
        return;
    leg->log->release(leg->seen + 1);
    legs_.erase(leg);
}

void CatchUp::advance(Leg &leg, std::uint64_t seen)
{
    leg.log->release(leg.seen + 1);
    leg.seen = seen;
    leg.log->hold(leg.seen + 1);
}

CatchUp::Part CatchUp::next(std::size_t maxBytes, std::size_t maxEvents)
{
    Part part;
    part.caughtUp = true;
    std::size_t bytes = 0;
    const auto hasRoom = [&](const EventPtr &event) {
        return part.events.empty() || (part.events.size() < maxEvents && bytes + event->bytes <= maxBytes);
    };
    for (Leg &leg : legs_) {
        while (!leg.snapshot.empty() && hasRoom(leg.snapshot.front())) {
            bytes += leg.snapshot.front()->bytes;
            part.events.push_back(std::move(leg.snapshot.front()));
            leg.snapshot.pop_front();
        }
        if (!leg.waits && leg.snapshot.empty() && leg.seen + 1 < leg.log->first()) {
            leg.waits = true;
            part.needSnapshot.push_back(leg.thread);
        }
        std::uint64_t seen = leg.seen;
        while (!leg.waits && leg.snapshot.empty() && seen < leg.log->published() && hasRoom(leg.log->at(seen + 1))) {
            part.events.push_back(leg.log->at(++seen));
            bytes += part.events.back()->bytes;
        }
        if (seen != leg.seen)
            advance(leg, seen);
        part.caughtUp = part.caughtUp && !leg.waits && leg.snapshot.empty() && leg.seen == leg.log->published();
    }
    return part;
}

} // namespace orchestra
