// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/answer_text.h"
#include "shared/base/result.h"
#include "shared/wire/chat_messages.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// A call of a language model as agents and providers speak of it, whatever the wire of its server.
namespace orchestra {

/// What a model may ask for.
struct ModelTool
{
    std::string name;
    std::string description;
    wire::RawJson parameters; ///< JSON Schema of the arguments, an object
    bool isStrict = false;    ///< the arguments must follow the schema, where the model's server can see to it
};

/// What a model asks for. It is the model's word: nothing in it is trusted.
struct ModelToolCall
{
    std::string id;
    std::string name;
    std::string arguments; ///< as the model wrote them
    bool isObject = false; ///< the arguments are one JSON object
    bool operator==(const ModelToolCall &) const = default;
};

enum class ModelRole : std::uint8_t { System, User, Assistant, Tool };
/// As every known wire names them.
constexpr std::array<std::string_view, 4> wireNames(ModelRole)
{
    return {"system", "user", "assistant", "tool"};
}

/// One message of a conversation as a model is shown it.
struct ModelMessage
{
    ModelRole role = ModelRole::User;
    std::string content;
    std::string thinking;                 ///< of an assistant's message, given back with tool results
    std::vector<ModelToolCall> toolCalls; ///< of an assistant's message
    std::string toolCallId;               ///< of a tool's message
    std::string toolName;                 ///< of a tool's message
};

/// How long a model may take.
struct ModelDeadlines
{
    std::chrono::milliseconds connect = std::chrono::seconds(5);
    std::chrono::milliseconds firstToken = std::chrono::seconds(60); ///< from the request to the first piece
    std::chrono::milliseconds gap = std::chrono::seconds(30);        ///< between two pieces
    std::chrono::milliseconds total = std::chrono::minutes(10);
};

/// How the words of an answer are chosen. What is absent is left to the model's server.
struct ModelSampling
{
    std::optional<double> topP;
    std::optional<double> frequencyPenalty;
    std::optional<double> presencePenalty;
    std::optional<std::int64_t> seed;
    std::vector<std::string> stop; ///< texts at which the answer ends
};

struct ModelRequest
{
    std::string model; ///< as its server calls it
    std::vector<ModelMessage> messages;
    std::vector<ModelTool> tools;
    std::optional<std::uint64_t> maxTokens;
    std::optional<double> temperature;
    std::string correlationId; ///< sent along, so that both sides' logs can be joined
    std::string traceparent;
    ModelDeadlines deadlines;
    // What only some callers say, and only some servers take.
    ModelSampling sampling;
    std::optional<wire::RawJson> toolChoice; ///< as OpenAI writes it: "auto", "none", "required", or one function
    std::optional<bool> parallelToolCalls;
    std::optional<wire::RawJson> responseFormat; ///< as OpenAI writes it: text, json_object, or json_schema
    std::optional<std::string> reasoningEffort;
};

/// What a model thinks aloud; never shown as its answer.
struct ModelThinking
{
    std::string text;
};

using ModelPiece = std::variant<ModelText, ModelThinking>;

enum class FinishReason : std::uint8_t {
    Stop,
    Length, ///< cut by a limit of tokens: incomplete
    ToolCalls,
    ContentFilter,
};

/// How a model's answer ended by itself.
struct ModelFinish
{
    FinishReason reason = FinishReason::Stop;
    std::vector<ModelToolCall> toolCalls;
    std::optional<wire::Usage> usage; ///< absent: the server did not say
    std::string model;                ///< as the server says
};

} // namespace orchestra
