// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/providers/model_server.h"

#include "server/providers/chunk_reader.h"
#include "server/providers/ollama_server.h"
#include "server/providers/openai_server.h"
#include "shared/wire/error_table.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>

namespace orchestra {

std::unique_ptr<ModelServer> ModelServer::make(ModelServerSettings settings)
{
    if (settings.kind == ModelServerKind::Ollama)
        return std::make_unique<OllamaServer>(std::move(settings));
    return std::make_unique<OpenAiServer>(std::move(settings));
}

HttpRequest ModelServer::request(std::string method, std::string_view path) const
{
    constexpr std::chrono::seconds kPatience{5};
    HttpRequest http;
    http.method = std::move(method);
    http.url = settings_.url;
    while (http.url.ends_with('/'))
        http.url.pop_back();
    http.url += path;
    http.reach = Reach::Configured;
    http.deadlines = {.connect = kPatience, .firstByte = kPatience, .gap = kPatience, .total = 2 * kPatience};
    if (!settings_.key.isEmpty())
        http.headers.push_back({"Authorization", "Bearer " + settings_.key.reveal()});
    return http;
}

HttpRequest ModelServer::post(std::string_view path, std::string body) const
{
    HttpRequest http = request("POST", path);
    http.headers.push_back({"Content-Type", "application/json"});
    http.body = std::move(body);
    return http;
}

void ModelServer::applyDeadlines(HttpRequest &http, const ModelRequest &request)
{
    http.deadlines = {.connect = request.deadlines.connect,
                      .firstByte = request.deadlines.firstToken,
                      .gap = request.deadlines.gap,
                      .total = request.deadlines.total};
    if (!request.correlationId.empty())
        http.headers.push_back({"X-Correlation-ID", request.correlationId});
    if (!request.traceparent.empty())
        http.headers.push_back({"traceparent", request.traceparent});
}

std::optional<std::int64_t> retryAfterMs(std::string_view value, WallMs now)
{
    constexpr std::int64_t kMost = 3'600'000;
    std::int64_t seconds = 0;
    const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (failure == std::errc() && end == value.data() + value.size())
        return seconds < 0 ? std::nullopt : std::optional(std::min(seconds, kMost / 1000) * 1000);
    const std::time_t date = curl_getdate(std::string(value).c_str(), nullptr);
    if (value.empty() || date < 0)
        return {};
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(date) * 1000 - now, 0, kMost);
}

Refusal readRefusal(const HttpHead &head, std::string_view body, WallMs now)
{
    const std::string said = "HTTP " + std::to_string(head.status) + ": " + upstreamMessage(body);
    Refusal refusal;
    switch (head.status) {
    case 404:
        refusal.error = Error{Code::NoModel, said};
        break;
    case 401:
    case 402:
    case 403: // it takes nothing from this server, whatever it was asked
        refusal.error = makeError(Code::ProviderUnavailable, said);
        break;
    case 408:
    case 504:
        refusal.error = makeError(Code::ProviderTimeout, said);
        break;
    case 429:
    case 503:
        refusal.error = makeError(Code::ProviderUnavailable, said);
        break;
    default:
        refusal.error = makeError(Code::ProviderError, said);
        break;
    }
    // What the server finds wrong with the request says nothing about its health; nor does its rate limit.
    refusal.isServersFault = head.status >= 500;
    if (head.status < 500 && head.status != 408 && head.status != 429)
        refusal.error.retryable = false;
    if (refusal.error.retryable)
        refusal.error.retryAfterMs = retryAfterMs(head.find("Retry-After"), now);
    return refusal;
}

} // namespace orchestra
