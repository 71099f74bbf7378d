// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/chat_service.h"

#include "server/orchestrator/degradation_service.h"
#include "server/orchestrator/digest.h"
#include "server/orchestrator/flag_service.h"
#include "server/orchestrator/task_part.h"
#include "shared/base/text.h"
#include "shared/wire/error_table.h"

#include <algorithm>
#include <utility>

namespace orchestra {
namespace {

constexpr std::size_t kMaxId = 128;
constexpr std::size_t kTitleBytes = 80;

bool isBlank(std::string_view text)
{
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

Status checkRequest(const TurnRequest &request, std::size_t messageBytes)
{
    if (request.id.empty() || request.id.size() > kMaxId)
        return makeError(Code::Invalid, "a turn needs an id of 1 to 128 bytes", "/id");
    if (isBlank(request.message))
        return makeError(Code::Invalid, "the message is empty", "/content");
    if (request.message.size() > messageBytes)
        return makeError(Code::TooLarge, "the message is longer than " + std::to_string(messageBytes) + " bytes",
                         "/content");
    return Ok{};
}

/// Everything that must not change when the same id comes again.
std::string hashOf(const TurnRequest &request)
{
    const wire::OptimizationHints hints = request.hints.value_or(wire::OptimizationHints{});
    const auto number = [](const auto &value) {
        return value ? std::to_string(static_cast<std::uint64_t>(*value)) : std::string("-");
    };
    return sha256({request.message, request.commandName.value_or(""),
                   request.commandArguments ? request.commandArguments->text : "", number(hints.mode),
                   number(hints.maxLatencyMs), number(hints.maxTokens), hints.model.value_or(""),
                   number(hints.allowFallback), number(hints.cache)});
}

/// A label of an operator changes how everybody is read.
wire::AuditRow auditOf(const Principal &who, const IntentLabel &label)
{
    wire::AuditRow row;
    row.at = {label.at};
    row.actor = who.userId;
    row.role = wireNames(who.role)[static_cast<std::size_t>(who.role)];
    row.action = "teach_intent";
    row.target = "answer:" + toString(label.messageId);
    row.after = label.intent;
    row.reason = "feedback";
    row.result = "ok";
    return row;
}

/// It has ended lately: the store knows its answer.
bool isRepetition(const Conversation &conversation, const TurnRequest &request)
{
    return std::ranges::find(conversation.endedRefs, request.id) != conversation.endedRefs.end();
}

bool isCommand(const TurnRequest &request)
{
    // Who has an agent of its own sends no commands, whatever its words look like.
    return request.commandName || (request.runner == nullptr && splitCommand(request.message));
}

} // namespace

std::optional<std::pair<std::string, std::string>> splitCommand(const std::string &text)
{
    if (text.size() < 2 || text[0] != '/')
        return std::nullopt;
    const std::size_t end = std::min(text.find_first_of(" \t\r\n"), text.size());
    const std::string name = text.substr(1, end - 1);
    const auto isNameChar = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    };
    if (name.empty() || !std::ranges::all_of(name, isNameChar))
        return std::nullopt; // a path or a date, not a command
    const std::size_t rest = text.find_first_not_of(" \t\r\n", end);
    return std::pair(lowerAscii(name), rest == std::string::npos ? std::string() : text.substr(rest));
}

ChatService::ChatService(const Hub &hub, ThreadService &threads, TaskRegistry &tasks, FlagService &flags,
                         const DegradationService &degradation)
    : hub_(hub)
    , threads_(threads)
    , tasks_(tasks)
    , flags_(flags)
    , degradation_(degradation)
    , rates_(hub)
{
}

void ChatService::submit(TurnRequest request, TurnAccepted accepted)
{
    if (request.commandName && request.message.empty()) {
        request.message = "/" + *request.commandName;
        if (request.commandArguments)
            request.message += " " + request.commandArguments->text;
    }
    if (refusing_) {
        ++hub_.counters.turns["rejected"];
        accepted(makeError(Code::Draining, "the server is going down for maintenance; send this again in a moment"));
        return;
    }
    const Status fit = checkRequest(request, hub_.limits.messageBytes);
    if (!fit) {
        ++hub_.counters.turns["rejected"];
        accepted(fit.error());
        return;
    }
    const std::string userId = request.principal.userId;
    const std::string sessionId = request.sessionId;
    const std::optional<ThreadId> threadId = request.threadId;
    auto found = [this, request = std::move(request),
                  accepted = std::move(accepted)](const Result<Conversation *> &conversation) mutable {
        if (conversation) {
            accept(**conversation, std::move(request), std::move(accepted));
            return;
        }
        ++hub_.counters.turns["rejected"];
        accepted(conversation.error());
    };
    if (threadId)
        threads_.find(userId, *threadId, std::move(found));
    else
        threads_.openSession(userId, sessionId, std::move(found));
}

void ChatService::accept(Conversation &conversation, TurnRequest request, TurnAccepted accepted)
{
    std::string bodyHash = hashOf(request);
    if (const auto known = conversation.submissions.find(request.id); known != conversation.submissions.end()) {
        if (known->second->bodyHash == bodyHash)
            known->second->waiters.push_back(std::move(accepted));
        else
            accepted(makeError(Code::IdempotencyConflict, "another message was sent under this id", "/id"));
        return;
    }
    if (auto known = knownTurn(conversation, request.id, bodyHash)) {
        accepted(std::move(*known));
        return;
    }
    Status free = checkLoad(conversation, request);
    if (free)
        free = checkBusy(conversation, request);
    const bool isRated = free && !isRepetition(conversation, request);
    if (isRated)
        free = rates_.admit(request.principal, request.message.size(), !isCommand(request));
    if (!free) {
        ++hub_.counters.turns["rejected"];
        accepted(free.error());
        return;
    }
    auto submission = std::make_shared<Submission>();
    submission->bodyHash = bodyHash;
    submission->isRated = isRated;
    submission->waiters.push_back(std::move(accepted));
    conversation.submissions.emplace(request.id, std::move(submission));
    store(conversation, std::move(request), std::move(bodyHash));
}

std::optional<Result<AcceptedTurn>> ChatService::knownTurn(Conversation &conversation, const std::string &id,
                                                           const std::string &bodyHash) const
{
    std::vector<std::shared_ptr<Task>> open(conversation.queue.begin(), conversation.queue.end());
    open.insert(open.end(), conversation.ending.begin(), conversation.ending.end());
    if (conversation.running)
        open.push_back(conversation.running);
    for (const auto &task : open) {
        if (task->context().requestId != id)
            continue;
        if (task->order().bodyHash != bodyHash)
            return makeError(Code::IdempotencyConflict, "another message was sent under this id", "/id");
        return AcceptedTurn{true,
                            &conversation,
                            task->order().messageId,
                            task->id(),
                            conversation.log.epoch(),
                            task->messageOffset(),
                            task,
                            {}};
    }
    return std::nullopt;
}

/// A level of degradation refuses new questions, never commands, nor the repetition of what was accepted.
Status ChatService::checkLoad(const Conversation &conversation, const TurnRequest &request) const
{
    if (isRepetition(conversation, request) || isCommand(request))
        return Ok{};
    if (auto refusal = degradation_.refusal(tasks_.size()))
        return *std::move(refusal);
    return Ok{};
}

Status ChatService::checkBusy(const Conversation &conversation, const TurnRequest &request) const
{
    if (isRepetition(conversation, request) || !conversation.isBusy() || request.busy == wire::BusyPolicy::Interrupt)
        return Ok{};
    if (request.busy == wire::BusyPolicy::Reject)
        return makeError(Code::Busy, "the thread already runs a task");
    // One of those that are on their way may start at once; the others will wait.
    const std::size_t behind = conversation.queue.size() + conversation.submissions.size();
    const std::size_t room = hub_.turns.queueDepth + (conversation.running ? 0 : 1);
    if (behind >= room)
        return makeError(Code::Busy, "eight turns already wait in this thread");
    return Ok{};
}

void ChatService::store(Conversation &conversation, TurnRequest request, std::string bodyHash)
{
    AcceptMessage message;
    message.threadId = conversation.id();
    message.userId = request.principal.userId;
    message.messageId = hub_.ids.make<MessageId>();
    message.answerId = hub_.ids.make<MessageId>();
    message.taskId = hub_.ids.make<TaskId>();
    message.ref = request.id;
    message.bodyHash = std::move(bodyHash);
    message.content = request.message;
    message.epoch = conversation.log.epoch();
    message.at = hub_.clock.wallMs();
    AcceptMessage sent = message;
    hub_.store.ask(std::move(message),
                   [this, threadId = conversation.id(), request = std::move(request), sent = std::move(sent),
                    submittedAt = hub_.clock.now()](Result<AcceptedTask> reply) {
                       stored(threadId, request, sent, submittedAt, std::move(reply));
                   });
}

void ChatService::stored(const ThreadId &threadId, const TurnRequest &request, const AcceptMessage &sent,
                         MonotonicTime submittedAt, Result<AcceptedTask> reply)
{
    // The submission has kept the thread in memory.
    Conversation &conversation = *threads_.loaded(threadId);
    const auto submission = conversation.submissions.extract(request.id).mapped();
    if (reply && reply->isNew) {
        begin(conversation, request, sent, submittedAt, submission->waiters);
        return;
    }
    if (submission->isRated)
        rates_.giveBack(request.principal, request.message.size(), !isCommand(request));
    if (!reply) {
        ++hub_.counters.turns["rejected"];
        ++hub_.counters.turnErrors[std::string(errorRow(reply.error().code).label)];
        hub_.counters.overloads += reply.error().code == Code::StorageUnavailable ? 1 : 0;
        for (const TurnAccepted &waiter : submission->waiters)
            waiter(reply.error());
        return;
    }
    const AcceptedTurn first{true,         &conversation, reply->messageId,           reply->taskId,
                             reply->epoch, reply->offset, tasks_.find(reply->taskId), reply->completed};
    for (const TurnAccepted &waiter : submission->waiters)
        waiter(first);
}

void ChatService::begin(Conversation &conversation, const TurnRequest &request, const AcceptMessage &sent,
                        MonotonicTime submittedAt, const std::vector<TurnAccepted> &waiters)
{
    TurnOrder order;
    order.context = {request.correlationId,
                     request.principal,
                     conversation.id(),
                     sent.taskId,
                     request.id,
                     request.traceparent,
                     request.tracestate,
                     request.receivedAt,
                     request.apiVersion,
                     flags_.evaluate(request.principal.userId, conversation.record.sessionId),
                     degradation_.level()};
    order.messageId = sent.messageId;
    order.answerId = sent.answerId;
    order.bodyHash = sent.bodyHash;
    order.message = request.message;
    order.content = request.message;
    order.commandName = request.commandName;
    order.commandArguments = request.commandArguments;
    if (order.commandName) {
        order.content = request.commandArguments ? request.commandArguments->text : std::string();
    } else if (auto command = request.runner != nullptr ? std::nullopt : splitCommand(request.message)) {
        order.commandName = std::move(command->first);
        order.content = std::move(command->second);
    }
    order.hints = request.hints;
    order.acceptedAt = sent.at;
    order.storeTook = hub_.clock.now() - submittedAt;
    order.runner = request.runner;
    ++(order.commandName ? hub_.counters.commands : hub_.counters.chats);
    if (conversation.record.title.empty())
        conversation.record.title = cutUtf8(request.message.substr(0, request.message.find('\n')), kTitleBytes);
    if (request.busy == wire::BusyPolicy::Interrupt) {
        const auto waiting = conversation.queue;
        for (const auto &task : waiting)
            tasks_.cancel(*task, "a newer message has interrupted it");
        if (conversation.running)
            tasks_.cancel(*conversation.running, "a newer message has interrupted it");
    }
    tasks_.add(conversation, std::move(order), [&](const std::shared_ptr<Task> &task, std::uint64_t offset) {
        AcceptedTurn turn{false, &conversation, sent.messageId, sent.taskId, conversation.log.epoch(), offset, task,
                          {}};
        for (const TurnAccepted &waiter : waiters) {
            waiter(turn);
            turn.isDuplicate = true;
        }
    });
}

void ChatService::settleRates(const Task &task, const wire::AgentCompleted &end)
{
    const bool isModels = end.provenance.source == wire::AnswerSource::Model;
    rates_.settle(task.context().principal, task.order().message.size(), !task.commandName(),
                  isModels ? end.usage.promptTokens + end.usage.completionTokens : 0);
}

Status ChatService::cancelTask(const std::string &userId, const TaskId &taskId)
{
    const std::shared_ptr<Task> task = tasks_.find(taskId);
    if (task && task->context().principal.userId == userId) {
        if (tasks_.cancel(*task, "cancelled by the user"))
            return Ok{};
        return makeError(Code::AlreadyEnded, "the task has already ended");
    }
    if (const auto part = tasks_.findPart(taskId); part && part->context().principal.userId == userId) {
        part->cancel("cancelled by the user");
        return Ok{};
    }
    if (tasks_.userOfEnded(taskId) == userId && !userId.empty())
        return makeError(Code::AlreadyEnded, "the task has already ended");
    return makeError(Code::NotFound, "there is no such task");
}

Status ChatService::cancel(const std::string &userId, const wire::Cancel &cancel)
{
    const wire::CancelScope scope =
        cancel.scope.value_or(cancel.taskId ? wire::CancelScope::Task : wire::CancelScope::Thread);
    if (scope == wire::CancelScope::Tool)
        return makeError(Code::Invalid, "no tool runs that can be stopped without its task", "/scope");
    if (cancel.taskId && scope != wire::CancelScope::Thread)
        return cancelTask(userId, *cancel.taskId);
    std::optional<ThreadId> threadId = cancel.threadId;
    if (cancel.taskId)
        if (const auto task = tasks_.find(*cancel.taskId); task && task->context().principal.userId == userId)
            threadId = task->context().threadId;
    if (!threadId)
        return makeError(cancel.taskId ? Code::NotFound : Code::Invalid, "name the task or the thread to cancel",
                         "/task_id");
    Conversation *conversation = threads_.loaded(*threadId);
    if (conversation == nullptr)
        return makeError(Code::AlreadyEnded, "nothing runs in this thread");
    if (conversation->record.userId != userId)
        return makeError(Code::NotFound, "there is no such thread");
    bool any = false;
    const auto waiting = conversation->queue;
    for (const auto &task : waiting)
        any = tasks_.cancel(*task, "cancelled by the user") || any;
    if (conversation->running)
        any = tasks_.cancel(*conversation->running, "cancelled by the user") || any;
    return any ? Status(Ok{}) : Status(makeError(Code::AlreadyEnded, "nothing runs in this thread"));
}

void ChatService::cancelSoon(const Task &task)
{
    hub_.schedule.start(std::chrono::nanoseconds(0), [this, id = task.id()] {
        if (const auto begun = tasks_.find(id))
            tasks_.cancel(*begun, "its connection has gone, as the chat asked for");
    });
}

Status ChatService::approve(const std::string &userId, const wire::Approve &approve)
{
    const std::shared_ptr<Task> task = tasks_.findApproval(approve.approvalId);
    if (!task || task->context().principal.userId != userId)
        return makeError(Code::NotFound, "nothing waits for this approval; it may have expired");
    const bool approved = approve.decision == wire::ApprovalDecision::Approve;
    const auto outcome = approved ? wire::ApprovalOutcome::Approved : wire::ApprovalOutcome::Denied;
    auditDecision(*task, approve.approvalId, outcome);
    task->resolveApproval(approve.approvalId, outcome, userId);
    return Ok{};
}

/// A no is written down like a yes. What a yes then changes has its own entry, made before it is changed.
void ChatService::auditDecision(const Task &task, const ApprovalId &approval, wire::ApprovalOutcome outcome)
{
    const Principal &user = task.context().principal;
    wire::AuditRow row;
    row.at = {hub_.clock.wallMs()};
    row.actor = user.userId;
    row.role = std::string(wireNames(user.role)[static_cast<std::size_t>(user.role)]);
    row.action = "resolve_approval";
    row.target = "task:" + toString(task.id());
    row.before = task.approval(approval)->what + " waits";
    row.after = std::string(wireNames(outcome)[static_cast<std::size_t>(outcome)]);
    row.reason = "the user was asked";
    row.result = "ok";
    row.requestId = task.context().correlationId;
    hub_.store.ask(AppendAudit{std::move(row)}, [this](const Result<std::uint64_t> &index) {
        if (index)
            ++hub_.counters.audits;
    });
}

void ChatService::messagesErased()
{
    if (feedback_ != nullptr)
        feedback_->onErased();
}

void ChatService::saveFeedback(const Principal &who, wire::Feedback feedback, std::function<void(Status)> done)
{
    if (feedback.intent && feedback_ != nullptr && !feedback_->isIntent(*feedback.intent)) {
        done(makeError(Code::Invalid, "there is no intent of this name", "/intent"));
        return;
    }
    SaveFeedback save;
    save.userId = who.userId;
    save.at = hub_.clock.wallMs();
    save.isShared = allows(who.role, Role::Operator);
    IntentLabel label{feedback.messageId, who.userId, save.isShared, feedback.intent.value_or(""), {}, save.at};
    if (feedback.intent && save.isShared)
        save.audit = auditOf(who, label);
    save.feedback = feedback;
    hub_.store.ask(std::move(save), [this, given = std::move(feedback), label = std::move(label),
                                     done = std::move(done)](const Result<SavedFeedback> &saved) mutable {
        if (!saved) {
            done(saved.error());
            return;
        }
        if (feedbackSaved_)
            feedbackSaved_(given);
        if (!label.intent.empty() && feedback_ != nullptr) {
            label.question = saved->question;
            feedback_->onLabel(label, saved->intent, saved->isFirstLabel);
        }
        done(Ok{});
    });
}

} // namespace orchestra
