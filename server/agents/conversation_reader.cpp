// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/conversation_reader.h"

#include "server/agents/report.h"

#include <algorithm>
#include <utility>

namespace orchestra {
namespace {

/// The newest messages that fit, oldest first.
std::vector<const wire::StoredMessage *> newestThatFit(const std::vector<wire::StoredMessage> &messages,
                                                       std::size_t bytes)
{
    std::vector<const wire::StoredMessage *> fitting;
    for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
        if (message->content.empty())
            continue;
        if (message->content.size() > bytes && !fitting.empty())
            break;
        bytes -= std::min(bytes, message->content.size());
        fitting.push_back(&*message);
    }
    std::ranges::reverse(fitting);
    return fitting;
}

std::vector<ModelMessage> asModelSees(const std::vector<wire::StoredMessage> &earlier, const std::string &question,
                                      std::size_t bytes)
{
    std::vector<ModelMessage> messages;
    for (const wire::StoredMessage *message : newestThatFit(earlier, bytes)) {
        // What failed or was cut short was no answer, and the running turn's own has not begun.
        const bool isAnswer = message->role == wire::MessageRole::Assistant;
        if (isAnswer && message->status != wire::CompletionStatus::Completed)
            continue;
        messages.push_back({.role = isAnswer ? ModelRole::Assistant : ModelRole::User, .content = message->content});
    }
    if (messages.empty() || messages.back().role != ModelRole::User || messages.back().content != question)
        messages.push_back({.role = ModelRole::User, .content = question});
    return messages;
}

} // namespace

void ConversationReader::read(const std::shared_ptr<Turn> &turn, Read read) const
{
    owner_.check();
    ReadMessages request;
    request.threadId = turn->context().threadId;
    request.limit = rules_.messages;
    store_.submit(std::move(request), [turn, read = std::move(read), bytes = rules_.bytes](StoreReply reply) {
        if (!turn->isAlive())
            return;
        if (!reply)
            return Report(turn).fail(reply.error());
        read(asModelSees(std::get<MessagePage>(*reply).messages, turn->content(), bytes));
    });
}

} // namespace orchestra
