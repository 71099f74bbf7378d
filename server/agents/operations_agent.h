// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/request.h"
#include "server/agents/tool.h"
#include "shared/base/clock.h"
#include "shared/base/thread_owner.h"

#include <memory>

namespace orchestra {

/// Answers operators' questions from the live system, the history and the shipped documentation, and carries out their
/// changes after a confirmation. Needs no language model: it calls tools and reports what they return. Lives on: hub.
class OperationsAgent
{
public:
    static constexpr const char *kName = "operations";

    /// Both must outlive the agent.
    OperationsAgent(const ToolRegistry &tools, const Clock &clock)
        : tools_(tools)
        , clock_(clock)
    {
    }

    /// True when the agent answers this intent.
    static bool answers(Intent intent);
    void run(const std::shared_ptr<Turn> &turn, const OperationsRequest &request) const;

private:
    ThreadOwner owner_;
    const ToolRegistry &tools_;
    const Clock &clock_;
};

} // namespace orchestra
