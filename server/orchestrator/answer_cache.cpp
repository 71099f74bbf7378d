// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/answer_cache.h"

#include "server/orchestrator/digest.h"

#include <array>
#include <charconv>
#include <utility>

namespace orchestra {
namespace {

constexpr std::string_view kAll = "all";
constexpr std::string_view kOfUser = "user:";
constexpr std::string_view kOfModel = "model:";

/// Each part with its length, so that no two different lists of parts are the same text.
void add(std::string &text, std::string_view part)
{
    text += std::to_string(part.size());
    text += ':';
    text += part;
}

void add(std::string &text, const std::optional<std::uint64_t> &number)
{
    add(text, number ? std::to_string(*number) : "-");
}

/// To the last bit.
void add(std::string &text, const std::optional<double> &number)
{
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number.value_or(0)).ptr;
    add(text, number ? std::string_view(digits.data(), end) : std::string_view("-"));
}

void add(std::string &text, const std::optional<wire::RawJson> &json)
{
    add(text, json ? std::string_view(json->text) : std::string_view("-"));
}

void addWay(std::string &text, const ModelRequest &request)
{
    add(text, request.maxTokens);
    add(text, request.temperature);
    add(text, request.sampling.topP);
    add(text, request.sampling.frequencyPenalty);
    add(text, request.sampling.presencePenalty);
    add(text, request.sampling.seed ? std::to_string(*request.sampling.seed) : "-");
    add(text, std::to_string(request.sampling.stop.size()));
    for (const std::string &stop : request.sampling.stop)
        add(text, stop);
    add(text, request.toolChoice);
    add(text, !request.parallelToolCalls ? "-" : *request.parallelToolCalls ? "yes" : "no");
    add(text, request.responseFormat);
    add(text, request.reasoningEffort.value_or("-"));
}

void addTools(std::string &text, const std::vector<ModelTool> &tools)
{
    add(text, std::to_string(tools.size()));
    for (const ModelTool &tool : tools) {
        add(text, tool.name);
        add(text, tool.description);
        add(text, tool.parameters.text);
        add(text, tool.isStrict ? "strict" : "");
    }
}

void addMessages(std::string &text, const std::vector<ModelMessage> &messages)
{
    add(text, std::to_string(messages.size()));
    for (const ModelMessage &message : messages) {
        add(text, wireNames(message.role)[static_cast<std::size_t>(message.role)]);
        add(text, message.content);
        add(text, message.thinking);
        add(text, message.toolCallId);
        add(text, message.toolName);
        add(text, std::to_string(message.toolCalls.size()));
        for (const ModelToolCall &call : message.toolCalls) {
            add(text, call.id);
            add(text, call.name);
            add(text, call.arguments);
        }
    }
}

} // namespace

bool AnswerCache::serves(const ModelWish &wish) const
{
    if (policy_.use == CacheUse::Off || wish.userId.empty())
        return false;
    return wish.cache.value_or(policy_.use == CacheUse::On);
}

std::string AnswerCache::keyOf(const std::string &user, const std::string &model, const ModelRequest &request)
{
    std::string text;
    add(text, user);
    add(text, model);
    addWay(text, request);
    addTools(text, request.tools);
    addMessages(text, request.messages);
    return sha256(text);
}

std::optional<AnswerCache::Answer> AnswerCache::find(const std::string &key)
{
    const auto known = byKey_.find(key);
    if (known == byKey_.end())
        return std::nullopt;
    const auto age = clock_.now() - known->second->keptAt;
    if (age >= policy_.life) {
        forget(known->second);
        return std::nullopt;
    }
    byUse_.splice(byUse_.end(), byUse_, known->second);
    const Entry &entry = *known->second;
    return Answer{entry.text, entry.finish, std::chrono::duration_cast<std::chrono::seconds>(age)};
}

void AnswerCache::keep(const std::string &key, const std::string &user, const std::string &model,
                       std::vector<ModelText> text, const ModelFinish &finish)
{
    if (text.empty() || finish.reason != FinishReason::Stop || !finish.toolCalls.empty())
        return;
    Entry entry{key, user, model, std::move(text), finish, clock_.now(), sizeof(Entry) + key.size()};
    for (const ModelText &part : entry.text)
        entry.bytes += sizeof part + part.text().size() + part.upstreamRequestId().size();
    if (entry.bytes > policy_.maxBytes)
        return;
    if (const auto known = byKey_.find(key); known != byKey_.end())
        forget(known->second);
    while (!byUse_.empty() && (byKey_.size() >= policy_.maxAnswers || bytes_ + entry.bytes > policy_.maxBytes))
        forget(byUse_.begin());
    bytes_ += entry.bytes;
    byUse_.push_back(std::move(entry));
    byKey_.emplace(key, std::prev(byUse_.end()));
}

void AnswerCache::forget(Entries::iterator entry)
{
    bytes_ -= entry->bytes;
    byKey_.erase(entry->key);
    byUse_.erase(entry);
}

bool AnswerCache::isNamespace(std::string_view space)
{
    return space == kAll || (space.starts_with(kOfUser) && space.size() > kOfUser.size()) ||
           (space.starts_with(kOfModel) && space.size() > kOfModel.size());
}

std::optional<std::size_t> AnswerCache::clear(std::string_view space)
{
    if (!isNamespace(space))
        return std::nullopt;
    const auto isMeant = [space](const Entry &entry) {
        if (space == kAll)
            return true;
        return space.starts_with(kOfUser) ? entry.user == space.substr(kOfUser.size())
                                          : entry.model == space.substr(kOfModel.size());
    };
    std::size_t forgotten = 0;
    for (auto entry = byUse_.begin(); entry != byUse_.end();) {
        const auto next = std::next(entry);
        if (isMeant(*entry)) {
            forget(entry);
            ++forgotten;
        }
        entry = next;
    }
    return forgotten;
}

} // namespace orchestra
