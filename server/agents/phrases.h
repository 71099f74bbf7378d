// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/agents/intents.h"
#include "shared/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

/// A labelled example. `line` is 1-based.
struct Phrase
{
    Intent intent = Intent::Unknown;
    std::string text;
    std::size_t line = 0;
};

/// Reads lines `intent<TAB>phrase`; blank lines and lines that begin with `#` are skipped. Invalid with the line number
/// for a missing tab, an intent that does not exist, an empty or repeated phrase, or malformed UTF-8; and for an intent
/// that has no phrase at all.
Result<std::vector<Phrase>> parsePhrases(std::string_view text);

} // namespace orchestra
