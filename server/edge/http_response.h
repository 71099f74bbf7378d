// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/edge/request_head.h"
#include "shared/base/clock.h"

#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

/// An answer without what the connection adds: length, date, security headers.
struct HttpResponse
{
    int status = 200;
    std::string contentType; ///< empty: there is no body
    std::string body;
    std::vector<HeaderField> fields;
};

/// What a response owes to its request.
struct ResponseShape
{
    bool isHttp11 = true;
    bool keepsAlive = true;
    bool omitsBody = false; ///< answer to HEAD
    std::string_view corsOrigin;
    std::string_view correlationId;
    WallMs date = 0;
};

/// The reason phrase; empty for a status that is never sent.
std::string_view reasonPhrase(int status);
/// IMF-fixdate of RFC 9110, for example Fri, 20 Nov 2026 08:14:41 GMT.
std::string httpDate(WallMs ms);

/// The whole response as it goes out.
std::string serialise(const HttpResponse &response, const ResponseShape &shape);
/// The head of an answer whose length is not known yet: chunked in HTTP/1.1, ended by closing in HTTP/1.0.
std::string serialiseStreamHead(const HttpResponse &response, const ResponseShape &shape);
/// One chunk of a chunked body; an empty `data` is the last one.
std::string chunk(std::string_view data);

/// RFC 9457 problem details with our members: code, correlation_id, retryable, retry_after_ms, errors.
HttpResponse problem(const HttpFailure &failure, std::string_view correlationId);

} // namespace orchestra
