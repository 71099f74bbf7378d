// SPDX-License-Identifier: GPL-3.0-or-later
// What clients of OpenAI's API ask for, as the hub's requests.
#include "server/edge/http_api/openai_bodies.h"
#include "server/edge/http_api/readers.h"
#include "shared/wire/error_table.h"

#include <algorithm>
#include <map>

namespace orchestra {
namespace {

using wire::JsonReader;
using wire::JsonValue;

constexpr std::size_t kMaxStops = 4;
constexpr std::size_t kMaxModelName = 256;

Error invalid(std::string message, std::string pointer)
{
    return makeError(Code::Invalid, std::move(message), std::move(pointer));
}

/// A client may say "absent" with null.
bool isSaid(const std::optional<wire::RawJson> &json)
{
    return json && json->text != "null";
}

// ---- messages -------------------------------------------------------------------------------------------------

Result<ModelRole> roleOf(const std::string &role, const std::string &at)
{
    // What OpenAI now calls developer is what others go on calling system.
    if (role == "system" || role == "developer")
        return ModelRole::System;
    if (role == "user")
        return ModelRole::User;
    if (role == "assistant")
        return ModelRole::Assistant;
    if (role == "tool")
        return ModelRole::Tool;
    return invalid("must be system, developer, user, assistant or tool", at + "/role");
}

Result<std::string> textOf(const JsonValue &part, const std::string &at)
{
    const std::string_view type = part.textOf("type");
    if (type != "text" && type != "refusal")
        return invalid("must be text: nothing else is passed on", at + "/type");
    const JsonValue *text = part.find(type);
    if (!text || !text->text())
        return invalid("must be text", at + "/" + std::string(type));
    return *text->text();
}

Result<std::string> contentOf(JsonReader &json, const std::optional<wire::RawJson> &content, const std::string &at)
{
    if (!isSaid(content))
        return std::string();
    const auto value = json.readValue(content->text);
    if (!value)
        return invalid(value.error().message, at);
    if (const std::string *text = value->text())
        return *text;
    if (!value->items())
        return invalid("must be text or a list of parts", at);
    std::string whole;
    for (std::size_t i = 0; i < value->items()->size(); ++i) {
        auto text = textOf((*value->items())[i], at + "/" + std::to_string(i));
        if (!text)
            return text;
        whole += (whole.empty() ? "" : "\n") + *text;
    }
    return whole;
}

/// Reads messages one after the other: what a tool answers is found among the calls before it.
class MessageReader
{
public:
    explicit MessageReader(JsonReader &json)
        : json_(json)
    {
    }

    Result<ModelMessage> read(wire::CompletionMessage &said, const std::string &at)
    {
        const auto role = roleOf(said.role, at);
        if (!role)
            return role.error();
        auto content = contentOf(json_, said.content, at + "/content");
        if (!content)
            return content.error();
        ModelMessage message{.role = *role, .content = *std::move(content)};
        message.thinking = std::move(said.reasoningContent).value_or(std::string());
        for (std::size_t i = 0; i < said.toolCalls.size(); ++i) {
            if (said.toolCalls[i].type != "function")
                return invalid("must be function", at + "/tool_calls/" + std::to_string(i) + "/type");
            message.toolCalls.push_back(callOf(said.toolCalls[i]));
        }
        if (*role != ModelRole::Tool)
            return message;
        if (!said.toolCallId || said.toolCallId->empty())
            return invalid("is missing: it says which call this answers", at + "/tool_call_id");
        message.toolCallId = *said.toolCallId;
        const auto known = names_.find(message.toolCallId);
        if (known == names_.end())
            return invalid("must be the id of a call in a message before it", at + "/tool_call_id");
        message.toolName = known->second;
        return message;
    }

private:
    ModelToolCall callOf(wire::CompletionToolCall &call)
    {
        names_[call.id] = call.function.name;
        const auto arguments = json_.readValue(call.function.arguments);
        return {std::move(call.id), std::move(call.function.name), std::move(call.function.arguments),
                arguments && arguments->isObject()};
    }

