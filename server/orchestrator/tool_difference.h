// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace orchestra {

/// What a tool's definition says otherwise than before, for an operator who has to accept it: one line for each place,
/// as a JSON Pointer and both values around where they part. Bounded, and the last line tells how many were left out.
/// Both are JSON texts; of one that is none every word counts as different. Pure.
std::vector<std::string> toolDifferences(std::string_view before, std::string_view now);

} // namespace orchestra
