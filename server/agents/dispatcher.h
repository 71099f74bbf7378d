// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/maestro.h"
#include "server/agents/operations_agent.h"
#include "server/core/turn.h"

namespace orchestra {

/// Gives each turn to a command or an agent: what is typed as /name or sent as a command is taken at its word, anything
/// else is read by Maestro. What needs a language model ends as NO_MODEL, because this server has none. Lives on: hub.
class Dispatcher final : public TurnRunner
{
public:
    /// Both must outlive the dispatcher.
    Dispatcher(const Maestro &maestro, const OperationsAgent &operations)
        : maestro_(maestro)
        , operations_(operations)
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
};

} // namespace orchestra
