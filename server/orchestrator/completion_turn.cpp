// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/completion_turn.h"

#include "shared/wire/error_table.h"

#include <utility>

namespace orchestra {
namespace {

constexpr const char *kAgentName = "completion";
constexpr std::size_t kBytesPerToken = 4; // a common rule of thumb; marked as estimated wherever it is shown

std::size_t tokensOf(std::size_t bytes)
{
    return (bytes + kBytesPerToken - 1) / kBytesPerToken;
}

} // namespace

CompletionTurn::CompletionTurn(const Hub &hub, Outbox &outbox, ApiCaller caller,
                               std::shared_ptr<const CompletionOrder> order)
    : hub_(hub)
    , outbox_(outbox)
    , caller_(std::move(caller))
    , order_(std::move(order))
    , createdAt_(hub.clock.wallMs() / 1000)
{
}

void CompletionTurn::start(std::shared_ptr<Turn> turn, Models &models)
{
    turn_ = std::move(turn);
    turn_->startAgent(kAgentName);
    turn_->onEnded([weak = weak_from_this()] {
        if (const auto self = weak.lock())
            self->run_.reset();
    });
    ModelWish wish;
    wish.mode = wire::ExecutionMode::Fast; // one call: what becomes of tool calls is the client's
    wish.needsTools = !order_->request.tools.empty();
    if (order_->model != kAnyModel)
        wish.model = order_->model;
    // No user is named, so that no kept answer is given: there is no way to tell these clients of its age.
    ModelRequest request = order_->request;
    request.correlationId = turn_->context().correlationId;
    request.traceparent = turn_->context().traceparent;
    run_ = models.ask(std::move(wish), std::move(request), *this);
}

void CompletionTurn::onAnswering(const ModelIdentity &identity)
{
    identity_ = identity;
}

void CompletionTurn::onPieces(std::vector<ModelPiece> pieces)
{
    for (const ModelPiece &piece : pieces) {
        if (const auto *text = std::get_if<ModelText>(&piece)) {
            saidBytes_ += text->text().size();
            turn_->say(*text);
        }
    }
    if (isLeft_)
        return;
    if (!order_->isStreamed) {
        for (ModelPiece &piece : pieces)
            said_.push_back(std::move(piece));
        return;
    }
    begin();
    hub_.edge.send(caller_.connection.edge, CompletionPart{caller_.connection, caller_.call, std::move(pieces)});
}

void CompletionTurn::begin()
{
    if (!std::exchange(hasBegun_, true))
        hub_.edge.send(caller_.connection.edge, CompletionBegin{caller_.connection, caller_.call, head()});
}

void CompletionTurn::onEnd(const ModelRunEnd &end)
{
    const auto self = shared_from_this(); // the turn's end may be the end of whoever keeps this
    if (end.identity)
        identity_ = end.identity;
    if (end.outcome) {
        finish_ = *end.outcome;
        if (!finish_->usage)
            finish_->usage = estimatedUsage();
    } else {
        failure_ = end.outcome.error();
    }
    turn_->complete(completion(end));
}

Completion CompletionTurn::completion(const ModelRunEnd &end) const
{
    Completion done;
    done.source = wire::AnswerSource::Model;
    done.executionMode = wire::ExecutionMode::Fast;
    if (identity_) {
        done.provider = identity_->server;
        done.model = identity_->model;
        done.attempt = identity_->attempt;
        done.fallbackFrom = identity_->fallbackFrom;
        if (!identity_->route.empty())
            done.route = identity_->route;
    }
    if (!end.outcome) {
        done.status = wire::CompletionStatus::Failed;
        done.error = end.outcome.error();
        done.usage = estimatedUsage();
        return done;
    }
    done.usage = finish_->usage;
    if (finish_->reason == FinishReason::Length) {
        done.status = wire::CompletionStatus::Incomplete;
        done.error = Error{Code::ProviderError, "The answer was cut at the limit of tokens."};
    } else if (finish_->reason == FinishReason::ContentFilter) {
        done.status = wire::CompletionStatus::Incomplete;
        done.error = Error{Code::ProviderError, "The model's provider withheld the rest of the answer."};
    }
    return done;
}

wire::Usage CompletionTurn::estimatedUsage() const
{
    std::size_t bytes = 0;
    for (const ModelMessage &message : order_->request.messages)
        bytes += message.content.size();
    return {.promptTokens = tokensOf(bytes), .completionTokens = tokensOf(saidBytes_), .estimated = true};
}

CompletionHead CompletionTurn::head() const
{
    CompletionHead head;
    head.taskId = turn_->context().taskId;
    head.createdAt = createdAt_;
    head.model = identity_ ? identity_->model : order_->model;
    head.includesUsage = order_->includesUsage;
    head.level = turn_->context().degradationLevel;
    return head;
}

/// The client's own words for what the task tells in the server's.
Error CompletionTurn::failureOf(const wire::AgentCompleted &end) const
{
    Error error = makeError(Code::Internal, "the answer ended without a reason");
    if (failure_) {
        error = *failure_;
    } else if (end.error) {
        error = makeError(end.error->code, end.error->message);
        error.retryable = end.error->retryable;
    }
    // Which model there is not, the client has said.
    if (error.code == Code::NoModel && order_->model != kAnyModel)
        error.pointer = "/model";
    return error;
}

void CompletionTurn::ended(const wire::AgentCompleted &end)
{
    run_.reset();
    if (isLeft_)
        return;
    if (!finish_) {
        if (hasBegun_)
            finishStream(failureOf(end));
        else
            outbox_.reply(caller_.connection, caller_.call, failureOf(end));
        return;
    }
    CompletionEnding ending{finish_->reason, finish_->toolCalls, *finish_->usage};
    if (order_->isStreamed) {
        begin();
        finishStream(std::move(ending));
    } else {
        outbox_.reply(caller_.connection, caller_.call,
                      ApiBody(CompletionBody{head(), std::move(said_), std::move(ending)}));
    }
}

void CompletionTurn::refused(Error error)
{
    if (!isLeft_)
        outbox_.reply(caller_.connection, caller_.call, std::move(error));
}

void CompletionTurn::finishStream(Result<CompletionEnding> ending)
{
    hub_.edge.send(caller_.connection.edge, CompletionDone{caller_.connection, caller_.call, std::move(ending)});
}

} // namespace orchestra
