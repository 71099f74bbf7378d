// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/ctl/ops_session.h"
#include "console/ctl/render.h"

namespace orchestra::ctl {

/// Asks one thing that no topic tells, prints the answer, ends: how breakers changed within a day, how a tool describes
/// itself. Lives on: gui.
class AskSession final : public OpsSession
{
    Q_OBJECT

public:
    /// All must outlive the session.
    AskSession(const Arguments &arguments, OpsClient &client, const Clock &clock, Terminal &terminal);

    Status start() override { return Ok{}; }

private:
    void ask();
    void askTransitions(std::uint64_t beforeIndex);
    void tellTransitions();
    void tellTool(const Result<wire::ToolReply> &reply);
    void fail(const Error &error);

    std::vector<wire::BreakerTransition> transitions_; ///< newest first
};

} // namespace orchestra::ctl
