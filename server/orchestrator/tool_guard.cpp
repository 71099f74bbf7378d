// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/tool_guard.h"

namespace orchestra {

void ToolGuard::leave(ConcurrencyLimit::Outcome outcome)
{
    concurrency_.leave(outcome);
    // The place is taken for whoever is told of it, so that nobody overtakes.
    while (!waiting_.empty() && concurrency_.enter())
        waiting_.extract(waiting_.begin()).mapped()();
}

std::uint64_t ToolGuard::wait(std::function<void()> given)
{
    if (waiting_.size() >= mostWaiting_)
        return 0;
    waiting_.emplace(++lastWaiter_, std::move(given));
    return lastWaiter_;
}

} // namespace orchestra
