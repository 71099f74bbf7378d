// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orchestra {

// Configuration entries of the form NAME=VALUE, as lists of servers are written. Pure.

/// NAME=VALUE in its two parts; the name is empty when there is none, also when what stands before the first equals
/// sign is part of a URL.
std::pair<std::string, std::string> splitEntry(std::string_view entry);
/// Comma-separated entries.
std::vector<std::pair<std::string, std::string>> splitEntries(std::string_view list);
/// 1 to 64 letters, digits, dots, dashes and underscores.
bool isServerName(std::string_view name);
/// http or https, with a host and without a user name.
bool isWebUrl(std::string_view url);
/// A command line in its words: separated by blanks, which quotation marks of either kind take in.
std::vector<std::string> splitCommand(std::string_view line);

} // namespace orchestra
