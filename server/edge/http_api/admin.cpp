// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/http_api/bodies.h"
#include "server/edge/http_api/readers.h"
#include "shared/wire/error_table.h"

namespace orchestra {
namespace {

constexpr std::size_t kDefaultAuditRows = 100;
constexpr std::size_t kMaxAuditRows = 1000;

/// Reads the body as Body, and makes the operator command of what `act` makes of it.
template <class Body, class Act>
Result<ApiRequest> readAction(ApiInput &input, Act act)
{
    auto body = input.json.read<Body>(input.body);
    if (!body)
        return body.error();
    auto id = requestIdOf(input);
    if (!id)
        return id.error();
    wire::OpsAction action;
    action.requestId = std::move(*id);
    action.reason = body->reason;
    if constexpr (requires { body->expectedRevision; })
        action.expectedRevision = body->expectedRevision;
    action.action = act(*body);
    return ApiRequest(PostAction{std::move(action)});
}

} // namespace

Result<ApiRequest> readFlagRows(ApiInput &)
{
    return ApiRequest(GetRows{wire::Topic::Flags});
}

Result<ApiRequest> readFlagChange(ApiInput &input)
{
    return readAction<wire::FlagRequest>(input, [&](const wire::FlagRequest &body) {
        return wire::SetFlag{input.parameters.front(), body.enabled, body.percent};
    });
}

Result<ApiRequest> readBreakerRows(ApiInput &)
{
    return ApiRequest(GetRows{wire::Topic::Breakers});
}

Result<ApiRequest> readBreakerOverride(ApiInput &input)
{
    return readAction<wire::BreakerRequest>(input, [&](const wire::BreakerRequest &body) {
        return wire::OverrideBreaker{input.parameters.front(), body.overrideState, body.durationS.value_or(0)};
    });
}

Result<ApiRequest> readBreakerProbe(ApiInput &input)
{
    return readAction<wire::ReasonRequest>(
        input, [&](const wire::ReasonRequest &) { return wire::ProbeBreaker{input.parameters.front()}; });
}

Result<ApiRequest> readConnectionRows(ApiInput &)
{
    return ApiRequest(GetRows{wire::Topic::Connections});
}

Result<ApiRequest> readConnectionClosing(ApiInput &input)
{
    return readAction<wire::CloseRequest>(input, [](wire::CloseRequest &body) {
        return wire::CloseConnections{std::move(body.connectionIds), std::move(body.userId)};
    });
}

Result<ApiRequest> readDegradation(ApiInput &)
{
    return ApiRequest(GetRows{wire::Topic::Degradation});
}

Result<ApiRequest> readDegradationPin(ApiInput &input)
{
    return readAction<wire::DegradationRequest>(input, [](const wire::DegradationRequest &body) {
        return wire::PinDegradation{body.level, body.durationS.value_or(0)};
    });
}

Result<ApiRequest> readCacheClearing(ApiInput &input)
{
    return readAction<wire::CacheRequest>(
        input, [](wire::CacheRequest &body) { return wire::ClearCache{std::move(body.cacheNamespace)}; });
}

Result<ApiRequest> readDrain(ApiInput &input)
{
    return readAction<wire::ReasonRequest>(input, [](const wire::ReasonRequest &) { return wire::StartDrain{}; });
}

Result<ApiRequest> readUndo(ApiInput &input)
{
    return readAction<wire::UndoRequest>(
        input, [](wire::UndoRequest &body) { return wire::UndoAction{std::move(body.undoToken)}; });
}

Result<ApiRequest> readAudit(ApiInput &input)
{
    const auto limit = queryNumber(input, "limit", kDefaultAuditRows, 1, kMaxAuditRows);
    if (!limit)
        return limit.error();
    const auto before = queryNumber(input, "before", 0, 0, wire::kLargestInteger);
    if (!before)
        return before.error();
    return ApiRequest(GetAudit{queryValue(input.head.query, "target").value_or(std::string()), *before, *limit});
}

Result<ApiRequest> readTools(ApiInput &)
{
    return ApiRequest(GetTools{});
}

Result<ApiRequest> readToolAcceptance(ApiInput &input)
{
    return readAction<wire::ToolAcceptanceRequest>(input, [](wire::ToolAcceptanceRequest &body) {
        return wire::AcceptTool{std::move(body.name), std::move(body.digest)};
    });
}

Result<ApiRequest> readConfig(ApiInput &)
{
    return ApiRequest(GetConfig{});
}

} // namespace orchestra
