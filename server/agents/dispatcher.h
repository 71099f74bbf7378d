// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/assistant_agent.h"
#include "server/agents/feedback.h"
#include "server/agents/maestro.h"
#include "server/agents/memory.h"
#include "server/agents/operations_agent.h"
#include "server/agents/swarm.h"
#include "server/core/turn.h"

namespace orchestra {

/// Gives each turn to a command or an agent: what is typed as /name or sent as a command is taken at its word, anything
/// else is read by Maestro. What is no question about this server goes to the assistant or the swarm, as the turn's
/// execution mode says; without any model server it
/// ends as NO_MODEL, or Maestro asks back. Lives on: hub.
class Dispatcher final : public TurnRunner
{
public:
    /// `usual`: how turns are answered that do not say. All must outlive the dispatcher.
    Dispatcher(Maestro &maestro, const OperationsAgent &operations, const AssistantAgent &assistant, const Swarm &swarm,
               const Memory &memory, FeedbackDesk &feedback, wire::ExecutionMode usual = wire::ExecutionMode::Balanced)
        : maestro_(maestro)
        , operations_(operations)
        , assistant_(assistant)
        , swarm_(swarm)
        , memory_(memory)
        , feedback_(feedback)
        , usual_(usual)
    {
    }

    void run(std::shared_ptr<Turn> turn) override;

private:
    void runCommand(const std::shared_ptr<Turn> &turn, const std::string &name, const std::string &text) const;
    void runText(const std::shared_ptr<Turn> &turn) const;
    void runModel(const std::shared_ptr<Turn> &turn) const;
    void answer(const std::shared_ptr<Turn> &turn, const MaestroReading &reading) const;

    ThreadOwner owner_;
    Maestro &maestro_;
    const OperationsAgent &operations_;
    const AssistantAgent &assistant_;
    const Swarm &swarm_;
    const Memory &memory_;
    FeedbackDesk &feedback_;
    const wire::ExecutionMode usual_;
};

} // namespace orchestra
