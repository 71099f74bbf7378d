// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/assistant_turn.h"

#include "server/agents/report.h"
#include "shared/base/text.h"
#include "shared/wire/error_table.h"
#include "shared/wire/json_reader.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace orchestra {
namespace {

/// An answer that is cut shorter than this is none.
constexpr std::uint64_t kLeastAnswerTokens = 64;
/// Set aside at a time for an answer that is longer than was planned.
constexpr std::uint64_t kMoreTokens = 256;

std::string errorResult(std::string_view message)
{
    wire::JsonValue value;
    value.set("error", message);
    return value.toText();
}

std::size_t bytesOf(const ModelMessage &message)
{
    std::size_t bytes = message.content.size() + message.thinking.size();
    for (const ModelToolCall &call : message.toolCalls)
        bytes += call.name.size() + call.arguments.size();
    return bytes;
}

std::uint64_t promptTokens(const ModelRequest &request)
{
    std::size_t bytes = 0;
    for (const ModelMessage &message : request.messages)
        bytes += bytesOf(message);
    for (const ModelTool &tool : request.tools)
        bytes += tool.name.size() + tool.description.size() + tool.parameters.text.size();
    return estimatedTokens(bytes);
}

} // namespace

AssistantTurn::AssistantTurn(std::shared_ptr<Turn> turn, Models &models, const ToolRegistry &tools,
                             const AssistantRules &rules, AssistantBrief brief)
    : turn_(std::move(turn))
    , models_(models)
    , tools_(tools)
    , rules_(rules)
    , brief_(std::move(brief))
{
    wish_.mode = brief_.mode;
    if (const auto &hints = turn_->hints()) {
        wish_.model = hints->model;
        wish_.allowFallback = hints->allowFallback;
        wish_.cache = hints->cache;
        if (hints->maxLatencyMs)
            wish_.maxLatency = std::chrono::milliseconds(*hints->maxLatencyMs);
        answerLimit_ = hints->maxTokens;
    }
    request_.correlationId = turn_->context().correlationId;
    wish_.userId = turn_->context().principal.userId;
    request_.traceparent = turn_->context().traceparent;
}

void AssistantTurn::start()
{
    request_.messages.push_back({.role = ModelRole::System, .content = brief_.instructions});
    request_.messages.insert(request_.messages.end(), brief_.messages.begin(), brief_.messages.end());
    if (brief_.mayUseTools)
        addTools();
    wish_.likesTools = !request_.tools.empty();
    askModel();
}

void AssistantTurn::addTools()
{
    for (const ToolSpec *spec : tools_.specs()) {
        if (mayUse(turn_->context().principal, spec->access))
            request_.tools.push_back({std::string(spec->name), std::string(spec->description),
                                      wire::RawJson{std::string(spec->parameters)}});
    }
}

void AssistantTurn::stop()
{
    run_.reset();
    check_.reset();
    // Nobody says what an answer cost that was given up.
    if (share_)
        std::exchange(share_, {})->settle(promptTokens_ + estimatedTokens(said_.size() + thinking_.size()));
    for (Asked &asked : asked_) {
        if (!asked.isDone && asked.breakOff)
            std::exchange(asked.breakOff, {})();
    }
}

void AssistantTurn::askModel()
{
    if (++steps_ > rules_.steps)
        return fail(wire::CompletionStatus::Incomplete,
                    {Code::ProviderError, "The model went on calling tools without an answer and was stopped."});
    said_.clear();
    thinking_.clear();
    if (!reserveTokens())
        return fail(wire::CompletionStatus::Incomplete,
                    {Code::TooLarge, "The turn may use " + std::to_string(brief_.budget->limit()) +
                                         " tokens, and what is left of them is too little to go on."});
    run_ = models_.ask(wish_, request_, *this);
}

bool AssistantTurn::reserveTokens()
{
    promptTokens_ = promptTokens(request_);
    const std::uint64_t wanted = answerLimit_.value_or(rules_.answerTokens);
    share_ = brief_.budget->reserve(promptTokens_ + std::min(wanted, kLeastAnswerTokens), promptTokens_ + wanted);
    if (!share_)
        return false;
    // Without need a model is not told: servers refuse limits that are larger than their own.
    const std::uint64_t rest = share_->tokens() - promptTokens_;
    request_.maxTokens = rest < wanted ? std::optional(rest) : answerLimit_;
    return true;
}

bool AssistantTurn::coverSpeech()
{
    const std::uint64_t needed = promptTokens_ + estimatedTokens(said_.size() + thinking_.size());
    while (share_ && share_->tokens() < needed) {
        if (!share_->grow(kMoreTokens))
            return false;
    }
    return true;
}

