// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/conversation_context.h"

#include "server/agents/tokens.h"
#include "shared/base/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace orchestra {
namespace {

/// Longer texts say themselves what they want.
constexpr std::size_t kLongestFollowUp = 10; // words

constexpr std::array<std::string_view, 16> kOpenings = {
    "and ", "what about ", "how about ", "same for ", "the same for ", "also ",  "only ", "but ",
    "or ",  "then ",       "why",        "again",     "now ",          "since ", "for ",  "just "};

} // namespace

void ConversationContexts::note(const ThreadId &thread, OperationsRequest request)
{
    owner_.check();
    if (const auto known = turns_.find(thread); known != turns_.end())
        order_.erase(known->second);
    order_.emplace_front(thread, LastTurn{std::move(request), clock_.now()});
    turns_[thread] = order_.begin();
    if (order_.size() > kMost) {
        turns_.erase(order_.back().first);
        order_.pop_back();
    }
}

std::optional<LastTurn> ConversationContexts::last(const ThreadId &thread) const
{
    owner_.check();
    const auto known = turns_.find(thread);
    if (known == turns_.end() || clock_.now() - known->second->second.at > kLife)
        return std::nullopt;
    return known->second->second;
}

bool soundsLikeFollowUp(std::string_view text)
{
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos || tokenize(text).size() > kLongestFollowUp)
        return false;
    const std::string lower = lowerAscii(text.substr(begin));
    return std::ranges::any_of(kOpenings, [&](std::string_view opening) { return lower.starts_with(opening); });
}

bool saysNothingNew(std::string_view text)
{
    constexpr std::array<std::string_view, 8> kEmpty = {"why",  "again", "now",  "also",
                                                        "same", "only",  "just", "please"};
    return std::ranges::all_of(tokenize(text), [&](const Token &token) {
        return token.kind == TokenKind::Word &&
               (isStopWord(token.text) || std::ranges::find(kEmpty, token.text) != kEmpty.end());
    });
}

OperationsRequest continued(const OperationsRequest &before, OperationsRequest now)
{
    now.intent = before.intent;
    // Whoever names another thing of a kind no longer speaks of the former one.
    if (now.flag.empty() && now.breaker.empty() && now.user.empty() && !now.connection && !now.task) {
        now.flag = before.flag;
        now.breaker = before.breaker;
        now.user = before.user;
        now.connection = before.connection;
        now.task = before.task;
    }
    if (!now.from && !now.to) {
        now.from = before.from;
        now.to = before.to;
    }
    if (now.query.empty())
        now.query = before.query;
    return now;
}

} // namespace orchestra
