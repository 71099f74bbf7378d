// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/edge/edge_context.h"
#include "server/edge/encoded_event.h"

namespace orchestra {

/// A connection as its edge thread sees it: where the hub's messages go. A kind of connection ignores what is not
/// meant for it, so a message that comes after an upgrade, or too late, does nothing.
/// Lives on: edge.
class EdgeConnection
{
public:
    EdgeConnection() = default;
    EdgeConnection(const EdgeConnection &) = delete;
    EdgeConnection &operator=(const EdgeConnection &) = delete;
    virtual ~EdgeConnection() = default;

    virtual void receive(const AdmissionDecision &) {}
    virtual void receive(const Authenticated &) {}
    virtual void receive(const Unicast &) {}
    virtual void receive(const OpsOut &) {}
    virtual void receive(const FramesWanted &) {}
    virtual void receive(const ApiReply &) {}
    virtual void receive(const ApiStreamBegin &) {}
    virtual void receive(const ApiStreamEnd &) {}
    virtual void receive(const CompletionBegin &) {}
    virtual void receive(const CompletionPart &) {}
    virtual void receive(const CompletionDone &) {}
    virtual void receive(const CloseConnection &close) = 0;
    /// The listener's word on ConnectionHost::askForSlots().
    virtual void decideSlots(bool) {}

    virtual void deliver(EncodedEvent &) {}
    /// After the last event of a ReplayPart: PartDrained follows as soon as it is nearly written.
    virtual void finishPart() {}

    /// While the hub takes nothing more, nothing is read.
    virtual void pauseReading() = 0;
    virtual void resumeReading() = 0;
    /// Looks at the deadlines.
    virtual void sweep(MonotonicTime now) = 0;
    /// Adds its numbers when they have changed since the last call.
    virtual void report(std::vector<ConnectionStats> &) {}
    /// Ends it at once, without a word to the peer.
    virtual void cut() = 0;
};

} // namespace orchestra