void AssistantTurn::onWaiting(std::size_t ahead)
{
    if (ahead == 0)
        turn_->think(AssistantAgent::kName, ReportWriter::fill("The model is busy; this question is the next."));
    else
        turn_->think(AssistantAgent::kName, ReportWriter::fill("The model is busy; {} before this one.",
                                                               {sayCount(ahead, "question waits", "questions wait")}));
}

void AssistantTurn::onPieces(std::vector<ModelPiece> pieces)
{
    for (ModelPiece &piece : pieces) {
        if (auto *text = std::get_if<ModelText>(&piece)) {
            said_ += text->text();
            turn_->say(std::move(*text));
        } else {
            thinking_ += std::get<ModelThinking>(piece).text;
        }
    }
    if (coverSpeech() || !turn_->isAlive())
        return;
    const auto self = shared_from_this(); // the turn lets go of it at its end
    run_.reset();
    count({});
    fail(wire::CompletionStatus::Incomplete,
         {Code::TooLarge, "The answer was stopped: the turn may use " + std::to_string(brief_.budget->limit()) +
                              " tokens and has used them."});
}

void AssistantTurn::onEnd(const ModelRunEnd &end)
{
    const auto self = shared_from_this(); // the turn lets go of it at its end
    count(end);
    if (!end.outcome)
        return fail(wire::CompletionStatus::Failed, end.outcome.error());
    if (end.outcome->reason == FinishReason::ToolCalls && !end.outcome->toolCalls.empty())
        return runTools(end.outcome->toolCalls);
    complete(*end.outcome);
}

void AssistantTurn::count(const ModelRunEnd &end)
{
    if (end.identity) {
        identity_ = end.identity;
        attempts_ = std::max<std::uint64_t>(attempts_, end.identity->attempt);
    }
    wire::Usage used{promptTokens_, estimatedTokens(said_.size() + thinking_.size()), true};
    if (end.outcome && end.outcome->usage)
        used = *end.outcome->usage;
    else if (!end.outcome && !end.identity)
        used = {}; // no model was asked
    usage_.promptTokens += used.promptTokens;
    usage_.completionTokens += used.completionTokens;
    usage_.estimated = usage_.estimated || used.estimated;
    if (share_)
        std::exchange(share_, {})->settle(used.promptTokens + used.completionTokens);
}

void AssistantTurn::runTools(const std::vector<ModelToolCall> &calls)
{
    if (toolCalls_ + calls.size() > rules_.toolCalls)
        return fail(wire::CompletionStatus::Incomplete,
                    {Code::ProviderError, "The model called more than " + std::to_string(rules_.toolCalls) +
                                              " tools in one turn and was stopped."});
    toolCalls_ += calls.size();
    request_.messages.push_back(
        {.role = ModelRole::Assistant, .content = said_, .thinking = thinking_, .toolCalls = calls});
    asked_.clear();
    for (const ModelToolCall &call : calls)
        asked_.push_back({call, {}, false});
    for (std::size_t i = 0; i < calls.size() && turn_->isAlive(); ++i)
        runTool(i);
}

void AssistantTurn::runTool(std::size_t index)
{
    const ModelToolCall call = asked_[index].call;
    if (!call.isObject)
        return toolDone(index, errorResult("The arguments are not a JSON object."));
    if (++sameCalls_[{call.name, call.arguments}] > rules_.identicalCalls)
        return toolDone(index, errorResult("This call was made before; its result will not change."));
    auto arguments = wire::JsonReader().readValue(call.arguments);
    if (!arguments)
        return toolDone(index, errorResult(arguments.error().message));
    // What a result, or anybody else, talks the model into is not added to what this turn may use.
    if (std::ranges::none_of(request_.tools, [&](const ModelTool &offered) { return offered.name == call.name; })) {
        const Error refusal{Code::NotFound, "There is no tool \"" + call.name + "\" in this turn."};
        ToolCall(turn_, call.name, arguments->toRaw()).fail(refusal);
        return toolDone(index, errorResult(refusal.message));
    }
    const Tool *tool = tools_.find(call.name);
    if (!tool || !tool->spec().changes || !mayUse(turn_->context().principal, tool->spec().access))
        return invoke(index, *arguments);
    const std::string_view question = tool->spec().question;
    turn_->requireApproval(std::string(question.empty() ? tool->spec().description : question), arguments->toRaw(),
                           [weak = weak_from_this(), index, value = *arguments](wire::ApprovalOutcome outcome) {
                               const auto self = weak.lock();
                               if (!self || !self->turn_->isAlive())
                                   return;
                               if (outcome == wire::ApprovalOutcome::Approved)
                                   self->invoke(index, value);
                               else
                                   self->toolDone(index, errorResult("The user did not agree to this."));
                           });
}

