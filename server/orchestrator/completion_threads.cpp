// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/completion_threads.h"

#include "server/orchestrator/digest.h"
#include "shared/base/text.h"

#include <algorithm>
#include <span>

namespace orchestra {
namespace {

/// Appends a part with its length, so that moving a byte from one part to the next changes the whole.
void append(std::string &out, std::string_view part)
{
    out.append(std::to_string(part.size())).append(":").append(part);
}

void append(std::string &out, const std::vector<ModelToolCall> &calls)
{
    for (const ModelToolCall &call : calls) {
        append(out, call.id);
        append(out, call.name);
        append(out, call.arguments);
    }
}

/// Instructions are left out: some clients put the time of day into them.
std::string written(const std::string &userId, std::span<const ModelMessage> messages)
{
    std::string out;
    append(out, userId);
    for (const ModelMessage &message : messages) {
        if (message.role == ModelRole::System)
            continue;
        out += static_cast<char>('0' + static_cast<int>(message.role));
        append(out, message.content);
        append(out, message.toolCalls);
        append(out, message.toolCallId);
    }
    return out;
}

std::size_t answeredMessages(const std::vector<ModelMessage> &messages)
{
    const auto last = std::find_if(messages.rbegin(), messages.rend(),
                                   [](const ModelMessage &message) { return message.role == ModelRole::Assistant; });
    return static_cast<std::size_t>(std::distance(last, messages.rend()));
}

bool isBlank(std::string_view text)
{
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::string joined(std::span<const ModelMessage> messages, bool withInstructions)
{
    std::string out;
    for (const ModelMessage &message : messages) {
        const bool isInstruction = message.role == ModelRole::System;
        if ((isInstruction && !withInstructions) || message.role == ModelRole::Assistant || isBlank(message.content))
            continue;
        if (!out.empty())
            out += "\n\n";
        out += message.content;
    }
    return out;
}

} // namespace

std::optional<ThreadId> CompletionThreads::find(const std::string &userId,
                                                const std::vector<ModelMessage> &messages) const
{
    const std::size_t answered = answeredMessages(messages);
    if (answered == 0)
        return {};
    const auto known = threads_.find(sha256(written(userId, std::span(messages).first(answered))));
    return known == threads_.end() ? std::nullopt : std::optional(known->second.threadId);
}

void CompletionThreads::note(const std::string &userId, const std::vector<ModelMessage> &messages,
                             std::string_view text, const std::vector<ModelToolCall> &calls, const ThreadId &threadId)
{
    std::vector<ModelMessage> all = messages;
    all.push_back({.role = ModelRole::Assistant, .content = std::string(text), .toolCalls = calls});
    std::string digest = sha256(written(userId, all));
    if (const auto known = threads_.find(digest); known != threads_.end()) {
        oldestFirst_.splice(oldestFirst_.end(), oldestFirst_, known->second.age);
        known->second.threadId = threadId;
        return;
    }
    if (threads_.size() >= remembered_) {
        threads_.erase(oldestFirst_.front());
        oldestFirst_.pop_front();
    }
    const auto age = oldestFirst_.insert(oldestFirst_.end(), digest);
    threads_.emplace(std::move(digest), Entry{threadId, age});
}

std::string shownQuestion(const std::vector<ModelMessage> &messages, std::size_t bytes)
{
    const std::span all(messages);
    std::string shown = joined(all.subspan(answeredMessages(messages)), false);
    // Some begin the answer themselves, and some have nothing but instructions.
    if (shown.empty())
        shown = joined(all, false);
    if (shown.empty())
        shown = joined(all, true);
    if (shown.size() <= bytes)
        return shown;
    const std::string note = "\n[" + std::to_string(shown.size()) + " bytes; the rest is not kept]";
    shown = cutUtf8(shown, bytes - std::min(bytes, note.size()));
    return shown + note;
}

} // namespace orchestra
