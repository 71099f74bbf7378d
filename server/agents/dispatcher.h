// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/assistant_agent.h"
#include "server/agents/maestro.h"
#include "server/agents/operations_agent.h"
#include "server/core/turn.h"

namespace orchestra {

/// Gives each turn to a command or an agent: what is typed as /name or sent as a command is taken at its word, anything
/// else is read by Maestro. What is no question about this server goes to the assistant; without any model server it
/// ends as NO_MODEL, or Maestro asks back. Lives on: hub.
class Dispatcher final : public TurnRunner
{
public:
    /// All must outlive the dispatcher.
    Dispatcher(const Maestro &maestro, const OperationsAgent &operations, const AssistantAgent &assistant)
        : maestro_(maestro)
        , operations_(operations)
        , assistant_(assistant)
    {
    }

    void run(std::shared_ptr<Turn> turn) override;

private:
    void runCommand(const std::shared_ptr<Turn> &turn, const std::string &name, const std::string &text) const;
    void runText(const std::shared_ptr<Turn> &turn) const;
    void answer(const std::shared_ptr<Turn> &turn, const MaestroReading &reading) const;

    ThreadOwner owner_;
    const Maestro &maestro_;
    const OperationsAgent &operations_;
    const AssistantAgent &assistant_;
};

} // namespace orchestra
