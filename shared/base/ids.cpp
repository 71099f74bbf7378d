// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/ids.h"

#include <algorithm>

namespace orchestra {

namespace detail {

void appendUuid(std::string &out, const std::array<std::uint8_t, 16> &bytes)
{
    static constexpr char kDigits[] = "0123456789abcdef";
    char text[36];
    std::size_t at = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            text[at++] = '-';
        text[at++] = kDigits[bytes[i] >> 4U];
        text[at++] = kDigits[bytes[i] & 15U];
    }
    out.append(text, sizeof text);
}

std::string formatUuid(const std::array<std::uint8_t, 16> &bytes)
{
    std::string out;
    appendUuid(out, bytes);
    return out;
}

std::optional<std::array<std::uint8_t, 16>> parseUuid(std::string_view text)
{
    if (text.size() != 36)
        return std::nullopt;
    const auto nibble = [](char c) -> int {
        if (c >= '0' && c <= '9')
            return c - '0';
        if (c >= 'a' && c <= 'f')
            return c - 'a' + 10;
        if (c >= 'A' && c <= 'F')
            return c - 'A' + 10;
        return -1;
    };
    std::array<std::uint8_t, 16> bytes{};
    std::size_t at = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if ((i == 4 || i == 6 || i == 8 || i == 10) && text[at++] != '-')
            return std::nullopt;
        const int high = nibble(text[at++]);
        const int low = nibble(text[at++]);
        if (high < 0 || low < 0)
            return std::nullopt;
        bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return bytes;
}

} // namespace detail

std::array<std::uint8_t, 16> IdSource::nextUuid()
{
    // RFC 9562 section 6.2, method 1: a 26-bit counter behind the millisecond keeps ids of one source in order.
    const auto ms = static_cast<std::uint64_t>(std::max<WallMs>(0, clock_.wallMs()));
    const std::uint64_t noise = random_.next();
    if (ms > lastMs_) {
        lastMs_ = ms;
        counter_ = static_cast<std::uint32_t>(noise & 0x1ffffffU);
    } else if (++counter_ > 0x3ffffffU) {
        ++lastMs_;
        counter_ = 0;
    }
    std::array<std::uint8_t, 16> bytes{};
    for (std::size_t i = 0; i < 6; ++i)
        bytes[i] = static_cast<std::uint8_t>(lastMs_ >> (40U - 8U * i));
    bytes[6] = static_cast<std::uint8_t>(0x70U | (counter_ >> 22U));
    bytes[7] = static_cast<std::uint8_t>(counter_ >> 14U);
    bytes[8] = static_cast<std::uint8_t>(0x80U | ((counter_ >> 8U) & 0x3fU));
    bytes[9] = static_cast<std::uint8_t>(counter_);
    const std::uint64_t tail = random_.next();
    for (std::size_t i = 0; i < 6; ++i)
        bytes[10 + i] = static_cast<std::uint8_t>(tail >> (8U * i));
    return bytes;
}

} // namespace orchestra
