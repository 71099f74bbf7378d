// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace orchestra {

/// Why a WebSocket was closed. The hundreds carry the advice, so that a client can act on a code it does not know.
enum class CloseCode : std::uint16_t {
    Normal = 1000,
    GoingAway = 1001,
    ProtocolError = 1002,
    UnsupportedData = 1003,
    InvalidUtf8 = 1007,
    TooLarge = 1009,
    InitFailed = 1011,

    BadHello = 4000,
    Unauthenticated = 4001,
    Forbidden = 4003,
    UnsupportedVersion = 4004,
    OriginRefused = 4005,
    ClosedByOperator = 4007,
    HelloTimeout = 4008,
    RepeatedViolations = 4009,
    Replaced = 4011,

    Full = 4100,
    TooSlow = 4101,
    RateAbuse = 4102,
    TooManyForUser = 4103,

    Rebalanced = 4200,
    AckTimeout = 4201,
    TokenExpired = 4202,
    Idle = 4203,
};

/// What a client does after a close.
enum class ReconnectAdvice : std::uint8_t {
    Stop,             ///< the same connection would end the same way
    BackOff,          ///< reconnect with growing, jittered delays, then resume
    Resume,           ///< reconnect (after a drain's retry_after_ms, if there was one) and resume
    ResumeWhenNeeded, ///< reconnect as soon as there is something to say
};

/// The advice of any close code, also of one this table does not name: 4000-4099 stop, 4100-4199 back off,
/// 4200-4299 resume, a broken link (1006, 1012-1015) and everything else back off.
ReconnectAdvice reconnectAdvice(std::uint16_t code);

/// Stable name for logs and metric labels, for example too_slow; "other" for a code we never send.
std::string_view closeCodeName(std::uint16_t code);
/// What the code means, in words for a person; empty for a code we never send.
std::string_view closeCodeMeaning(std::uint16_t code);
/// Nothing when it is not one of ours.
std::optional<CloseCode> closeCodeFrom(std::uint16_t code);

} // namespace orchestra
