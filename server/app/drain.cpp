// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/drain.h"

#include "server/orchestrator/orchestrator.h"

#include <utility>

namespace orchestra {

Drain::Drain(Orchestrator &orchestrator, Schedule &schedule, std::chrono::milliseconds limit,
             std::function<void()> finished)
    : orchestrator_(orchestrator)
    , limit_(limit)
    , finished_(std::move(finished))
    , alarm_(schedule)
{
}

void Drain::begin(const std::string &why)
{
    if (std::exchange(hasBegun_, true))
        return;
    why_ = why;
    orchestrator_.beginDrain(why);
    alarm_.start(limit_, [this] { interrupt(); });
    orchestrator_.whenIdle([this] { close(); });
}

void Drain::interrupt()
{
    // Whoever stores slower than this finds its task interrupted at the next start.
    alarm_.start(kInterruption, [this] { close(); });
    orchestrator_.interruptTasks();
}

void Drain::close()
{
    if (std::exchange(isClosing_, true))
        return;
    orchestrator_.closeEverything(kComeBack, "the server goes down");
    lookWhetherGone(kFarewell);
}

void Drain::lookWhetherGone(std::chrono::nanoseconds left)
{
    alarm_.start(kLook, [this, left] {
        if (orchestrator_.openConnections() == 0 || left <= std::chrono::nanoseconds(0))
            finished_();
        else
            lookWhetherGone(left - kLook);
    });
}

} // namespace orchestra
