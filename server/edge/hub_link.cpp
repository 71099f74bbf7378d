// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/hub_link.h"

namespace orchestra {

void HubLink::send(FromEdge message)
{
    if (!waiting_.empty()) {
        waiting_.push_back(std::move(message));
        return;
    }
    if (mailbox_.push(std::move(message)))
        return;
    ++refused_;
    waiting_.push_back(std::move(message));
    if (blocked_)
        blocked_();
}

bool HubLink::retry()
{
    while (!waiting_.empty() && mailbox_.push(std::move(waiting_.front())))
        waiting_.pop_front();
    return waiting_.empty();
}

} // namespace orchestra
