// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/http_api/readers.h"

namespace orchestra {

Result<ApiRequest> readLive(ApiInput &)
{
    return ApiRequest(GetLive{});
}

Result<ApiRequest> readReady(ApiInput &)
{
    return ApiRequest(GetReady{});
}

Result<ApiRequest> readHealth(ApiInput &)
{
    return ApiRequest(GetHealth{});
}

Result<ApiRequest> readMetrics(ApiInput &input)
{
    const bool wantsOpenMetrics =
        input.head.valueOf("accept").find("application/openmetrics-text") != std::string::npos;
    return ApiRequest(GetMetrics{wantsOpenMetrics});
}

} // namespace orchestra
