// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/channels.h"
#include "shared/base/mailbox.h"

#include <deque>
#include <functional>

namespace orchestra {

/// An edge thread's way to the hub. Keeps the order, also when the hub's mailbox is full: then what could not be sent
/// waits here and `onBlocked` says so, whereupon the edge stops reading sockets until retry() has found room.
/// Lives on: edge.
class HubLink
{
public:
    explicit HubLink(Mailbox<FromEdge> &mailbox)
        : mailbox_(mailbox)
    {
    }

    /// Called once each time sending begins to fail.
    void onBlocked(std::function<void()> blocked) { blocked_ = std::move(blocked); }

    void send(FromEdge message);
    /// Sends what waits, as far as there is room. True when nothing waits any more.
    bool retry();
    bool isBlocked() const { return !waiting_.empty(); }
    /// Pushes that found the mailbox full.
    std::uint64_t refused() const { return refused_; }

private:
    Mailbox<FromEdge> &mailbox_;
    std::function<void()> blocked_;
    std::deque<FromEdge> waiting_;
    std::uint64_t refused_ = 0;
};

} // namespace orchestra
