// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/close_code.h"

#include <algorithm>
#include <array>

namespace orchestra {
namespace {

struct Row
{
    CloseCode code;
    std::string_view name;
    std::string_view meaning;
};

constexpr std::array kRows{
    Row{CloseCode::Normal, "normal", "done"},
    Row{CloseCode::GoingAway, "going_away", "the server is draining"},
    Row{CloseCode::ProtocolError, "protocol_error", "the WebSocket protocol was violated"},
    Row{CloseCode::UnsupportedData, "unsupported_data", "a frame of this encoding is not accepted here"},
    Row{CloseCode::InvalidUtf8, "invalid_utf8", "a text frame was not UTF-8"},
    Row{CloseCode::TooLarge, "too_large", "a message was larger than the limit"},
    Row{CloseCode::InitFailed, "init_failed", "core services could not be initialised"},
    Row{CloseCode::BadHello, "bad_hello", "the first frame was not a valid hello"},
    Row{CloseCode::Unauthenticated, "unauthenticated", "no valid credential was given"},
    Row{CloseCode::Forbidden, "forbidden", "this credential may not connect here"},
    Row{CloseCode::UnsupportedVersion, "unsupported_version", "none of the offered protocol versions is spoken here"},
    Row{CloseCode::OriginRefused, "origin_refused", "pages of this origin may not connect"},
    Row{CloseCode::ClosedByOperator, "closed_by_operator", "an operator closed the connection"},
    Row{CloseCode::HelloTimeout, "hello_timeout", "no hello came in time"},
    Row{CloseCode::RepeatedViolations, "repeated_violations", "too many malformed frames"},
    Row{CloseCode::Replaced, "replaced", "a newer connection of the same user took its place"},
    Row{CloseCode::Full, "full", "the server is full"},
    Row{CloseCode::TooSlow, "too_slow", "the client reads too slowly; resuming delivers the rest"},
    Row{CloseCode::RateAbuse, "rate_abuse", "the client kept sending above its rate"},
    Row{CloseCode::TooManyForUser, "too_many_for_user", "this user has too many connections"},
    Row{CloseCode::Rebalanced, "rebalanced", "the connection moves to another server"},
    Row{CloseCode::AckTimeout, "ack_timeout", "the client stopped acknowledging events"},
    Row{CloseCode::TokenExpired, "token_expired", "the token has expired"},
    Row{CloseCode::Idle, "idle", "nothing was sent either way for the idle limit"},
};

const Row *rowOf(std::uint16_t code)
{
    const auto row = std::find_if(kRows.begin(), kRows.end(),
                                  [code](const Row &r) { return static_cast<std::uint16_t>(r.code) == code; });
    return row == kRows.end() ? nullptr : &*row;
}

} // namespace

ReconnectAdvice reconnectAdvice(std::uint16_t code)
{
    switch (code) {
    case 1001:
        return ReconnectAdvice::Resume;
    case 1000:
    case 1002:
    case 1003:
    case 1007:
    case 1008:
    case 1009:
    case 1010:
        return ReconnectAdvice::Stop;
    case 4203:
        return ReconnectAdvice::ResumeWhenNeeded;
    default:
        break;
    }
    if (code >= 4000 && code <= 4099)
        return ReconnectAdvice::Stop;
    if (code >= 4200 && code <= 4299)
        return ReconnectAdvice::Resume;
    return ReconnectAdvice::BackOff;
}

std::string_view closeCodeName(std::uint16_t code)
{
    const Row *row = rowOf(code);
    return row ? row->name : "other";
}

std::string_view closeCodeMeaning(std::uint16_t code)
{
    const Row *row = rowOf(code);
    return row ? row->meaning : std::string_view();
}

std::optional<CloseCode> closeCodeFrom(std::uint16_t code)
{
    const Row *row = rowOf(code);
    return row ? std::optional(row->code) : std::nullopt;
}

} // namespace orchestra
