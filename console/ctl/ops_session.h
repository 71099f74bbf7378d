// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/ctl/arguments.h"
#include "console/ctl/terminal.h"
#include "console/link/ops_client.h"

#include <QObject>

namespace orchestra::ctl {

/// What every command over the operations channel has: it says when the link fails, and ends once. Lives on: gui.
class OpsSession : public QObject
{
    Q_OBJECT

public:
    /// Subscribes to what the command needs. Error: Invalid when it cannot be carried out.
    virtual Status start() = 0;

Q_SIGNALS:
    void ended(orchestra::ctl::Exit exit);

protected:
    /// All must outlive the session.
    OpsSession(const Arguments &arguments, OpsClient &client, const Clock &clock, Terminal &terminal);

    /// It goes on until somebody ends it: a link that was there is waited for.
    bool follows() const;
    bool hasEnded() const { return ended_; }
    void end(Exit exit);

    const Arguments &arguments_;
    OpsClient &client_;
    const Clock &clock_;
    Terminal &terminal_;

private:
    void whenLinkChanged();

    LinkPhase shown_ = LinkPhase::Idle;
    bool wasLive_ = false; ///< once it was, a lost link comes back however long that takes
    bool ended_ = false;
};

} // namespace orchestra::ctl
