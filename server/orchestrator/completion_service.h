// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/models.h"
#include "server/orchestrator/chat_service.h"
#include "server/orchestrator/completion_threads.h"
#include "server/orchestrator/completion_turn.h"

#include <map>
#include <memory>
#include <unordered_map>

namespace orchestra {

/// Serves clients that speak OpenAI's chat completions: lists models and calls them. Each call is a turn like any
/// other, in a thread of its own or in the one it continues: kept, counted, shown, and to be cancelled. Only who
/// answers it differs: the model that the client names, with nothing added to what the client sends.
/// A client that goes away ends its call, for it could not come back to it. Lives on: hub.
class CompletionService final : public TurnRunner
{
public:
    /// Exchanges whose continuation is recognised.
    static constexpr std::size_t kRememberedExchanges = 10000;

    CompletionService(const Hub &hub, Outbox &outbox, TaskRegistry &tasks, ChatService &chats);
    ~CompletionService() override;
    CompletionService(const CompletionService &) = delete;
    CompletionService &operator=(const CompletionService &) = delete;

    /// Before the first call. `models` must outlive the calls.
    void setModels(Models &models) { models_ = &models; }

    void list(const ApiCaller &caller) const;
    void show(const ApiCaller &caller, const std::string &id) const;
    void complete(const ApiCaller &caller, const PostCompletion &post);
    void aborted(const ApiAborted &aborted);

    void run(std::shared_ptr<Turn> turn) override;

private:
    using CallKey = std::pair<ConnectionKey, std::uint64_t>;

    std::vector<ListedModel> models() const;
    std::optional<Error> objection(const CompletionOrder &order) const;
    void submit(const std::shared_ptr<CompletionTurn> &call, TurnRequest request);
    void accepted(const std::shared_ptr<CompletionTurn> &call, const AcceptedTurn &turn);
    void ended(const TaskId &taskId, const ThreadId &threadId, const wire::AgentCompleted &end);

    const Hub &hub_;
    Outbox &outbox_;
    TaskRegistry &tasks_;
    ChatService &chats_;
    Models *models_ = nullptr;
    CompletionThreads exchanges_{kRememberedExchanges};
    std::map<CallKey, std::shared_ptr<CompletionTurn>> calls_; ///< whose client waits
    std::map<CallKey, TaskId> taskOf_;
    std::unordered_map<TaskId, std::shared_ptr<CompletionTurn>> turns_; ///< that have not ended
};

} // namespace orchestra
