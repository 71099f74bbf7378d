// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/openai_stream.h"

#include "shared/wire/error_table.h"

#include <utility>

namespace orchestra {

OpenAiStream::OpenAiStream(std::string requestId)
    : events_(kLongestLine)
    , requestId_(std::move(requestId))
{
}

Status OpenAiStream::take(std::string_view bytes, std::vector<ModelPiece> &out)
{
    if (!failure_ && !isDone_ &&
        !events_.take(bytes, [this, &out](const ServerSentEvent &event) { return takeEvent(event, out); }) &&
        events_.isTooLong()) {
        fail(makeError(Code::ProviderError,
                       "an event of the answer is longer than " + std::to_string(events_.limit()) + " bytes"));
    }
    return failure_ ? Status(*failure_) : Status(Ok{});
}

/// False when nothing after this event counts.
bool OpenAiStream::takeEvent(const ServerSentEvent &event, std::vector<ModelPiece> &out)
{
    if (event.data == "[DONE]") {
        isDone_ = true;
        return false;
    }
    if (const Status opened = chunk_.open(event.data); !opened) {
        fail(makeError(Code::ProviderError, "an event of the answer is not readable: " + opened.error().message));
        return false;
    }
    // The HTTP status was sent long ago, so gateways report a failure inside the stream.
    if (chunk_.has("/error")) {
        fail(makeError(Code::ProviderError, upstreamMessage(event.data)));
        return false;
    }
    if (!key_) {
        const std::string_view id = chunk_.text("/id").value_or("");
        key_ = ModelTextKey(id.empty() ? std::move(requestId_) : std::string(id));
        finish_.model = chunk_.text("/model").value_or("");
    }
    takeDelta(out);
    takeUsage();
    return true;
}

void OpenAiStream::takeDelta(std::vector<ModelPiece> &out)
{
    // Two names for the same thing: DeepSeek's and vLLM's, and Ollama's and OpenRouter's.
    for (const std::string_view pointer : {"/choices/0/delta/reasoning_content", "/choices/0/delta/reasoning"}) {
        if (const auto thinking = chunk_.text(pointer); thinking && !thinking->empty()) {
            out.push_back(ModelThinking{std::string(*thinking)});
            break;
        }
    }
    for (const std::string_view pointer : {"/choices/0/delta/content", "/choices/0/delta/refusal"}) {
        if (const auto text = chunk_.text(pointer); text && !text->empty())
            out.push_back(key_->make(*text));
    }
    takeToolCalls();
    if (const auto reason = chunk_.text("/choices/0/finish_reason"))
        takeReason(*reason);
}

void OpenAiStream::takeToolCalls()
{
    const std::size_t count = chunk_.size("/choices/0/delta/tool_calls");
    for (std::size_t i = 0; i < count; ++i) {
        const std::string at = "/choices/0/delta/tool_calls/" + std::to_string(i);
        ModelToolCall &call = calls_[chunk_.count(at + "/index").value_or(i)];
        if (const auto id = chunk_.text(at + "/id"); id && !id->empty())
            call.id = *id;
        call.name += chunk_.text(at + "/function/name").value_or("");
        call.arguments += chunk_.text(at + "/function/arguments").value_or("");
    }
}

void OpenAiStream::takeReason(std::string_view reason)
{
    hasReason_ = true;
    if (reason == "length")
        finish_.reason = FinishReason::Length;
    else if (reason == "tool_calls" || reason == "function_call")
        finish_.reason = FinishReason::ToolCalls;
    else if (reason == "content_filter")
        finish_.reason = FinishReason::ContentFilter;
}

void OpenAiStream::takeUsage()
{
    if (!chunk_.isObject("/usage"))
        return;
    finish_.usage = wire::Usage{.promptTokens = chunk_.count("/usage/prompt_tokens").value_or(0),
                                .completionTokens = chunk_.count("/usage/completion_tokens").value_or(0)};
}

void OpenAiStream::fail(Error error)
{
    if (!failure_)
        failure_ = std::move(error);
}

Result<ModelFinish> OpenAiStream::finish(std::vector<ModelPiece> &)
{
    if (!failure_ && !isDone_ && !hasReason_)
        fail(makeError(Code::ProviderError, "the answer broke off before its end"));
    if (failure_)
        return *failure_;
    for (auto &[index, call] : calls_) {
        if (call.id.empty())
            call.id = "call_" + std::to_string(index);
        if (call.arguments.empty())
            call.arguments = "{}"; // how some servers say "none"
        call.isObject = bool(chunk_.open(call.arguments));
        finish_.toolCalls.push_back(std::move(call));
    }
    if (!finish_.toolCalls.empty() && finish_.reason == FinishReason::Stop)
        finish_.reason = FinishReason::ToolCalls;
    return std::move(finish_);
}

} // namespace orchestra
