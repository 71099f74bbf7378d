// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/channels.h"
#include "server/edge/http_response.h"
#include "shared/wire/json_value.h"

/// Answers in the form that clients of OpenAI's API read.
namespace orchestra {

/// Whether clients of OpenAI's API ask for this path, so that failures have their form too.
bool isOpenAiPath(std::string_view path);

/// The hub's answer to one of their requests.
HttpResponse openAiAnswer(const Result<ApiBody> &body, std::string_view correlationId);
HttpResponse openAiFailure(const HttpFailure &failure, std::string_view correlationId);
/// {"error":{message, type, param, code}}
std::string openAiError(const HttpFailure &failure);
/// Adds what the head of a completion says: the id of the request where their libraries look for it, and the level of
/// degradation, unless the server lacks nothing.
void addCompletionFields(HttpResponse &response, const CompletionHead &head, std::string_view correlationId);

// Parts of an answer, whole or streamed.
std::string completionId(const CompletionHead &head);
std::string_view finishName(FinishReason reason);
wire::JsonValue usageValue(const wire::Usage &usage);

} // namespace orchestra
