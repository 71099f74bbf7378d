// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/operations_agent.h"

#include "server/agents/answers.h"

namespace orchestra {
namespace {

using Answer = void (*)(const answers::Asking &);

Answer answerFor(Intent intent)
{
    switch (intent) {
    case Intent::Status:
        return answers::status;
    case Intent::Connections:
        return answers::connections;
    case Intent::Breakers:
        return answers::breakers;
    case Intent::Flags:
        return answers::flags;
    case Intent::Tasks:
        return answers::tasks;
    case Intent::Metrics:
        return answers::metrics;
    case Intent::SearchHistory:
        return answers::searchHistory;
    case Intent::Docs:
        return answers::docs;
    case Intent::Audit:
        return answers::audit;
    case Intent::Threads:
        return answers::conversations;
    case Intent::SetFlag:
        return answers::setFlag;
    case Intent::BreakerOverride:
        return answers::overrideBreaker;
    case Intent::CloseConnection:
        return answers::closeConnections;
    case Intent::CancelTask:
        return answers::cancelTask;
    case Intent::Drain:
        return answers::drain;
    case Intent::Help:
    case Intent::Greeting:
    case Intent::Generate:
    case Intent::Unknown:
        return nullptr;
    }
    return nullptr;
}

} // namespace

bool OperationsAgent::answers(Intent intent)
{
    return answerFor(intent) != nullptr;
}

void OperationsAgent::run(const std::shared_ptr<Turn> &turn, const OperationsRequest &request) const
{
    owner_.check();
    const Answer answer = answerFor(request.intent);
    if (!answer) {
        Report(turn).fail({Code::Internal, "The operations agent was given a turn it does not answer."});
        return;
    }
    turn->startAgent(kName);
    answer({turn, request, tools_, clock_});
}

} // namespace orchestra
