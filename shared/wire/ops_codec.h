// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/json_reader.h"
#include "shared/wire/ops_messages.h"

/// Frames of the ops channel as protobuf (shared/proto/ops.proto).
namespace orchestra::wire {

struct DecodedOpsServerFrame
{
    OpsServerFrame frame;
    std::uint64_t sequence = 0;
};

/// The server's side: unknown fields are refused. `reader` reads the JSON that frames may hold.
Result<OpsClientFrame> decodeOpsClient(JsonReader &reader, std::string_view bytes);
/// Appends everything but the sequence, which appendOpsSequence adds as the last field.
void encodeOpsServer(const OpsServerFrame &frame, std::string &out);
void appendOpsSequence(std::uint64_t sequence, std::string &out);

/// The console's side: fields of a newer server are ignored.
Result<DecodedOpsServerFrame> decodeOpsServer(JsonReader &reader, std::string_view bytes);
void encodeOpsClient(const OpsClientFrame &frame, std::string &out);

} // namespace orchestra::wire
