// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/json_codec.h"

/// Version 2 chat frames as protobuf (shared/proto/chat.proto). The rules and the errors are those of json_codec.h.
namespace orchestra::wire {

/// Unknown fields are refused. `reader` reads the JSON that arguments hold.
ClientDecoding decodeClientProtobuf(JsonReader &reader, std::string_view bytes);

/// Appends everything of an Envelope but its sequence, which has the highest number and is appended for each
/// connection by appendSequenceProtobuf.
void encodeServerProtobuf(const ServerFrame &frame, std::string &out);
void appendSequenceProtobuf(std::uint64_t sequence, std::string &out);

/// For clients: unknown fields are ignored. `reader` should be made with kServerFrameDepth.
Result<DecodedServerFrame> decodeServerProtobuf(JsonReader &reader, std::string_view bytes);
void encodeClientProtobuf(const ClientFrame &frame, std::string &out);

} // namespace orchestra::wire
