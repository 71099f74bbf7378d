// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

/// RFC 6455 frames as a test wants them, right or wrong, and a plain reader of right ones: slow, obvious, and written
/// without a look at the server's.
struct WsFrame
{
    enum Opcode : unsigned { Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };

    unsigned opcode = Text;
    std::string payload;
    bool isFinal = true;
    bool isMasked = true;
    std::uint32_t mask = 0x37fa213d;
    unsigned reservedBits = 0;                       ///< 0..7
    std::optional<int> lengthBytes = {};             ///< 0, 2 or 8; the shortest when absent
    std::optional<std::uint64_t> claimedLength = {}; ///< instead of the payload's

    std::string bytes() const;
    bool operator==(const WsFrame &other) const
    {
        return opcode == other.opcode && payload == other.payload && isFinal == other.isFinal;
    }
};

/// A masked close frame with a code and a reason.
WsFrame closeFrame(std::uint16_t code, std::string_view reason = {});
/// The code of a close frame; 1005 when it has none.
std::uint16_t closeCodeOf(const WsFrame &close);

/// Takes one whole frame from the front of `bytes`; nothing when there is none yet.
std::optional<WsFrame> takeFrame(std::string &bytes);
/// All of them; nothing when `bytes` does not end with a whole frame.
std::optional<std::vector<WsFrame>> allFrames(std::string_view bytes);

} // namespace orchestra
