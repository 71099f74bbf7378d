// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/ws_frames.h"

namespace orchestra {

namespace {

void appendBigEndian(std::string &out, std::uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; --i)
        out += static_cast<char>(value >> (8 * i));
}

std::uint64_t readBigEndian(std::string_view bytes, std::size_t at, std::size_t count)
{
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
        value = value * 256 + static_cast<std::uint8_t>(bytes[at + i]);
    return value;
}

} // namespace

std::string WsFrame::bytes() const
{
    const std::uint64_t length = claimedLength.value_or(payload.size());
    const int form = lengthBytes.value_or(length < 126 ? 0 : length < 65536 ? 2 : 8);
    std::string out;
    out += static_cast<char>((isFinal ? 0x80 : 0) | reservedBits << 4 | opcode);
    out += static_cast<char>((isMasked ? 0x80 : 0) | (form == 0 ? length : form == 2 ? 126 : 127));
    appendBigEndian(out, length, form);
    if (!isMasked)
        return out + payload;
    std::string key;
    appendBigEndian(key, mask, 4);
    out += key;
    for (std::size_t i = 0; i < payload.size(); ++i)
        out += static_cast<char>(payload[i] ^ key[i % 4]);
    return out;
}

WsFrame closeFrame(std::uint16_t code, std::string_view reason)
{
    WsFrame frame{.opcode = WsFrame::Close, .payload = {}};
    appendBigEndian(frame.payload, code, 2);
    frame.payload += reason;
    return frame;
}

std::uint16_t closeCodeOf(const WsFrame &close)
{
    return close.payload.size() < 2 ? 1005 : static_cast<std::uint16_t>(readBigEndian(close.payload, 0, 2));
}

std::optional<WsFrame> takeFrame(std::string &bytes)
{
    if (bytes.size() < 2)
        return {};
    WsFrame frame{.opcode = static_cast<std::uint8_t>(bytes[0]) & 0x0fU, .payload = {}};
    frame.isFinal = bytes[0] & 0x80;
    frame.reservedBits = (static_cast<std::uint8_t>(bytes[0]) >> 4) & 7U;
    frame.isMasked = bytes[1] & 0x80;
    std::uint64_t length = bytes[1] & 0x7f;
    const std::size_t form = length == 126 ? 2 : length == 127 ? 8 : 0;
    const std::size_t head = 2 + form + (frame.isMasked ? 4 : 0);
    if (bytes.size() < head)
        return {};
    if (form > 0)
        length = readBigEndian(bytes, 2, form);
    if (bytes.size() - head < length)
        return {};
    frame.payload = bytes.substr(head, length);
    if (frame.isMasked) {
        frame.mask = static_cast<std::uint32_t>(readBigEndian(bytes, head - 4, 4));
        for (std::size_t i = 0; i < frame.payload.size(); ++i)
            frame.payload[i] = static_cast<char>(frame.payload[i] ^ bytes[head - 4 + i % 4]);
    }
    bytes.erase(0, head + length);
    return frame;
}

std::optional<std::vector<WsFrame>> allFrames(std::string_view bytes)
{
    std::string rest(bytes);
    std::vector<WsFrame> frames;
    while (auto frame = takeFrame(rest))
        frames.push_back(std::move(*frame));
    return rest.empty() ? std::optional(std::move(frames)) : std::nullopt;
}

} // namespace orchestra
