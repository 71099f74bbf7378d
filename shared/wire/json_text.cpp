// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/json_text.h"

#include "shared/base/text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

namespace orchestra::wire {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101U;
constexpr std::uint64_t kTops = 0x8080808080808080U;

constexpr std::uint64_t hasByteBelow(std::uint64_t word, std::uint8_t limit)
{
    return (word - kOnes * limit) & ~word & kTops;
}

constexpr std::uint64_t hasByte(std::uint64_t word, char byte)
{
    return hasByteBelow(word ^ (kOnes * static_cast<std::uint8_t>(byte)), 1);
}

/// The first position from `at` on that may need care: a control character, a quote, a backslash or a byte over 0x7f.
/// Looks at eight bytes at a time, so it may point up to seven bytes early.
std::size_t endOfPlainRun(std::string_view text, std::size_t at)
{
    for (std::uint64_t word = 0; at + sizeof word <= text.size(); at += sizeof word) {
        std::memcpy(&word, text.data() + at, sizeof word);
        if ((hasByteBelow(word, 0x20) | hasByte(word, '"') | hasByte(word, '\\') | (word & kTops)) != 0)
            break;
    }
    return at;
}

bool isPlain(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

void appendEscape(std::string &out, char c)
{
    static constexpr char kDigits[] = "0123456789abcdef";
    switch (c) {
    case '"':
        out += "\\\"";
        return;
    case '\\':
        out += "\\\\";
        return;
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    default:
        break;
    }
    const auto byte = static_cast<unsigned char>(c);
    const char escape[] = {'\\', 'u', '0', '0', kDigits[byte >> 4U], kDigits[byte & 15U]};
    out.append(escape, sizeof escape);
}

template <class Number, class... Format>
void appendNumber(std::string &out, Number value, Format... format)
{
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, format...).ptr;
    out.append(digits.data(), end);
}

} // namespace

void appendJsonText(std::string &out, std::string_view text)
{
    out += '"';
    std::size_t copied = 0;
    const auto copyUpTo = [&](std::size_t end) { out.append(text.data() + copied, end - copied); };
    for (std::size_t at = 0; at < text.size();) {
        at = endOfPlainRun(text, at);
        if (at == text.size())
            break;
        if (isPlain(text[at])) {
            ++at;
            continue;
        }
        const std::size_t length = utf8SequenceLength(text, at);
        if (length > 1) {
            at += length;
            continue;
        }
        copyUpTo(at);
        if (length == 0)
            out += "\xef\xbf\xbd";
        else
            appendEscape(out, text[at]);
        copied = ++at;
    }
    copyUpTo(text.size());
    out += '"';
}

void appendJsonNumber(std::string &out, std::uint64_t value)
{
    appendNumber(out, value);
}

void appendJsonNumber(std::string &out, std::int64_t value)
{
    appendNumber(out, value);
}

void appendJsonNumber(std::string &out, double value)
{
    if (!std::isfinite(value))
        out += '0';
    else if (value == 0 && std::signbit(value))
        out += "-0.0"; // "-0" would be read back as the integer 0
    else if (std::abs(value) >= 0x1p53)
        // Without an exponent it would be read back as an integer, and over 2^64 not at all.
        appendNumber(out, value, std::chars_format::scientific);
    else
        appendNumber(out, value);
}

} // namespace orchestra::wire
