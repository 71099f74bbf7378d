// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/ollama_stream.h"

#include "shared/wire/error_table.h"

namespace orchestra {

OllamaStream::OllamaStream()
    : lines_(kLongestLine)
{
}

Status OllamaStream::take(std::string_view bytes, std::vector<ModelPiece> &out)
{
    if (!failure_ && !isDone_ &&
        !lines_.take(bytes, [this, &out](std::string_view line) { return takeLine(line, out); }) &&
        lines_.isTooLong()) {
        fail(makeError(Code::ProviderError,
                       "a line of the answer is longer than " + std::to_string(lines_.limit()) + " bytes"));
    }
    return failure_ ? Status(*failure_) : Status(Ok{});
}

/// False when nothing after this line counts.
bool OllamaStream::takeLine(std::string_view line, std::vector<ModelPiece> &out)
{
    if (line.empty())
        return true;
    if (const Status opened = chunk_.open(line); !opened) {
        fail(makeError(Code::ProviderError, "a line of the answer is not readable: " + opened.error().message));
        return false;
    }
    const Line said = readLine();
    // The HTTP status was sent long ago, so a failure in the middle of an answer is a line of its own.
    if (said.hasError) {
        fail(makeError(Code::ProviderError, upstreamMessage(line)));
        return false;
    }
    if (!key_) {
        // Ollama gives an answer no id; the time of its first piece is what finds it in the server's log.
        key_ = ModelTextKey("ollama/" + std::string(said.createdAt));
        finish_.model = said.model;
    }
    if (!said.thinking.empty())
        out.push_back(ModelThinking{std::string(said.thinking)});
    if (!said.content.empty())
        key_->say(said.content, out);
    if (!said.isDone)
        return true;
    takeEnd();
    return false;
}

OllamaStream::Line OllamaStream::readLine()
{
    Line line;
    chunk_.root().eachMember([&](std::string_view name, const ChunkReader::Value &value) {
        if (name == "message")
            readMessage(value, line);
        else if (name == "done")
            line.isDone = value.isTrue();
        else if (name == "created_at")
            line.createdAt = value.text().value_or("");
        else if (name == "model")
            line.model = value.text().value_or("");
        else if (name == "error")
            line.hasError = !value.isNull();
    });
    return line;
}

void OllamaStream::readMessage(const ChunkReader::Value &message, Line &line)
{
    message.eachMember([&](std::string_view name, const ChunkReader::Value &value) {
        if (name == "content")
            line.content = value.text().value_or("");
        else if (name == "thinking")
            line.thinking = value.text().value_or("");
        else if (name == "tool_calls")
            value.eachItem([&](const ChunkReader::Value &call) { takeToolCall(call); });
    });
}

void OllamaStream::takeToolCall(const ChunkReader::Value &given)
{
    ModelToolCall call;
    given.eachMember([&](std::string_view name, const ChunkReader::Value &value) {
        if (name == "id") {
            call.id = value.text().value_or("");
        } else if (name == "function") {
            value.eachMember([&](std::string_view part, const ChunkReader::Value &inner) {
                if (part == "name") {
                    call.name = inner.text().value_or("");
                } else if (part == "arguments") {
                    call.isObject = inner.isObject();
                    call.arguments = inner.json();
                }
            });
        }
    });
    if (call.id.empty())
        call.id = "call_" + std::to_string(finish_.toolCalls.size());
    finish_.toolCalls.push_back(std::move(call));
}

void OllamaStream::takeEnd()
{
    isDone_ = true;
    const auto prompt = chunk_.count("/prompt_eval_count");
    const auto completion = chunk_.count("/eval_count");
    if (prompt || completion)
        finish_.usage = wire::Usage{.promptTokens = prompt.value_or(0), .completionTokens = completion.value_or(0)};
    // Ollama says "stop" even when it asks for tools.
    if (!finish_.toolCalls.empty())
        finish_.reason = FinishReason::ToolCalls;
    else if (chunk_.text("/done_reason") == "length")
        finish_.reason = FinishReason::Length;
}

void OllamaStream::fail(Error error)
{
    if (!failure_)
        failure_ = std::move(error);
}

Result<ModelFinish> OllamaStream::finish(std::vector<ModelPiece> &out)
{
    if (!failure_ && !isDone_ && !lines_.rest().empty())
        takeLine(std::string(lines_.rest()), out);
    if (!failure_ && !isDone_)
        fail(makeError(Code::ProviderError, "the answer broke off before its end"));
    if (failure_)
        return *failure_;
    return finish_;
}

} // namespace orchestra
