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
    // The HTTP status was sent long ago, so a failure in the middle of an answer is a line of its own.
    if (chunk_.has("/error")) {
        fail(makeError(Code::ProviderError, upstreamMessage(line)));
        return false;
    }
    if (!key_) {
        // Ollama gives an answer no id; the time of its first piece is what finds it in the server's log.
        key_ = ModelTextKey("ollama/" + std::string(chunk_.text("/created_at").value_or("")));
        finish_.model = chunk_.text("/model").value_or("");
    }
    if (const auto thinking = chunk_.text("/message/thinking"); thinking && !thinking->empty())
        out.push_back(ModelThinking{std::string(*thinking)});
    if (const auto content = chunk_.text("/message/content"); content && !content->empty())
        out.push_back(key_->make(*content));
    takeToolCalls();
    if (!chunk_.isTrue("/done"))
        return true;
    takeEnd();
    return false;
}

void OllamaStream::takeToolCalls()
{
    const std::size_t count = chunk_.size("/message/tool_calls");
    for (std::size_t i = 0; i < count; ++i) {
        const std::string at = "/message/tool_calls/" + std::to_string(i);
        ModelToolCall call;
        call.id = chunk_.text(at + "/id").value_or("");
        if (call.id.empty())
            call.id = "call_" + std::to_string(finish_.toolCalls.size());
        call.name = chunk_.text(at + "/function/name").value_or("");
        call.isObject = chunk_.isObject(at + "/function/arguments");
        call.arguments = chunk_.json(at + "/function/arguments");
        finish_.toolCalls.push_back(std::move(call));
    }
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
