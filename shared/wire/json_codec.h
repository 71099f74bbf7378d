// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/chat_messages.h"
#include "shared/wire/json_reader.h"

/// Version 2 chat frames as JSON text.
namespace orchestra::wire {

/// The longest `id` that a client may give a frame, in bytes. The shortest is 1.
inline constexpr std::size_t kMaxClientId = 128;
/// Levels of nesting in server frames, which may carry what a tool answered, itself up to JsonReader::kDepth deep.
inline constexpr std::size_t kServerFrameDepth = JsonReader::kDepth + 4;

/// Why a client frame could not be read, and the id it claims where that much could be read (else empty).
struct DecodeFailure
{
    Error error;
    std::string ref;
};
using ClientDecoding = std::variant<ClientFrame, DecodeFailure>;

struct DecodedServerFrame
{
    ServerFrame frame;
    std::uint64_t sequence = 0;
};

/// Unknown members are refused.
ClientDecoding decodeClientJson(JsonReader &reader, std::string_view json);

/// Appends everything of the frame but its sequence and the closing brace: an event is encoded once and finished for
/// each connection by appendSequenceJson.
void encodeServerJson(const ServerFrame &frame, std::string &out);
void appendSequenceJson(std::uint64_t sequence, std::string &out);

/// For clients: members and frames of a newer server are ignored and refused respectively.
/// `reader` should be made with kServerFrameDepth.
Result<DecodedServerFrame> decodeServerJson(JsonReader &reader, std::string_view json);
void encodeClientJson(const ClientFrame &frame, std::string &out);

} // namespace orchestra::wire
