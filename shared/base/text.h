// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace orchestra {

/// Unpadded base64url (RFC 4648 section 5).
std::string base64Url(std::string_view bytes);
/// Lower-case hexadecimal.
std::string hex(std::string_view bytes);
/// True when `text` is well-formed UTF-8 without surrogates or overlong forms (RFC 3629).
bool isValidUtf8(std::string_view text);
/// Length in bytes of the well-formed sequence that begins at `at` (which must be inside `text`); 0 when there is none.
std::size_t utf8SequenceLength(std::string_view text, std::size_t at);
/// Appends `text` with U+FFFD in the place of every byte that belongs to no well-formed sequence.
void appendRepairedUtf8(std::string &out, std::string_view text);
/// Cuts `text` to at most `bytes` bytes without splitting a code point.
std::string_view cutUtf8(std::string_view text, std::size_t bytes);
/// `text` without the characters of `white` at its ends.
std::string_view trimmed(std::string_view text, std::string_view white = " \t");
/// ASCII lower case; other bytes are kept.
std::string lowerAscii(std::string_view text);
/// Damerau-Levenshtein distance (optimal string alignment), in bytes. For "did you mean".
std::size_t editDistance(std::string_view a, std::string_view b);

} // namespace orchestra
