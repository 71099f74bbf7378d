// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/edge/frame_limits.h"

#include <array>

namespace orchestra {

namespace {

struct Row
{
    FrameViolation violation;
    CloseCode code;
    bool isBeyondClosing;
    std::string_view name;
    std::string_view reason;
};

using enum FrameViolation;
constexpr std::array<Row, kFrameViolations> kTable = {{
    {Unmasked, CloseCode::ProtocolError, false, "unmasked", "a client must mask its frames"},
    {ReservedBits, CloseCode::ProtocolError, false, "reserved_bits",
     "a reserved bit is set, but no extension was agreed"},
    {UnknownOpcode, CloseCode::ProtocolError, false, "unknown_opcode", "unknown opcode"},
    {BadControlFrame, CloseCode::ProtocolError, false, "bad_control_frame",
     "a control frame must not be fragmented or longer than 125 bytes"},
    {BadContinuation, CloseCode::ProtocolError, false, "bad_continuation", "fragments out of order"},
    {BadLength, CloseCode::ProtocolError, false, "bad_length", "a payload length must have its shortest form"},
    {MessageTooBig, CloseCode::TooLarge, false, "message_too_big", "the message is too big"},
    {TooManyFragments, CloseCode::TooLarge, false, "too_many_fragments", "the message has too many fragments"},
    {EmptyFragments, CloseCode::RepeatedViolations, false, "empty_fragments", "too many empty fragments"},
    {ControlFlood, CloseCode::RepeatedViolations, false, "control_flood", "too many pings or pongs"},
    {MessageTooSlow, CloseCode::TooSlow, false, "message_too_slow", "the message took too long to arrive"},
    {UnsentOverflow, CloseCode::TooSlow, true, "unsent_overflow", "too much is waiting to be read"},
    {WriteStalled, CloseCode::TooSlow, true, "write_stalled", "nothing was read for too long"},
    {HandshakeTooSlow, CloseCode::InitFailed, true, "handshake_too_slow", "the upgrade was not completed"},
}};

constexpr bool isInOrder()
{
    for (std::size_t i = 0; i < kTable.size(); ++i) {
        if (static_cast<std::size_t>(kTable[i].violation) != i || kTable[i].reason.size() > 123)
            return false;
    }
    return true;
}
static_assert(isInOrder());

const Row &row(FrameViolation violation)
{
    return kTable[static_cast<std::size_t>(violation)];
}

} // namespace

CloseCode closeCode(FrameViolation violation)
{
    return row(violation).code;
}

std::string_view toString(FrameViolation violation)
{
    return row(violation).name;
}

std::string_view closeReason(FrameViolation violation)
{
    return row(violation).reason;
}

bool isBeyondClosing(FrameViolation violation)
{
    return row(violation).isBeyondClosing;
}

} // namespace orchestra
