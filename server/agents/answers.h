// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/report.h"
#include "server/agents/request.h"

#include <memory>

/// How the operations agent puts each intent: which tool it calls and what it says of the outcome. Each function ends
/// the turn, at once or when its tool has answered. Hub only; the registry and clock outlive every turn.
namespace orchestra::answers {

struct Asking
{
    std::shared_ptr<Turn> turn;
    OperationsRequest request;
    const ToolRegistry &tools;
    const Clock &clock;
};

/// Calls a tool and lets `say(report, outcome, call)` put the outcome into words; a failure ends the turn as failed.
template <class Say>
void withTool(const Asking &asking, std::string_view tool, const wire::JsonValue &arguments, Say say)
{
    asking.tools.call(asking.turn, tool, arguments,
                      [turn = asking.turn, say = std::move(say)](Result<ToolOutcome> outcome, const ToolCall &call) {
                          Report report(turn);
                          if (!outcome)
                              return report.fail(outcome.error());
                          say(report, *outcome, call);
                          report.finish();
                      });
}

// live_answers.cpp
void status(const Asking &asking);
void connections(const Asking &asking);
void breakers(const Asking &asking);
void flags(const Asking &asking);
void tasks(const Asking &asking);
void metrics(const Asking &asking);

// record_answers.cpp
void searchHistory(const Asking &asking);
void docs(const Asking &asking);
void audit(const Asking &asking);
void conversations(const Asking &asking);

// change_answers.cpp: each asks for a confirmation first
void setFlag(const Asking &asking);
void overrideBreaker(const Asking &asking);
void closeConnections(const Asking &asking);
void cancelTask(const Asking &asking);
void drain(const Asking &asking);

} // namespace orchestra::answers
