// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/assistant_agent.h"

#include "server/agents/assistant_turn.h"
#include "server/agents/report.h"

namespace orchestra {

void AssistantAgent::run(const std::shared_ptr<Turn> &turn) const
{
    owner_.check();
    turn->startAgent(kName);
    auto assistant = std::make_shared<AssistantTurn>(turn, models_, tools_, rules_);
    turn->onEnded([assistant] { assistant->stop(); });
    ReadMessages read;
    read.threadId = turn->context().threadId;
    read.limit = rules_.historyMessages;
    store_.submit(std::move(read), [turn, weak = std::weak_ptr(assistant)](StoreReply reply) {
        const auto assistant = weak.lock();
        if (!assistant || !turn->isAlive())
            return;
        // Without its history the model would answer another question than the one that was asked.
        if (!reply)
            return Report(turn).fail(reply.error());
        assistant->start(std::get<MessagePage>(*reply).messages);
    });
}

} // namespace orchestra
