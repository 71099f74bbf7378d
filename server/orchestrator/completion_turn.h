// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/models.h"
#include "server/orchestrator/api_caller.h"
#include "server/orchestrator/outbox.h"
#include "server/orchestrator/task.h"

#include <memory>
#include <optional>
#include <vector>

namespace orchestra {

/// One completion from its task's start to the answer of whoever asked: what the model says goes to the client as it
/// comes, and into the turn, so that it is kept. Kept alive by CompletionService. Lives on: hub.
class CompletionTurn final : public std::enable_shared_from_this<CompletionTurn>, private ModelRunListener
{
public:
    CompletionTurn(const Hub &hub, Outbox &outbox, ApiCaller caller, std::shared_ptr<const CompletionOrder> order);

    const ApiCaller &caller() const { return caller_; }
    const CompletionOrder &order() const { return *order_; }
    /// The words that the model called, in OpenAI's shape, are known once the turn has ended well.
    const std::optional<ModelFinish> &finish() const { return finish_; }

    /// Asks the model.
    void start(std::shared_ptr<Turn> turn, Models &models);
    /// The client has gone; nothing is told it any more.
    void leave() { isLeft_ = true; }
    /// The end of the task is durable: tells the client how it ended.
    void ended(const wire::AgentCompleted &end);
    /// There is no task: tells the client why.
    void refused(Error error);

private:
    void onAnswering(const ModelIdentity &identity) override;
    void onPieces(std::vector<ModelPiece> pieces) override;
    void onEnd(const ModelRunEnd &end) override;

    void begin();
    void finishStream(Result<CompletionEnding> ending);
    CompletionHead head() const;
    Completion completion(const ModelRunEnd &end) const;
    wire::Usage estimatedUsage() const;
    Error failureOf(const wire::AgentCompleted &end) const;

    const Hub &hub_;
    Outbox &outbox_;
    const ApiCaller caller_;
    const std::shared_ptr<const CompletionOrder> order_;
    const std::int64_t createdAt_;

    std::shared_ptr<Turn> turn_;
    std::unique_ptr<ModelRun> run_;
    std::optional<ModelIdentity> identity_;
    std::optional<ModelFinish> finish_;
    std::optional<Error> failure_; ///< as the model's side told it, with its advice on when to come back
    std::vector<ModelPiece> said_; ///< when it is told as a whole
    std::size_t saidBytes_ = 0;
    bool hasBegun_ = false;
    bool isLeft_ = false;
};

} // namespace orchestra
