// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/ctl/arguments.h"
#include "console/ctl/render.h"
#include "console/ctl/terminal.h"
#include "console/link/ops_client.h"

namespace orchestra::ctl {

/// The commands that look: status, connections, watch and tail. Subscribes to one topic and prints it, once or as it
/// changes. Lives on: gui.
class WatchSession final : public QObject
{
    Q_OBJECT

public:
    /// All must outlive the session. `arguments` must be of one of these verbs.
    WatchSession(const Arguments &arguments, OpsClient &client, const Clock &clock, Terminal &terminal);

    /// Error: Invalid when there is no such topic.
    Status start();

Q_SIGNALS:
    void ended(orchestra::ctl::Exit exit);

private:
    void whenLinkChanged();
    void whenTopicChanged(const TopicChange &change);
    void print(const TopicChange &change);
    void printJson(const TopicChange &change);
    void printTable();
    void printAppended();
    void printLines(const std::vector<Line> &lines);
    void end(Exit exit);

    const Arguments &arguments_;
    OpsClient &client_;
    const Clock &clock_;
    Terminal &terminal_;
    wire::Topic topic_ = wire::Topic::Overview;
    LinkPhase shown_ = LinkPhase::Idle;
    bool wasLive_ = false; ///< once it was, a lost link comes back however long that takes
    std::uint64_t lastIndex_ = 0; ///< of a log or audit row that was printed
    WallMs startedAt_ = 0;        ///< the server's start
    bool ended_ = false;
};

} // namespace orchestra::ctl
