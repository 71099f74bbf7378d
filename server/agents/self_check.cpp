// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/self_check.h"

#include "shared/base/text.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace orchestra {
namespace {

constexpr std::string_view kQuestion =
    "Look at your last answer again, as somebody else would who has to rely on it. Is it correct, does it answer what "
    "was asked, and is everything in it borne out by the conversation and by what tools have said? Reply with one "
    "whole "
    "number from 0 (wrong or useless) to 100 (correct and complete) and with nothing else.";

/// A verdict is not begun with less.
constexpr std::uint64_t kLeastTokens = 16;
constexpr std::size_t kMostDigits = 3;
constexpr int kBest = 100;

std::uint64_t tokensOf(const ModelRequest &request)
{
    std::size_t bytes = 0;
    for (const ModelMessage &message : request.messages) {
        bytes += message.content.size() + message.thinking.size();
        for (const ModelToolCall &call : message.toolCalls)
            bytes += call.name.size() + call.arguments.size();
    }
    return estimatedTokens(bytes);
}

} // namespace

std::optional<double> readVerdict(std::string_view reply)
{
    const std::string_view digits = trimmed(reply, " \t\r\n");
    if (digits.empty() || digits.size() > kMostDigits ||
        !std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    int number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number <= kBest ? std::optional(static_cast<double>(number) / kBest) : std::nullopt;
}

std::unique_ptr<SelfCheck> SelfCheck::begin(const SelfCheckRules &rules, Models &models, const ModelIdentity &identity,
                                            ModelRequest answered, const std::string &answer, UsageBudget &budget,
                                            std::function<void(const Outcome &)> done)
{
    ModelRequest request = std::move(answered);
    request.messages.push_back({.role = ModelRole::Assistant, .content = answer});
    request.messages.push_back({.role = ModelRole::User, .content = std::string(kQuestion)});
    request.tools.clear();
    request.temperature = 0;
    const std::uint64_t prompt = tokensOf(request);
    auto share = budget.reserve(prompt + kLeastTokens, prompt + rules.tokens);
    if (!share)
        return nullptr;
    request.maxTokens = share->tokens() - prompt;
    ModelWish wish;
    wish.model = identity.server + "/" + identity.model;
    wish.allowFallback = false;
    wish.isOnce = true;
    wish.maxLatency = rules.within;
    std::unique_ptr<SelfCheck> check(new SelfCheck(*std::move(share), prompt, std::move(done)));
    check->run_ = models.ask(std::move(wish), std::move(request), *check);
    return check;
}

SelfCheck::~SelfCheck()
{
    run_.reset();
    if (share_)
        share_->settle(estimate().promptTokens + estimate().completionTokens);
}

wire::Usage SelfCheck::estimate() const
{
    return {promptTokens_, estimatedTokens(reply_.size() + thoughtBytes_), true};
}

void SelfCheck::onPieces(std::vector<ModelPiece> pieces)
{
    for (const ModelPiece &piece : pieces) {
        if (const auto *text = std::get_if<ModelText>(&piece))
            reply_ += text->text();
        else
            thoughtBytes_ += std::get<ModelThinking>(piece).text.size();
    }
}

void SelfCheck::onEnd(const ModelRunEnd &end)
{
    Outcome outcome;
    if (end.outcome && end.outcome->usage)
        outcome.usage = *end.outcome->usage;
    else if (end.identity)
        outcome.usage = estimate();
    std::exchange(share_, {})->settle(outcome.usage.promptTokens + outcome.usage.completionTokens);
    if (end.outcome && end.outcome->reason == FinishReason::Stop && end.outcome->toolCalls.empty())
        outcome.score = readVerdict(reply_);
    const auto done = done_; // it lets go of this
    done(outcome);
}

} // namespace orchestra
