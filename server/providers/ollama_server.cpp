// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/ollama_server.h"

#include "server/providers/ollama_stream.h"
#include "shared/wire/error_table.h"
#include "shared/wire/json_reader.h"
#include "shared/wire/json_value.h"

#include <algorithm>

namespace orchestra {
namespace {

using wire::JsonValue;

/// The text as a value; what is no JSON goes as a string.
JsonValue parsed(wire::JsonReader &reader, std::string_view json)
{
    auto value = reader.readValue(json);
    return value ? *std::move(value) : JsonValue(json);
}

JsonValue messageValue(wire::JsonReader &reader, const ModelMessage &message)
{
    JsonValue value;
    value.set("role", wireNames(message.role)[static_cast<std::size_t>(message.role)]);
    value.set("content", message.content);
    if (!message.thinking.empty())
        value.set("thinking", message.thinking);
    for (const ModelToolCall &call : message.toolCalls) {
        JsonValue function;
        function.set("name", call.name);
        // Ollama refuses arguments that are no object.
        function.set("arguments", call.isObject ? parsed(reader, call.arguments) : JsonValue(JsonValue::Object{}));
        JsonValue wrapped;
        wrapped.set("id", call.id);
        wrapped.set("function", std::move(function));
        JsonValue calls = value.find("tool_calls") ? *value.find("tool_calls") : JsonValue();
        calls.append(std::move(wrapped));
        value.set("tool_calls", std::move(calls));
    }
    if (message.role == ModelRole::Tool) {
        value.set("tool_name", message.toolName);
        value.set("tool_call_id", message.toolCallId);
    }
    return value;
}

JsonValue toolsValue(wire::JsonReader &reader, const ModelRequest &request)
{
    JsonValue tools;
    // Ollama knows no choice between tools; it can only be left without them.
    if (request.toolChoice && request.toolChoice->text == "\"none\"")
        return tools;
    for (const ModelTool &tool : request.tools) {
        JsonValue function;
        function.set("name", tool.name);
        function.set("description", tool.description);
        function.set("parameters", parsed(reader, tool.parameters.text));
        JsonValue wrapped;
        wrapped.set("type", "function");
        wrapped.set("function", std::move(function));
        tools.append(std::move(wrapped));
    }
    return tools;
}

JsonValue optionsValue(const ModelRequest &request)
{
    JsonValue options;
    const ModelSampling &sampling = request.sampling;
    if (request.maxTokens)
        options.set("num_predict", *request.maxTokens);
    if (request.temperature)
        options.set("temperature", *request.temperature);
    if (sampling.topP)
        options.set("top_p", *sampling.topP);
    if (sampling.frequencyPenalty)
        options.set("frequency_penalty", *sampling.frequencyPenalty);
    if (sampling.presencePenalty)
        options.set("presence_penalty", *sampling.presencePenalty);
    if (sampling.seed)
        options.set("seed", *sampling.seed);
    JsonValue stop;
    for (const std::string &text : sampling.stop)
        stop.append(text);
    if (!stop.isNull())
        options.set("stop", std::move(stop));
    return options;
}

/// Ollama knows low, medium, high and not at all.
JsonValue thinkValue(const std::string &effort)
{
    if (effort == "none")
        return false;
    return effort == "minimal" ? "low" : effort;
}

/// Ollama's name for a format is the word json, or the schema itself.
JsonValue formatValue(wire::JsonReader &reader, const ModelRequest &request)
{
    if (!request.responseFormat)
        return {};
    const JsonValue format = parsed(reader, request.responseFormat->text);
    if (format.textOf("type") == "json_object")
        return "json";
    const JsonValue *schema = format.at("/json_schema/schema");
    return schema ? *schema : JsonValue();
}

} // namespace

HttpRequest OllamaServer::chat(const ModelRequest &request) const
{
    wire::JsonReader reader;
    JsonValue body;
    body.set("model", request.model);
    body.set("stream", true);
    JsonValue messages{JsonValue::Array{}};
    for (const ModelMessage &message : request.messages)
        messages.append(messageValue(reader, message));
    body.set("messages", std::move(messages));
    if (JsonValue tools = toolsValue(reader, request); !tools.isNull())
        body.set("tools", std::move(tools));
    if (JsonValue format = formatValue(reader, request); !format.isNull())
        body.set("format", std::move(format));
    if (JsonValue options = optionsValue(request); !options.isNull())
        body.set("options", std::move(options));
    if (request.reasoningEffort)
        body.set("think", thinkValue(*request.reasoningEffort));
    HttpRequest http = post("/api/chat", body.toText());
    applyDeadlines(http, request);
    return http;
}

std::unique_ptr<ModelStream> OllamaServer::stream(const HttpHead &) const
{
    return std::make_unique<OllamaStream>();
}

HttpRequest OllamaServer::list() const
{
    return request("GET", "/api/tags");
}

Result<std::vector<ModelInfo>> OllamaServer::readList(std::string_view body) const
{
    const auto value = wire::JsonReader().readValue(body);
    const JsonValue *models = value ? value->find("models") : nullptr;
    if (!models || !models->items())
        return Error{Code::ProviderError, "the list of models is not what Ollama sends"};
    std::vector<ModelInfo> list;
    for (const JsonValue &model : *models->items()) {
        ModelInfo info;
        info.name = model.textOf("name");
        if (const JsonValue *size = model.find("size"))
            info.bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(size->integer().value_or(0), 0));
        if (const JsonValue *details = model.find("details"))
            info.parameters = details->textOf("parameter_size");
        info.canUseTools = true; // older servers do not say; they refuse what a model cannot do
        const JsonValue *capabilities = model.find("capabilities");
        if (capabilities && capabilities->items()) {
            const auto has = [capabilities](std::string_view what) {
                return std::any_of(capabilities->items()->begin(), capabilities->items()->end(),
                                   [what](const JsonValue &item) { return item.text() && *item.text() == what; });
            };
            info.canChat = has("completion");
            info.canUseTools = has("tools");
            info.canThink = has("thinking");
            info.canSee = has("vision");
        }
        if (!info.name.empty())
            list.push_back(std::move(info));
    }
    return list;
}

HttpRequest OllamaServer::probe() const
{
    return request("GET", "/api/version");
}

/// No messages: the model is loaded and nothing is generated.
std::optional<HttpRequest> OllamaServer::setLoaded(const std::string &model, bool loaded) const
{
    constexpr std::chrono::minutes kLoading{5};
    JsonValue body;
    body.set("model", model);
    body.set("messages", JsonValue(JsonValue::Array{}));
    body.set("stream", false);
    if (!loaded)
        body.set("keep_alive", 0);
    HttpRequest http = post("/api/chat", body.toText());
    http.deadlines.firstByte = http.deadlines.total = kLoading;
    return http;
}

} // namespace orchestra
