// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/edge/request_head.h"

#include <optional>
#include <string_view>

/// What a request head must look like before a parser may see it. Stricter than RFC 9112 wherever two readers could
/// disagree about where a request ends: that disagreement is what request smuggling is made of.
namespace orchestra {

inline constexpr std::size_t kMaxHeaderFields = 64;
inline constexpr std::size_t kMaxTargetBytes = 8192;

/// Checks `text`: request line and fields, each ended by CRLF, without the empty line. Nothing when it may pass.
std::optional<HttpFailure> headViolation(std::string_view text);

/// Finds a byte that no head may hold, so that garbage is refused at once and not after the head's deadline: a control
/// character, a bare LF, a bare CR. `text` may begin anywhere in a head; `previous` is the byte before it (0: none).
bool holdsForbiddenByte(std::string_view text, char previous);

} // namespace orchestra