    JsonReader &json_;
    std::map<std::string, std::string> names_; ///< of functions, by the id of the call
};

// ---- tools ----------------------------------------------------------------------------------------------------

Result<ModelTool> toolOf(JsonReader &json, const wire::CompletionTool &given, const std::string &at)
{
    if (given.type != "function" || !given.function)
        return invalid("must be function, with a member of that name", at + "/type");
    if (given.function->name.empty())
        return invalid("must not be empty", at + "/function/name");
    ModelTool tool;
    tool.name = given.function->name;
    tool.description = given.function->description.value_or(std::string());
    tool.parameters.text = R"({"type":"object","properties":{}})";
    tool.isStrict = given.function->strict.value_or(false);
    if (!isSaid(given.function->parameters))
        return tool;
    const auto schema = json.readValue(given.function->parameters->text);
    if (!schema || !schema->isObject())
        return invalid("must be a JSON Schema, an object", at + "/function/parameters");
    tool.parameters = *given.function->parameters;
    return tool;
}

Result<std::optional<wire::RawJson>> toolChoiceOf(JsonReader &json, const std::optional<wire::RawJson> &given,
                                                  const std::vector<ModelTool> &tools)
{
    using Choice = std::optional<wire::RawJson>;
    if (!isSaid(given))
        return Choice();
    const auto value = json.readValue(given->text);
    const std::string *word = value ? value->text() : nullptr;
    if (word && (*word == "none" || *word == "auto" || *word == "required"))
        return Choice(*given);
    const JsonValue *name = value ? value->at("/function/name") : nullptr;
    if (!name || !name->text() || value->textOf("type") != "function")
        return invalid("must be none, auto, required, or one function", "/tool_choice");
    if (std::ranges::none_of(tools, [&](const ModelTool &tool) { return tool.name == *name->text(); }))
        return invalid("names none of the tools", "/tool_choice/function/name");
    return Choice(*given);
}

// ---- everything else ------------------------------------------------------------------------------------------

Result<std::vector<std::string>> stopsOf(JsonReader &json, const std::optional<wire::RawJson> &given)
{
    std::vector<std::string> stops;
    if (!isSaid(given))
        return stops;
    const auto value = json.readValue(given->text);
    if (value && value->text()) {
        stops.push_back(*value->text());
        return stops;
    }
    const Error wrong = invalid("must be text, or a list of at most " + std::to_string(kMaxStops) + " texts", "/stop");
    if (!value || !value->items() || value->items()->size() > kMaxStops)
        return wrong;
    for (const JsonValue &item : *value->items()) {
        if (!item.text())
            return wrong;
        stops.push_back(*item.text());
    }
    return stops;
}

Result<std::optional<std::int64_t>> seedOf(JsonReader &json, const std::optional<wire::RawJson> &given)
{
    if (!isSaid(given))
        return std::optional<std::int64_t>();
    const auto value = json.readValue(given->text);
    if (!value || !value->integer())
        return invalid("must be an integer", "/seed");
    return value->integer();
}

Result<std::optional<wire::RawJson>> formatOf(JsonReader &json, const std::optional<wire::RawJson> &given)
{
    using Format = std::optional<wire::RawJson>;
    if (!isSaid(given))
        return Format();
    const auto value = json.readValue(given->text);
    const std::string_view type = value ? value->textOf("type") : std::string_view();
    if (type == "text")
        return Format();
    const bool hasSchema = value && value->at("/json_schema/schema");
    if (type != "json_object" && !(type == "json_schema" && hasSchema))
        return invalid("must be of the type text, json_object, or json_schema with a schema", "/response_format");
    return Format(*given);
}

/// What would change the answer, and cannot be had. Empty when there is no such wish.
std::string_view unsupported(const wire::CompletionRequest &body)
{
    if (body.logprobs.value_or(false))
        return "/logprobs";
    if (body.topLogprobs.value_or(0) > 0)
        return "/top_logprobs";
    if (isSaid(body.logitBias) && body.logitBias->text != "{}")
        return "/logit_bias";
    if (isSaid(body.modalities) && body.modalities->text != "[\"text\"]")
        return "/modalities";
    if (isSaid(body.audio))
        return "/audio";
    if (isSaid(body.webSearchOptions))
        return "/web_search_options";
    if (isSaid(body.functions))
        return "/functions";
    return isSaid(body.functionCall) ? "/function_call" : "";
}

std::optional<Error> outOfRange(const wire::CompletionRequest &body)
{
    struct Range
    {
        std::optional<double> value;
        double least, most;
        const char *words;
        const char *pointer;
    };
    for (const Range &range : {Range{body.temperature, 0, 2, "must be from 0 to 2", "/temperature"},
                               Range{body.topP, 0, 1, "must be from 0 to 1", "/top_p"},
                               Range{body.frequencyPenalty, -2, 2, "must be from -2 to 2", "/frequency_penalty"},
                               Range{body.presencePenalty, -2, 2, "must be from -2 to 2", "/presence_penalty"}}) {
        if (range.value && (*range.value < range.least || *range.value > range.most))
            return invalid(range.words, range.pointer);
    }
    if (body.maxTokens && *body.maxTokens == 0)
        return invalid("must be at least 1", "/max_tokens");
    if (body.maxCompletionTokens && *body.maxCompletionTokens == 0)
        return invalid("must be at least 1", "/max_completion_tokens");
    if (body.n.value_or(1) != 1)
        return invalid("must be 1: one answer is given to a request", "/n");
    if (body.model.empty() || body.model.size() > kMaxModelName)
        return invalid("must be the name of a model, or auto", "/model");
    if (body.messages.empty())
        return invalid("must hold at least one message", "/messages");
    if (const std::string_view pointer = unsupported(body); !pointer.empty())
        return invalid("is not supported by this server", std::string(pointer));
    return {};
}

std::optional<Error> readMessages(JsonReader &json, wire::CompletionRequest &body, ModelRequest &request)
{
    MessageReader reader(json);
    for (std::size_t i = 0; i < body.messages.size(); ++i) {
        auto message = reader.read(body.messages[i], "/messages/" + std::to_string(i));
        if (!message)
            return message.error();
        request.messages.push_back(*std::move(message));
    }
    return {};
}

std::optional<Error> readTools(JsonReader &json, const wire::CompletionRequest &body, ModelRequest &request)
{
    for (std::size_t i = 0; i < body.tools.size(); ++i) {
        auto tool = toolOf(json, body.tools[i], "/tools/" + std::to_string(i));
        if (!tool)
            return tool.error();
        request.tools.push_back(*std::move(tool));
    }
    auto choice = toolChoiceOf(json, body.toolChoice, request.tools);
    if (!choice)
        return choice.error();
    request.toolChoice = *std::move(choice);
    request.parallelToolCalls = body.parallelToolCalls;
    return {};
}

std::optional<Error> readSampling(JsonReader &json, const wire::CompletionRequest &body, ModelRequest &request)
{
    request.maxTokens = body.maxCompletionTokens ? body.maxCompletionTokens : body.maxTokens;
    request.temperature = body.temperature;
    request.reasoningEffort = body.reasoningEffort;
    request.sampling.topP = body.topP;
    request.sampling.frequencyPenalty = body.frequencyPenalty;
    request.sampling.presencePenalty = body.presencePenalty;
    auto stops = stopsOf(json, body.stop);
    if (!stops)
        return stops.error();
    request.sampling.stop = *std::move(stops);
    const auto seed = seedOf(json, body.seed);
    if (!seed)
        return seed.error();
    request.sampling.seed = *seed;
    auto format = formatOf(json, body.responseFormat);
    if (!format)
        return format.error();
    request.responseFormat = *std::move(format);
    return {};
}

} // namespace

Result<ApiRequest> readCompletion(ApiInput &input)
{
    auto body = input.json.read<wire::CompletionRequest>(input.body, wire::UnknownMembers::Ignore);
    if (!body)
        return body.error();
    if (auto error = outOfRange(*body))
        return *std::move(error);
    auto order = std::make_shared<CompletionOrder>();
    if (auto error = readMessages(input.json, *body, order->request))
        return *std::move(error);
    if (auto error = readTools(input.json, *body, order->request))
        return *std::move(error);
    if (auto error = readSampling(input.json, *body, order->request))
        return *std::move(error);
    order->model = std::move(body->model);
    order->isStreamed = body->stream.value_or(false);
    order->includesUsage = body->streamOptions && body->streamOptions->includeUsage.value_or(false);
    PostCompletion post;
    post.order = std::move(order);
    post.traceparent = input.head.valueOf("traceparent");
    post.tracestate = input.head.valueOf("tracestate");
    return ApiRequest(std::move(post));
}

Result<ApiRequest> readModelList(ApiInput &)
{
    return ApiRequest(ListModels{});
}

/// A model's name may have a slash in it, which some clients write as it is.
Result<ApiRequest> readModelName(ApiInput &input)
{
    std::string id;
    for (const std::string &part : input.parameters)
        id += (id.empty() ? "" : "/") + part;
    return ApiRequest(GetModel{std::move(id)});
}

} // namespace orchestra
