// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/channels.h"
#include "server/core/schedule.h"
#include "server/loop/mailbox_reader.h"
#include "shared/base/thread_owner.h"

#include <QTimer>

#include <functional>
#include <vector>

namespace orchestra {

/// Drives the hub from Qt's event loop: hands over what the edge threads sent and runs the schedule when it is due.
/// Lives on: hub.
class HubLoop
{
public:
    HubLoop(const Clock &clock, Schedule &schedule, Mailbox<FromEdge> &fromEdge, HubCounters &counters);
    ~HubLoop();
    HubLoop(const HubLoop &) = delete;
    HubLoop &operator=(const HubLoop &) = delete;

    void start(std::function<void(std::vector<FromEdge> &)> handle);
    void stop();
    /// Takes the counters of the mailbox over into the hub's; once a second.
    void count();

private:
    void arm();
    void runDue();

    ThreadOwner owner_;
    const Clock &clock_;
    Schedule &schedule_;
    HubCounters &counters_;
    MailboxReader<FromEdge> reader_;
    QTimer timer_;
    MonotonicTime armedFor_{};
};

} // namespace orchestra
