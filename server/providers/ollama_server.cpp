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
    JsonValue tools;
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
    if (!request.tools.empty())
        body.set("tools", std::move(tools));
    JsonValue options;
    if (request.maxTokens)
        options.set("num_predict", *request.maxTokens);
    if (request.temperature)
        options.set("temperature", *request.temperature);
    if (!options.isNull())
        body.set("options", std::move(options));
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
