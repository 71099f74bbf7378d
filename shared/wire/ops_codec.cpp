// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/ops_codec.h"

#include "shared/wire/frame_rules.h"
#include "shared/wire/protobuf_reader.h"
#include "shared/wire/protobuf_writer.h"

namespace orchestra::wire {

Result<OpsClientFrame> decodeOpsClient(JsonReader &reader, std::string_view bytes)
{
    auto envelope = ProtobufReader(reader).read<OpsClientEnvelope>(bytes);
    if (!envelope)
        return envelope.error();
    return std::move(envelope->body);
}

void encodeOpsServer(const OpsServerFrame &frame, std::string &out)
{
    // Snapshots are large: the frame is written where it is, not copied into an envelope.
    appendProtobufChoice(out, *kMessageType<OpsServerEnvelope>.choice, frame.index(),
                         std::visit([](const auto &body) -> const void * { return &body; }, frame));
}

void appendOpsSequence(std::uint64_t sequence, std::string &out)
{
    appendProtobufField(out, kSequenceNumber, sequence);
}

Result<DecodedOpsServerFrame> decodeOpsServer(JsonReader &reader, std::string_view bytes)
{
    ProtobufReader protobuf(reader);
    protobuf.expectTrailer(kSequenceNumber);
    auto envelope = protobuf.read<OpsServerEnvelope>(bytes, UnknownMembers::Ignore);
    if (!envelope)
        return envelope.error();
    const auto sequence = protobuf.lastTrailer();
    if (!isSequence(sequence))
        return missingSequence();
    return DecodedOpsServerFrame{std::move(envelope->body), *sequence};
}

void encodeOpsClient(const OpsClientFrame &frame, std::string &out)
{
    writeProtobuf(OpsClientEnvelope{frame}, out);
}

} // namespace orchestra::wire
