// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// The scalars of JSON, appended. What JSON cannot say is replaced, never written: a byte that is not UTF-8 by U+FFFD,
/// a number that is not finite by 0.
namespace orchestra::wire {

/// `text` quoted and escaped.
void appendJsonText(std::string &out, std::string_view text);
void appendJsonNumber(std::string &out, std::uint64_t value);
void appendJsonNumber(std::string &out, std::int64_t value);
/// The shortest digits that read back as the same double.
void appendJsonNumber(std::string &out, double value);

} // namespace orchestra::wire
