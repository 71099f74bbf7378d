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
    const Chunk chunk = readChunk();
    // The HTTP status was sent long ago, so gateways report a failure inside the stream.
    if (chunk.hasError) {
        fail(makeError(Code::ProviderError, upstreamMessage(event.data)));
        return false;
    }
    if (!key_) {
        key_ = ModelTextKey(chunk.id.empty() ? std::move(requestId_) : std::string(chunk.id));
        finish_.model = chunk.model;
    }
    if (!chunk.thinking.empty())
        out.push_back(ModelThinking{std::string(chunk.thinking)});
    for (const std::string_view text : {chunk.content, chunk.refusal}) {
        if (!text.empty())
            key_->say(text, out);
    }
    if (chunk.reason)
        takeReason(*chunk.reason);
    return true;
}

OpenAiStream::Chunk OpenAiStream::readChunk()
{
    Chunk chunk;
    chunk_.root().eachMember([&](std::string_view name, const ChunkReader::Value &value) {
        if (name == "choices") {
            bool isFirst = true;
            value.eachItem([&](const ChunkReader::Value &choice) {
                if (std::exchange(isFirst, false))
                    readChoice(choice, chunk);
            });
        } else if (name == "id") {
            chunk.id = value.text().value_or("");
        } else if (name == "model") {
            chunk.model = value.text().value_or("");
        } else if (name == "usage") {
            takeUsage(value);
        } else if (name == "error") {
            chunk.hasError = !value.isNull();
        }
    });
    return chunk;
}

void OpenAiStream::readChoice(const ChunkReader::Value &choice, Chunk &chunk)
{
    choice.eachMember([&](std::string_view name, const ChunkReader::Value &value) {
        if (name == "delta")
            readDelta(value, chunk);
        else if (name == "finish_reason")
            chunk.reason = value.text();
    });
}

void OpenAiStream::readDelta(const ChunkReader::Value &delta, Chunk &chunk)
{
    delta.eachMember([&](std::string_view name, const ChunkReader::Value &value) {
        if (name == "content") {
            chunk.content = value.text().value_or("");
        } else if (name == "refusal") {
            chunk.refusal = value.text().value_or("");
        } else if (name == "reasoning_content" || name == "reasoning") {
            // Two names for the same thing: DeepSeek's and vLLM's, and Ollama's and OpenRouter's. Under both it is
            // said once.
            const std::string_view text = value.text().value_or("");
            if (!text.empty() && (chunk.thinking.empty() || name == "reasoning_content"))
                chunk.thinking = text;
        } else if (name == "tool_calls") {
            std::uint64_t place = 0;
            value.eachItem([&](const ChunkReader::Value &call) { takeToolCall(call, place++); });
        }
    });
}

void OpenAiStream::takeToolCall(const ChunkReader::Value &call, std::uint64_t place)
{
    // In whatever order they are written, the index says whose the others are.
    std::string_view id;
    std::string_view name;
    std::string_view arguments;
    call.eachMember([&](std::string_view member, const ChunkReader::Value &value) {
        if (member == "index") {
            place = value.count().value_or(place);
        } else if (member == "id") {
            id = value.text().value_or("");
        } else if (member == "function") {
            value.eachMember([&](std::string_view part, const ChunkReader::Value &text) {
                if (part == "name")
                    name = text.text().value_or("");
                else if (part == "arguments")
                    arguments = text.text().value_or("");
            });
        }
    });
    ModelToolCall &known = calls_[place];
    if (!id.empty())
        known.id = id;
    known.name += name;
    known.arguments += arguments;
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

void OpenAiStream::takeUsage(const ChunkReader::Value &usage)
{
    if (!usage.isObject())
        return;
    wire::Usage told{.promptTokens = 0, .completionTokens = 0};
    usage.eachMember([&](std::string_view name, const ChunkReader::Value &value) {
        if (name == "prompt_tokens")
            told.promptTokens = value.count().value_or(0);
        else if (name == "completion_tokens")
            told.completionTokens = value.count().value_or(0);
    });
    finish_.usage = told;
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
