// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/wire/json_value.h"

#include <cstdint>
#include <string_view>
#include <utility>

/// Words and numbers of the Model Context Protocol.
namespace orchestra::mcp {

inline constexpr std::string_view kModern = "2026-07-28";
/// Begins the names of the members of _meta that the protocol itself defines.
inline constexpr std::string_view kMeta = "io.modelcontextprotocol/";
/// How deep a message may nest: schemas and results do.
inline constexpr std::size_t kDepth = 64;

inline constexpr std::int64_t kHeaderMismatch = -32020;
inline constexpr std::int64_t kMissingCapability = -32021;
inline constexpr std::int64_t kUnsupportedVersion = -32022;
inline constexpr std::int64_t kMethodNotFound = -32601;
inline constexpr std::int64_t kInvalidParams = -32602;
inline constexpr std::int64_t kInternalError = -32603;

/// Who we say we are.
wire::JsonValue clientInfo();
/// The code of an error response; 0 when it is none.
std::int64_t errorCode(const wire::JsonValue &message);
/// An error that only the newer servers know.
bool isModernError(std::int64_t code);
/// What an error response comes down to, and whether it is the server's own failure.
std::pair<Error, bool> errorOf(const wire::JsonValue &message);

} // namespace orchestra::mcp
