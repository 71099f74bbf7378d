// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/channels.h"
#include "server/edge/http_response.h"

namespace orchestra {

/// What of the request an answer depends on.
struct AnswerContext
{
    std::string_view accept;
    std::string_view correlationId;
    bool wantsBody = false; ///< `DoneBody` is told in words
};

/// The hub's answer as HTTP.
HttpResponse answerOf(const Result<ApiBody> &body, const AnswerContext &context);

/// What every answer of version 1 carries: Deprecation (RFC 9745), Sunset (RFC 8594) and a link to the successor.
void addDeprecation(HttpResponse &response);

} // namespace orchestra