void AssistantTurn::invoke(std::size_t index, const wire::JsonValue &arguments)
{
    const std::size_t step = steps_;
    auto breakOff =
        tools_.call(turn_, asked_[index].call.name, arguments,
                    [weak = weak_from_this(), index](Result<ToolOutcome> outcome, const ToolCall &) {
                        const auto self = weak.lock();
                        if (!self || !self->turn_->isAlive())
                            return;
                        self->toolDone(index, outcome ? outcome->toJson().text : errorResult(outcome.error().message));
                    });
    if (step == steps_ && index < asked_.size())
        asked_[index].breakOff = std::move(breakOff);
}

void AssistantTurn::toolDone(std::size_t index, std::string result)
{
    asked_[index].result = std::move(result);
    asked_[index].isDone = true;
    if (!std::ranges::all_of(asked_, &Asked::isDone))
        return;
    for (Asked &asked : asked_) {
        ModelMessage message{.role = ModelRole::Tool};
        message.content = cutUtf8(asked.result, rules_.toolResultBytes);
        message.toolCallId = asked.call.id;
        message.toolName = asked.call.name;
        request_.messages.push_back(std::move(message));
    }
    askModel();
}

Completion AssistantTurn::completion() const
{
    Completion completion;
    completion.source = wire::AnswerSource::Model;
    completion.executionMode = brief_.mode;
    if (identity_) {
        completion.provider = identity_->server;
        completion.model = identity_->model;
        completion.attempt = std::max<std::uint64_t>(attempts_, identity_->attempt);
        completion.fallbackFrom = identity_->fallbackFrom;
        if (!identity_->route.empty())
            completion.route = identity_->route;
        if (identity_->cachedAge) {
            completion.source = wire::AnswerSource::Cache;
            completion.cachedAgeS = static_cast<std::uint64_t>(identity_->cachedAge->count());
        }
    }
    completion.usage = usage_;
    return completion;
}

void AssistantTurn::complete(const ModelFinish &finish)
{
    Completion done = completion();
    if (finish.reason == FinishReason::Length) {
        done.status = wire::CompletionStatus::Incomplete;
        done.error = Error{Code::ProviderError, "The answer was cut at the limit of tokens."};
    } else if (finish.reason == FinishReason::ContentFilter) {
        done.status = wire::CompletionStatus::Incomplete;
        done.error = Error{Code::ProviderError, "The model's provider withheld the rest of the answer."};
    }
    if (!checkFirst(done))
        turn_->complete(std::move(done));
}

void AssistantTurn::tellVerdict(const std::optional<double> &score)
{
    if (score)
        turn_->think(AssistantAgent::kName, ReportWriter::fill("At a second look the model gives its answer {} of 100.",
                                                               {std::to_string(std::lround(*score * 100))}));
    else
        turn_->think(AssistantAgent::kName, ReportWriter::fill("A second look at the answer came to no verdict."));
}

/// Only a whole answer that a model has just given, and only while the server has nothing better to do.
bool AssistantTurn::checkFirst(const Completion &done)
{
    if (!rules_.selfCheck.isOn || !brief_.isAnswer || said_.empty() || !identity_ ||
        done.status != wire::CompletionStatus::Completed || done.source != wire::AnswerSource::Model ||
        turn_->context().degradationLevel != DegradationLevel::Normal)
        return false;
    check_ = SelfCheck::begin(rules_.selfCheck, models_, *identity_, request_, said_, *brief_.budget,
                              [this, done](const SelfCheck::Outcome &outcome) {
                                  const auto self = shared_from_this(); // the turn lets go of it at its end
                                  const auto ended = std::move(check_);
                                  tellVerdict(outcome.score);
                                  Completion checked = done;
                                  checked.selfCheck = outcome.score;
                                  checked.usage->promptTokens += outcome.usage.promptTokens;
                                  checked.usage->completionTokens += outcome.usage.completionTokens;
                                  checked.usage->estimated = checked.usage->estimated || outcome.usage.estimated;
                                  turn_->complete(std::move(checked));
                              });
    return check_ != nullptr;
}

void AssistantTurn::fail(wire::CompletionStatus status, Error error)
{
    Completion done = completion();
    done.status = status;
    done.error = std::move(error);
    turn_->complete(std::move(done));
}

} // namespace orchestra
