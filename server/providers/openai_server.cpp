// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/openai_server.h"

#include "server/providers/openai_stream.h"
#include "shared/wire/error_table.h"
#include "shared/wire/json_reader.h"
#include "shared/wire/json_value.h"

namespace orchestra {
namespace {

using wire::JsonValue;

JsonValue messageValue(const ModelMessage &message)
{
    JsonValue value;
    value.set("role", wireNames(message.role)[static_cast<std::size_t>(message.role)]);
    value.set("content", message.content);
    JsonValue calls;
    for (const ModelToolCall &call : message.toolCalls) {
        JsonValue function;
        function.set("name", call.name);
        function.set("arguments", call.arguments);
        JsonValue wrapped;
        wrapped.set("id", call.id);
        wrapped.set("type", "function");
        wrapped.set("function", std::move(function));
        calls.append(std::move(wrapped));
    }
    if (!calls.isNull())
        value.set("tool_calls", std::move(calls));
    if (message.role == ModelRole::Tool)
        value.set("tool_call_id", message.toolCallId);
    return value;
}

JsonValue toolValue(wire::JsonReader &reader, const ModelTool &tool)
{
    JsonValue function;
    function.set("name", tool.name);
    function.set("description", tool.description);
    if (auto parameters = reader.readValue(tool.parameters.text))
        function.set("parameters", *std::move(parameters));
    if (tool.isStrict)
        function.set("strict", true);
    JsonValue wrapped;
    wrapped.set("type", "function");
    wrapped.set("function", std::move(function));
    return wrapped;
}

/// What is absent is not sent: a server's own default is better than a guess at it.
void addSampling(JsonValue &body, const ModelRequest &request)
{
    // The older name: servers that copy OpenAI know it, and OpenAI still takes it for chat models.
    if (request.maxTokens)
        body.set("max_tokens", *request.maxTokens);
    if (request.temperature)
        body.set("temperature", *request.temperature);
    const ModelSampling &sampling = request.sampling;
    if (sampling.topP)
        body.set("top_p", *sampling.topP);
    if (sampling.frequencyPenalty)
        body.set("frequency_penalty", *sampling.frequencyPenalty);
    if (sampling.presencePenalty)
        body.set("presence_penalty", *sampling.presencePenalty);
    if (sampling.seed)
        body.set("seed", *sampling.seed);
    JsonValue stop;
    for (const std::string &text : sampling.stop)
        stop.append(text);
    if (!stop.isNull())
        body.set("stop", std::move(stop));
    if (request.reasoningEffort)
        body.set("reasoning_effort", *request.reasoningEffort);
}

void addRaw(wire::JsonReader &reader, JsonValue &body, std::string name, const std::optional<wire::RawJson> &json)
{
    if (!json)
        return;
    if (auto value = reader.readValue(json->text))
        body.set(std::move(name), *std::move(value));
}

} // namespace

HttpRequest OpenAiServer::chat(const ModelRequest &request) const
{
    wire::JsonReader reader;
    JsonValue body;
    body.set("model", request.model);
    body.set("stream", true);
    JsonValue streaming;
    streaming.set("include_usage", true);
    body.set("stream_options", std::move(streaming));
    JsonValue messages{JsonValue::Array{}};
    for (const ModelMessage &message : request.messages)
        messages.append(messageValue(message));
    body.set("messages", std::move(messages));
    JsonValue tools;
    for (const ModelTool &tool : request.tools)
        tools.append(toolValue(reader, tool));
    if (!tools.isNull()) {
        body.set("tools", std::move(tools));
        addRaw(reader, body, "tool_choice", request.toolChoice);
        if (request.parallelToolCalls)
            body.set("parallel_tool_calls", *request.parallelToolCalls);
    }
    addRaw(reader, body, "response_format", request.responseFormat);
    addSampling(body, request);
    HttpRequest http = post("/chat/completions", body.toText());
    http.headers.push_back({"Accept", "text/event-stream"});
    applyDeadlines(http, request);
    return http;
}

std::unique_ptr<ModelStream> OpenAiServer::stream(const HttpHead &head) const
{
    return std::make_unique<OpenAiStream>(std::string(head.find("x-request-id")));
}

HttpRequest OpenAiServer::list() const
{
    return request("GET", "/models");
}

/// Says little: names, and from some servers the length of the context. What a model can do shows when it is used, so
/// tools are assumed.
Result<std::vector<ModelInfo>> OpenAiServer::readList(std::string_view body) const
{
    const auto value = wire::JsonReader().readValue(body);
    const JsonValue *models = value ? value->find("data") : nullptr;
    if (!models || !models->items())
        return Error{Code::ProviderError, "the list of models is not what OpenAI-compatible servers send"};
    std::vector<ModelInfo> list;
    for (const JsonValue &model : *models->items()) {
        ModelInfo info;
        info.name = model.textOf("id");
        info.canUseTools = true;
        for (const char *member : {"context_length", "max_model_len", "context_window"}) {
            const JsonValue *tokens = model.find(member);
            if (tokens && tokens->integer().value_or(0) > 0)
                info.contextTokens = static_cast<std::uint64_t>(*tokens->integer());
        }
        if (!info.name.empty())
            list.push_back(std::move(info));
    }
    return list;
}

HttpRequest OpenAiServer::probe() const
{
    return request("GET", "/models");
}

std::optional<HttpRequest> OpenAiServer::setLoaded(const std::string &, bool) const
{
    return {};
}

} // namespace orchestra
