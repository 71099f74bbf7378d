// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/wire/close_code.h"

#include <array>
#include <optional>
#include <string_view>

namespace orchestra {

/// What the outside world sees of a Code.
struct ErrorRow
{
    Code code;
    std::string_view name;          ///< on the wire, for example NO_MODEL
    std::string_view label;         ///< in metrics, for example no_model
    int httpStatus;                 ///< 0: travels in events only
    std::optional<CloseCode> close; ///< where the error ends the connection
    bool retryable;                 ///< the same request may succeed later, unless the place that fails knows better
};

/// One row for each Code, in the order of the enumerators.
inline constexpr std::array<ErrorRow, 29> kErrorTable{{
    {Code::Invalid, "INVALID", "invalid", 400, {}, false},
    {Code::UnsupportedVersion, "UNSUPPORTED_VERSION", "unsupported_version", 400, CloseCode::UnsupportedVersion, false},
    {Code::Unauthenticated, "UNAUTHENTICATED", "unauthenticated", 401, CloseCode::Unauthenticated, false},
    {Code::Forbidden, "FORBIDDEN", "forbidden", 403, CloseCode::Forbidden, false},
    {Code::Origin, "ORIGIN", "origin", 403, CloseCode::OriginRefused, false},
    {Code::NotFound, "NOT_FOUND", "not_found", 404, {}, false},
    {Code::Conflict, "CONFLICT", "conflict", 409, {}, false},
    {Code::IdempotencyConflict, "IDEMPOTENCY_CONFLICT", "idempotency_conflict", 409, {}, false},
    {Code::AlreadyEnded, "ALREADY_ENDED", "already_ended", 409, {}, false},
    {Code::Busy, "BUSY", "busy", 409, {}, true},
    {Code::StaleRevision, "STALE_REVISION", "stale_revision", 412, {}, false},
    {Code::TooLarge, "TOO_LARGE", "too_large", 413, CloseCode::TooLarge, false},
    {Code::UnsupportedType, "UNSUPPORTED_TYPE", "unsupported_type", 415, {}, false},
    {Code::RateLimited, "RATE_LIMITED", "rate_limited", 429, CloseCode::RateAbuse, true},
    {Code::TooManyConnections, "TOO_MANY_CONNECTIONS", "too_many_connections", 429, CloseCode::TooManyForUser, true},
    {Code::Internal, "INTERNAL", "internal", 500, {}, false},
    {Code::ProviderError, "PROVIDER_ERROR", "provider_error", 502, {}, true},
    {Code::NotReady, "NOT_READY", "not_ready", 503, {}, true},
    {Code::Draining, "DRAINING", "draining", 503, {}, true},
    {Code::Full, "FULL", "full", 503, CloseCode::Full, true},
    {Code::NoModel, "NO_MODEL", "no_model", 503, {}, false},
    {Code::ProviderUnavailable, "PROVIDER_UNAVAILABLE", "provider_unavailable", 503, {}, true},
    {Code::BreakerOpen, "BREAKER_OPEN", "breaker_open", 503, {}, true},
    {Code::ServiceInitFailed, "SERVICE_INIT_FAILED", "service_init_failed", 503, CloseCode::InitFailed, true},
    {Code::StorageUnavailable, "STORAGE_UNAVAILABLE", "storage_unavailable", 507, {}, true},
    {Code::ProviderTimeout, "PROVIDER_TIMEOUT", "provider_timeout", 504, {}, true},
    {Code::InitTimeout, "INIT_TIMEOUT", "init_timeout", 504, {}, true},
    {Code::Interrupted, "INTERRUPTED", "interrupted", 0, {}, true},
    {Code::Cancelled, "CANCELLED", "cancelled", 0, {}, false},
}};

constexpr const ErrorRow &errorRow(Code code)
{
    return kErrorTable[static_cast<std::size_t>(code)];
}

/// Nothing when no Code has this wire name.
std::optional<Code> codeFromName(std::string_view name);

/// An Error with the table's advice on retrying.
Error makeError(Code code, std::string message, std::string pointer = {});

/// Wire names in the order of the enumerators, so that a Code travels like every other enumeration.
constexpr auto wireNames(Code)
{
    std::array<std::string_view, kErrorTable.size()> names;
    for (std::size_t i = 0; i < names.size(); ++i)
        names[i] = kErrorTable[i].name;
    return names;
}

} // namespace orchestra
