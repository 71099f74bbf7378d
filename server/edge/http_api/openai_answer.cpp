// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/http_api/openai_answer.h"

#include "shared/wire/error_table.h"

#include <algorithm>
#include <array>

namespace orchestra {
namespace {

using wire::JsonValue;

struct Kind
{
    std::string_view type;
    std::string_view code;
};

/// The names that OpenAI's own API has for a failure, and ours where it has none.
Kind kindOf(const Error &error, int status)
{
    switch (error.code) {
    case Code::Invalid:
        return {"invalid_request_error", "invalid_value"};
    case Code::Unauthenticated:
        return {"invalid_request_error", "invalid_api_key"};
    case Code::Forbidden:
    case Code::Origin:
        return {"permission_error", "forbidden"};
    case Code::RateLimited:
    case Code::TooManyConnections:
        return {"rate_limit_error", "rate_limit_exceeded"};
    case Code::NoModel:
        if (status == 404)
            return {"invalid_request_error", "model_not_found"};
        break;
    default:
        break;
    }
    return {status < 500 ? "invalid_request_error" : "server_error", errorRow(error.code).label};
}

/// /messages/0/content as messages[0].content. Empty for what is no part of the body.
std::string paramOf(std::string_view pointer)
{
    std::string param;
    if (pointer.starts_with("/header/") || pointer.starts_with("/query/"))
        return param;
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        const std::string_view step = pointer.substr(0, pointer.find('/'));
        pointer.remove_prefix(step.size());
        if (!step.empty() && std::ranges::all_of(step, [](char c) { return c >= '0' && c <= '9'; }))
            param.append("[").append(step).append("]");
        else
            param.append(param.empty() ? "" : ".").append(step);
    }
    return param;
}

/// What the error table has no status for, or another one than a client of this API expects.
int statusOf(const HttpFailure &failure)
{
    const Error &error = failure.error;
    if (error.code == Code::NoModel && error.pointer == "/model")
        return 404;
    // The model's server refuses the request as it is: too long for it, or with what it does not know.
    if (error.code == Code::ProviderError && !error.retryable)
        return 400;
    return errorRow(error.code).httpStatus == 0 ? 503 : failure.status;
}

JsonValue modelValue(const ListedModel &model)
{
    JsonValue value;
    value.set("id", model.id);
    value.set("object", "model");
    value.set("created", 0); // model servers do not say
    value.set("owned_by", model.owner);
    return value;
}

JsonValue callValue(const ModelToolCall &call)
{
    JsonValue function;
    function.set("name", call.name);
    function.set("arguments", call.arguments);
    JsonValue value;
    value.set("id", call.id);
    value.set("type", "function");
    value.set("function", std::move(function));
    return value;
}

JsonValue messageValue(const CompletionBody &body)
{
    std::string words;
    std::string thoughts;
    for (const ModelPiece &piece : body.said) {
        if (const auto *text = std::get_if<ModelText>(&piece))
            words += text->text();
        else
            thoughts += std::get<ModelThinking>(piece).text;
    }
    JsonValue message;
    message.set("role", "assistant");
    message.set("content", words.empty() && !body.ending.toolCalls.empty() ? JsonValue() : JsonValue(words));
    message.set("refusal", nullptr);
    if (!thoughts.empty())
        message.set("reasoning_content", thoughts);
    JsonValue calls;
    for (const ModelToolCall &call : body.ending.toolCalls)
        calls.append(callValue(call));
    if (!calls.isNull())
        message.set("tool_calls", std::move(calls));
    return message;
}

JsonValue completionValue(const CompletionBody &body)
{
    JsonValue choice;
    choice.set("index", 0);
    choice.set("message", messageValue(body));
    choice.set("logprobs", nullptr);
    choice.set("finish_reason", finishName(body.ending.reason));
    JsonValue value;
    value.set("id", completionId(body.head));
    value.set("object", "chat.completion");
    value.set("created", body.head.createdAt);
    value.set("model", body.head.model);
    value.set("choices", JsonValue::Array{std::move(choice)});
    value.set("usage", usageValue(body.ending.usage));
    return value;
}

JsonValue listValue(const ModelsBody &body)
{
    JsonValue models{JsonValue::Array{}};
    for (const ListedModel &model : body.models)
        models.append(modelValue(model));
    JsonValue value;
    value.set("object", "list");
    value.set("data", std::move(models));
    return value;
}

void nameRequest(HttpResponse &response, std::string_view correlationId)
{
    response.fields.push_back({"X-Request-ID", std::string(correlationId)});
}

std::string_view levelName(DegradationLevel level)
{
    return wireNames(level)[static_cast<std::size_t>(level)];
}

} // namespace

