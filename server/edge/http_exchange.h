// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/edge/gatekeeper.h"
#include "server/edge/http_api/route.h"
#include "server/edge/http_response.h"

#include <optional>
#include <string>
#include <vector>

namespace orchestra {

/// One request and what is known about it before its body is read.
struct Exchange
{
    const Route *route = nullptr; ///< nullptr when `immediate` is there
    std::vector<std::string> parameters;
    Caller caller;
    std::string userName; ///< what an anonymous caller claims (X-Client-Id)
    std::string correlationId;
    std::string accept;
    std::string method;
    bool isHttp11 = true;
    bool keepsAlive = false;
    bool omitsBody = false;
    bool expectsContinue = false;
    MonotonicTime receivedAt{};
    int apiVersion = 0;
    /// The answer, when the head alone decides it: a refusal, or a CORS preflight.
    std::optional<HttpResponse> immediate;
    std::optional<Error> refusal; ///< why, when `immediate` refuses
    bool asksForUpgrade = false;
    bool speaksOpenAi = false; ///< answers and failures have the form of OpenAI's API
};

/// Everything that a head decides: who is asking, for what, and whether it may go on. Pure.
Exchange openExchange(const RequestHead &head, const Arrival &arrival, const GateRules &rules, IdSource &ids,
                      MonotonicTime now);

/// A failure in the form that its client reads.
HttpResponse failureOf(const HttpFailure &failure, const Exchange &exchange);

/// The form of its answers.
ResponseShape shapeOf(const Exchange &exchange, WallMs date);

} // namespace orchestra
