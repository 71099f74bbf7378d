// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/edge/http_api/route.h"

/// How each route makes an ApiRequest of its input. Every failure is an Error with the pointer to the culprit; query
/// parameters and headers are pointed to as /query/name and /header/name.
namespace orchestra {

// chat.cpp
Result<ApiRequest> readChat(ApiInput &input);
Result<ApiRequest> readThreads(ApiInput &input);
Result<ApiRequest> readMessages(ApiInput &input);
Result<ApiRequest> readThreadDeletion(ApiInput &input);
Result<ApiRequest> readTasks(ApiInput &input);
Result<ApiRequest> readCancel(ApiInput &input);
Result<ApiRequest> readFeedback(ApiInput &input);
Result<ApiRequest> readTicketWish(ApiInput &input);

// health.cpp
Result<ApiRequest> readLive(ApiInput &input);
Result<ApiRequest> readReady(ApiInput &input);
Result<ApiRequest> readHealth(ApiInput &input);
Result<ApiRequest> readMetrics(ApiInput &input);

// admin.cpp
Result<ApiRequest> readFlagRows(ApiInput &input);
Result<ApiRequest> readFlagChange(ApiInput &input);
Result<ApiRequest> readBreakerRows(ApiInput &input);
Result<ApiRequest> readBreakerOverride(ApiInput &input);
Result<ApiRequest> readBreakerProbe(ApiInput &input);
Result<ApiRequest> readConnectionRows(ApiInput &input);
Result<ApiRequest> readConnectionClosing(ApiInput &input);
Result<ApiRequest> readDegradation(ApiInput &input);
Result<ApiRequest> readDegradationPin(ApiInput &input);
Result<ApiRequest> readCacheClearing(ApiInput &input);
Result<ApiRequest> readDrain(ApiInput &input);
Result<ApiRequest> readUndo(ApiInput &input);
Result<ApiRequest> readAudit(ApiInput &input);
Result<ApiRequest> readTools(ApiInput &input);
Result<ApiRequest> readToolAcceptance(ApiInput &input);
Result<ApiRequest> readConfig(ApiInput &input);

// openai_request.cpp
Result<ApiRequest> readCompletion(ApiInput &input);
Result<ApiRequest> readModelList(ApiInput &input);
Result<ApiRequest> readModelName(ApiInput &input);

/// A whole number in the query; `fallback` when absent, an Error when it is none or outside [low, high].
Result<std::size_t> queryNumber(const ApiInput &input, std::string_view name, std::size_t fallback, std::size_t low,
                                std::size_t high);
/// The client's Idempotency-Key, or a new id.
Result<std::string> requestIdOf(ApiInput &input);

} // namespace orchestra