bool isOpenAiPath(std::string_view path)
{
    return path == "/v1" || path.starts_with("/v1/");
}

std::string completionId(const CompletionHead &head)
{
    return "chatcmpl-" + toString(head.taskId);
}

std::string_view finishName(FinishReason reason)
{
    static constexpr std::array<std::string_view, 4> kNames{"stop", "length", "tool_calls", "content_filter"};
    return kNames[static_cast<std::size_t>(reason)];
}

JsonValue usageValue(const wire::Usage &usage)
{
    JsonValue value;
    value.set("prompt_tokens", usage.promptTokens);
    value.set("completion_tokens", usage.completionTokens);
    value.set("total_tokens", usage.promptTokens + usage.completionTokens);
    if (usage.estimated)
        value.set("estimated", true);
    return value;
}

void addCompletionFields(HttpResponse &response, const CompletionHead &head, std::string_view correlationId)
{
    nameRequest(response, correlationId);
    if (head.level != DegradationLevel::Normal)
        response.fields.push_back({"X-Degradation-Level", std::string(levelName(head.level))});
}

std::string openAiError(const HttpFailure &failure)
{
    const Kind kind = kindOf(failure.error, statusOf(failure));
    const std::string param = paramOf(failure.error.pointer);
    const bool isSentence = param.empty() || failure.error.code != Code::Invalid;
    JsonValue error;
    error.set("message", isSentence ? failure.error.message : "'" + param + "' " + failure.error.message);
    error.set("type", kind.type);
    error.set("param", param.empty() ? JsonValue() : JsonValue(param));
    error.set("code", kind.code);
    JsonValue value;
    value.set("error", std::move(error));
    return value.toText();
}

HttpResponse openAiFailure(const HttpFailure &failure, std::string_view correlationId)
{
    // The fields that HTTP and retrying want are those of every failure.
    const HttpFailure told{statusOf(failure), failure.error};
    HttpResponse response = problem(told, correlationId);
    response.contentType = "application/json";
    response.body = openAiError(failure);
    nameRequest(response, correlationId);
    if (failure.error.retryAfterMs && failure.error.retryable)
        response.fields.push_back(
            {"Retry-After-Ms", std::to_string(std::max<std::int64_t>(0, *failure.error.retryAfterMs))});
    // Their libraries repeat every 5xx, unless they are told that it is of no use.
    if (told.status >= 500 && !failure.error.retryable)
        response.fields.push_back({"X-Should-Retry", "false"});
    return response;
}

HttpResponse openAiAnswer(const Result<ApiBody> &body, std::string_view correlationId)
{
    if (!body)
        return openAiFailure(httpFailure(body.error()), correlationId);
    HttpResponse response{200, "application/json", {}, {}};
    if (const auto *completion = std::get_if<CompletionBody>(&*body)) {
        response.body = completionValue(*completion).toText();
        addCompletionFields(response, completion->head, correlationId);
        return response;
    }
    nameRequest(response, correlationId);
    if (const auto *models = std::get_if<ModelsBody>(&*body))
        response.body = listValue(*models).toText();
    else if (const auto *model = std::get_if<ListedModel>(&*body))
        response.body = modelValue(*model).toText();
    return response;
}

} // namespace orchestra
