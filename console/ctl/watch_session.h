// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/ctl/ops_session.h"
#include "console/ctl/render.h"
#include "console/ctl/terminal.h"

namespace orchestra::ctl {

/// The commands that look: status, connections, models, tools, breakers, tasks, watch and tail. Subscribes to one topic
/// and prints it, once or as it changes. Lives on: gui.
class WatchSession final : public OpsSession
{
    Q_OBJECT

public:
    /// All must outlive the session. `arguments` must be of one of these verbs.
    WatchSession(const Arguments &arguments, OpsClient &client, const Clock &clock, Terminal &terminal);

    /// Error: Invalid when there is no such topic.
    Status start() override;

private:
    void whenTopicChanged(const TopicChange &change);
    void print(const TopicChange &change);
    void printJson(const TopicChange &change);
    void printTable();
    void printRows(const TextTable &table);
    void printAppended();

    wire::Topic topic_ = wire::Topic::Overview;
    std::uint64_t lastIndex_ = 0; ///< of a log or audit row that was printed
    WallMs startedAt_ = 0;        ///< the server's start
};

} // namespace orchestra::ctl
