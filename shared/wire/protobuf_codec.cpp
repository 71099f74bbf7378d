// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/protobuf_codec.h"

#include "shared/wire/frame_rules.h"
#include "shared/wire/protobuf_reader.h"
#include "shared/wire/protobuf_writer.h"

namespace orchestra::wire {

ClientDecoding decodeClientProtobuf(JsonReader &reader, std::string_view bytes)
{
    ClientEnvelope envelope;
    const Status status =
        ProtobufReader(reader).readInto(kMessageType<ClientEnvelope>, &envelope, bytes, UnknownMembers::Refuse);
    if (status)
        return checkedClientFrame(std::move(envelope.body));
    const std::string *id = clientId(envelope.body);
    return DecodeFailure{status.error(), id && isClientId(*id) ? *id : std::string()};
}

void encodeServerProtobuf(const ServerFrame &frame, std::string &out)
{
    writeProtobuf(frame, out);
}

void appendSequenceProtobuf(std::uint64_t sequence, std::string &out)
{
    appendProtobufField(out, kSequenceNumber, sequence);
}

Result<DecodedServerFrame> decodeServerProtobuf(JsonReader &reader, std::string_view bytes)
{
    ProtobufReader protobuf(reader);
    protobuf.expectTrailer(kSequenceNumber);
    auto frame = protobuf.read<ServerFrame>(bytes, UnknownMembers::Ignore);
    if (!frame)
        return frame.error();
    return withSequence(*std::move(frame), protobuf.lastTrailer());
}

void encodeClientProtobuf(const ClientFrame &frame, std::string &out)
{
    writeProtobuf(ClientEnvelope{frame}, out);
}

} // namespace orchestra::wire
