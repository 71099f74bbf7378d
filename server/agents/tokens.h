// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

enum class TokenKind : std::uint8_t {
    Word,       ///< letters, lower case, contractions expanded
    Number,     ///< 17, 3.5, 1,200
    Percent,    ///< 25%, 25 percent
    Identifier, ///< letters mixed with digits, underscores or inner dots: v2_api, t-4821, config.toml
    ErrorCode,  ///< NO_MODEL
    Address,    ///< 10.0.0.4, user@host
    Time,       ///< 14:00, 2pm, 10:00-11:30, 2026-11-20, 15m
    Quoted,     ///< text between quotation marks; `text` is the inner text as written
    Url,
};

/// A piece of a message. `text` is normalised (see TokenKind); `offset` and `length` are bytes of the source.
struct Token
{
    TokenKind kind = TokenKind::Word;
    std::string text;
    std::size_t offset = 0;
    std::size_t length = 0;

    bool operator==(const Token &) const = default;
};

/// Splits UTF-8 text into words and recognisable things. Punctuation separates and vanishes; a hyphen splits words
/// ("half-open" is two) but not identifiers; bytes above ASCII count as letters. Never fails: malformed UTF-8 is split
/// like any other bytes.
std::vector<Token> tokenize(std::string_view text);

/// The stem of a lower-case English word by suffix stripping: "connections" and "connected" give "connect". Made for
/// matching, not for reading.
std::string stem(std::string_view word);

/// Words so frequent that they carry no topic: articles, prepositions, pronouns, auxiliaries.
bool isStopWord(std::string_view word);

} // namespace orchestra
