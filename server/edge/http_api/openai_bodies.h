// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/message_type.h"

/// The request of OpenAI's chat completions, as far as it is read here. `fields()` is what reads and documents it; what
/// is not among them is ignored, so that newer clients are served.
namespace orchestra::wire {

struct CompletionFunctionCall
{
    std::string name;
    std::string arguments;
    template <class S = CompletionFunctionCall>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "name", &S::name), field(2, "arguments", &S::arguments));
    }
};

struct CompletionToolCall
{
    std::string id;
    std::string type;
    CompletionFunctionCall function;
    template <class S = CompletionToolCall>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "id", &S::id), field(2, "type", &S::type), field(3, "function", &S::function));
    }
};

struct CompletionMessage
{
    std::string role;
    std::optional<RawJson> content; ///< text, or a list of parts
    std::vector<CompletionToolCall> toolCalls;
    std::optional<std::string> toolCallId;
    std::optional<std::string> reasoningContent; ///< of an assistant's message, given back with tool results
    template <class S = CompletionMessage>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "role", &S::role), field(2, "content", &S::content),
                          field(3, "tool_calls", &S::toolCalls), field(4, "tool_call_id", &S::toolCallId),
                          field(5, "reasoning_content", &S::reasoningContent));
    }
};

struct CompletionFunction
{
    std::string name;
    std::optional<std::string> description;
    std::optional<RawJson> parameters;
    std::optional<bool> strict;
    template <class S = CompletionFunction>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "name", &S::name), field(2, "description", &S::description),
                          field(3, "parameters", &S::parameters), field(4, "strict", &S::strict));
    }
};

struct CompletionTool
{
    std::string type;
    std::optional<CompletionFunction> function;
    template <class S = CompletionTool>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "type", &S::type), field(2, "function", &S::function));
    }
};

struct CompletionStreamOptions
{
    std::optional<bool> includeUsage;
    template <class S = CompletionStreamOptions>
    static constexpr auto fields()
    {
        return std::tuple(field(1, "include_usage", &S::includeUsage));
    }
};

struct CompletionRequest
{
    std::string model;
    std::vector<CompletionMessage> messages;
    std::optional<bool> stream;
    std::optional<CompletionStreamOptions> streamOptions;
    std::vector<CompletionTool> tools;
    std::optional<RawJson> toolChoice;
    std::optional<bool> parallelToolCalls;
    std::optional<std::uint64_t> maxTokens;
    std::optional<std::uint64_t> maxCompletionTokens; ///< the newer name; it wins
    std::optional<double> temperature;
    std::optional<double> topP;
    std::optional<double> frequencyPenalty;
    std::optional<double> presencePenalty;
    std::optional<RawJson> stop;
    std::optional<RawJson> seed;
    std::optional<RawJson> responseFormat;
    std::optional<std::string> reasoningEffort;
    // Only to be refused when they ask for something: ignoring them would change what the client gets.
    std::optional<std::uint64_t> n;
    std::optional<bool> logprobs;
    std::optional<std::uint64_t> topLogprobs;
    std::optional<RawJson> logitBias;
    std::optional<RawJson> modalities;
    std::optional<RawJson> audio;
    std::optional<RawJson> webSearchOptions;
    std::optional<RawJson> functions;
    std::optional<RawJson> functionCall;
    template <class S = CompletionRequest>
    static constexpr auto fields()
    {
        return std::tuple(
            field(1, "model", &S::model), field(2, "messages", &S::messages), field(3, "stream", &S::stream),
            field(4, "stream_options", &S::streamOptions), field(5, "tools", &S::tools),
            field(6, "tool_choice", &S::toolChoice), field(7, "parallel_tool_calls", &S::parallelToolCalls),
            field(8, "max_tokens", &S::maxTokens), field(9, "max_completion_tokens", &S::maxCompletionTokens),
            field(10, "temperature", &S::temperature), field(11, "top_p", &S::topP),
            field(12, "frequency_penalty", &S::frequencyPenalty), field(13, "presence_penalty", &S::presencePenalty),
            field(14, "stop", &S::stop), field(15, "seed", &S::seed), field(16, "response_format", &S::responseFormat),
            field(17, "reasoning_effort", &S::reasoningEffort), field(18, "n", &S::n),
            field(19, "logprobs", &S::logprobs), field(20, "top_logprobs", &S::topLogprobs),
            field(21, "logit_bias", &S::logitBias), field(22, "modalities", &S::modalities),
            field(23, "audio", &S::audio), field(24, "web_search_options", &S::webSearchOptions),
            field(25, "functions", &S::functions), field(26, "function_call", &S::functionCall));
    }
};

} // namespace orchestra::wire
