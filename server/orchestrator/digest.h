// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace orchestra {

/// SHA-256 as lower-case hexadecimal.
std::string sha256(std::string_view bytes);
/// SHA-256 over parts, each with its length, so that moving a byte from one part to the next changes the digest.
std::string sha256(std::initializer_list<std::string_view> parts);

} // namespace orchestra
