// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/http_exchange.h"

#include "server/edge/http_api/openai_answer.h"
#include "shared/base/text.h"
#include "shared/wire/error_table.h"

#include <algorithm>

namespace orchestra {
namespace {

constexpr std::size_t kMaxUserName = 128;
constexpr std::string_view kCorsHeaders = "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-Client-Id, "
                                          "X-Correlation-ID, traceparent, tracestate";

HttpFailure failure(Code code, std::string message, std::string pointer = {})
{
    return httpFailure(makeError(code, std::move(message), std::move(pointer)));
}

HttpResponse preflight(std::string_view allowed)
{
    HttpResponse response{204, {}, {}, {}};
    response.fields.push_back({"Access-Control-Allow-Methods", std::string(allowed)});
    response.fields.push_back({"Access-Control-Allow-Headers", std::string(kCorsHeaders)});
    response.fields.push_back({"Access-Control-Max-Age", "600"});
    return response;
}

bool isPreflight(const RequestHead &head, const Caller &caller)
{
    return head.method == "OPTIONS" && !caller.corsOrigin.empty() && head.find("access-control-request-method");
}

std::optional<HttpFailure> readUserName(const RequestHead &head, std::string &userName)
{
    const std::string *field = head.find("x-client-id");
    if (!field)
        return std::nullopt;
    if (field->empty() || field->size() > kMaxUserName || !isValidUtf8(*field))
        return failure(Code::Invalid, "must be 1 to 128 bytes of UTF-8", "/header/X-Client-Id");
    userName = *field;
    return std::nullopt;
}

/// What the head says about a body, held against what the route takes.
std::optional<HttpFailure> bodyViolation(const RequestHead &head, const Route &route)
{
    if (const std::string *expect = head.find("expect"); expect && !equalsIgnoringCase(*expect, "100-continue"))
        return HttpFailure{417, makeError(Code::Invalid, "Only 100-continue can be expected.")};
    if (head.hasBody() && !isJsonContent(head.valueOf("content-type")))
        return failure(Code::UnsupportedType, "A body must be application/json in UTF-8.");
    if (route.isBodyRequired && !head.hasBody())
        return failure(Code::Invalid, "This call needs a JSON body.");
    return std::nullopt;
}

std::optional<HttpFailure> findTarget(const RequestHead &head, Exchange &exchange)
{
    RouteMatch match = findRoute(head.method, head.path);
    if (isPreflight(head, exchange.caller) && !match.allowed.empty()) {
        exchange.immediate = preflight(match.allowed);
        return std::nullopt;
    }
    if (!match.route && match.allowed.empty())
        return failure(Code::NotFound, "There is nothing at this path.");
    if (!match.route) {
        HttpFailure refused{405, makeError(Code::Invalid, "This path takes " + match.allowed + ".")};
        exchange.immediate = failureOf(refused, exchange);
        exchange.immediate->fields.push_back({"Allow", match.allowed});
        return std::nullopt;
    }
    exchange.route = match.route;
    exchange.parameters = std::move(match.parameters);
    exchange.apiVersion = versionOf(head.path);
    exchange.expectsContinue = head.isHttp11 && head.hasBody() && head.find("expect");
    return bodyViolation(head, *match.route);
}

std::optional<HttpFailure> inspect(const RequestHead &head, const Arrival &arrival, const GateRules &rules,
                                   Exchange &exchange)
{
    auto verdict = examine(head, arrival, rules);
    if (auto *refused = std::get_if<HttpFailure>(&verdict))
        return *refused;
    exchange.caller = std::get<Caller>(std::move(verdict));
    if (auto refused = readUserName(head, exchange.userName))
        return refused;
    return findTarget(head, exchange);
}

} // namespace

Exchange openExchange(const RequestHead &head, const Arrival &arrival, const GateRules &rules, IdSource &ids,
                      MonotonicTime now)
{
    Exchange exchange;
    exchange.method = head.method;
    exchange.isHttp11 = head.isHttp11;
    exchange.keepsAlive = head.keepsAlive();
    exchange.omitsBody = head.method == "HEAD";
    exchange.accept = head.valueOf("accept");
    exchange.asksForUpgrade = head.asksForUpgrade();
    exchange.speaksOpenAi = isOpenAiPath(head.path);
    exchange.receivedAt = now;
    auto correlationId = correlationIdOf(head);
    exchange.correlationId = correlationId ? std::move(*correlationId) : toString(ids.make<EventId>());
    if (auto refused = inspect(head, arrival, rules, exchange)) {
        exchange.immediate = failureOf(*refused, exchange);
        exchange.refusal = std::move(refused->error);
        exchange.route = nullptr;
    }
    return exchange;
}

HttpResponse failureOf(const HttpFailure &failure, const Exchange &exchange)
{
    return exchange.speaksOpenAi ? openAiFailure(failure, exchange.correlationId)
                                 : problem(failure, exchange.correlationId);
}

ResponseShape shapeOf(const Exchange &exchange, WallMs date)
{
    return {exchange.isHttp11,          exchange.keepsAlive,    exchange.omitsBody,
            exchange.caller.corsOrigin, exchange.correlationId, date};
}

} // namespace orchestra
