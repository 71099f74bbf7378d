// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/close_code.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace orchestra {

/// What one WebSocket may ask of the server below the level of messages. The defaults are those of the protocol.
struct FrameLimits
{
    std::size_t messageBytes = 65536; ///< payload of one message, all its fragments together
    unsigned fragments = 1024;        ///< of one message
    unsigned emptyFragments = 8;      ///< of one message; legal, but a few are enough for everybody
    unsigned controlBurst = 20;       ///< pings and pongs at once ...
    unsigned controlPerSecond = 10;   ///< ... and in the long run

    std::size_t unsentHighWater = 256 * 1024;  ///< above it nothing is read
    std::size_t unsentCap = 2 * 1024 * 1024;   ///< above it the connection is cut
    std::size_t drainMark = 64 * 1024;         ///< unsent bytes at or below which `drained` is told
    std::size_t lingerBytes = 8 * 1024 * 1024; ///< read and thrown away after a violation, so that the close arrives

    std::chrono::milliseconds handshakeDeadline = std::chrono::seconds(10); ///< from construction to start()
    std::chrono::milliseconds messageDeadline = std::chrono::seconds(10);   ///< from a message's first to its last byte
    std::chrono::milliseconds stallDeadline = std::chrono::seconds(10); ///< unsent bytes of which the peer takes none
    std::chrono::milliseconds closeDeadline = std::chrono::seconds(2);  ///< from our close to the peer's
};

/// Why a FrameSocket gives up on its peer.
enum class FrameViolation : std::uint8_t {
    Unmasked,         ///< a client frame without a mask
    ReservedBits,     ///< RSV1-3 without an extension
    UnknownOpcode,    ///< 3-7, 11-15
    BadControlFrame,  ///< fragmented, or longer than 125 bytes
    BadContinuation,  ///< one without a beginning, or a new message inside another
    BadLength,        ///< not in the shortest form, or over 2^63 - 1
    MessageTooBig,    ///< over FrameLimits::messageBytes
    TooManyFragments, ///< over FrameLimits::fragments
    EmptyFragments,   ///< over FrameLimits::emptyFragments
    ControlFlood,     ///< over FrameLimits::controlBurst and controlPerSecond
    MessageTooSlow,   ///< over FrameLimits::messageDeadline
    UnsentOverflow,   ///< over FrameLimits::unsentCap
    WriteStalled,     ///< over FrameLimits::stallDeadline
    HandshakeTooSlow, ///< over FrameLimits::handshakeDeadline
};
inline constexpr std::size_t kFrameViolations = 14;

CloseCode closeCode(FrameViolation violation);
/// Stable name for metric labels and logs, for example control_flood.
std::string_view toString(FrameViolation violation);
/// The reason sent with the close: at most 123 bytes, for the client's author.
std::string_view closeReason(FrameViolation violation);
/// True when the peer cannot be told, because it does not read: the connection is cut instead of closed.
bool isBeyondClosing(FrameViolation violation);

} // namespace orchestra
