// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orchestra {

using Environment = std::vector<std::pair<std::string, std::string>>;

/// The process environment as values. `block` ends with a null pointer, as `environ` does.
Environment environmentFrom(const char *const *block);

/// The value of a variable; empty when it is not set.
std::string_view textOf(const Environment &environment, std::string_view name);
/// The value of a variable as a whole number; nothing when it is none.
std::optional<std::int64_t> numberOf(const Environment &environment, std::string_view name);

} // namespace orchestra
