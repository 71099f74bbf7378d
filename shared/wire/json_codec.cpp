// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/json_codec.h"

#include "shared/wire/frame_rules.h"
#include "shared/wire/json_text.h"
#include "shared/wire/json_writer.h"

namespace orchestra::wire {

ClientDecoding decodeClientJson(JsonReader &reader, std::string_view json)
{
    auto envelope = reader.read<ClientEnvelope>(json);
    if (envelope)
        return checkedClientFrame(std::move(envelope->body));
    const std::string_view id = reader.lastText("id").value_or("");
    return DecodeFailure{envelope.error(), isClientId(id) ? std::string(id) : std::string()};
}

void encodeServerJson(const ServerFrame &frame, std::string &out)
{
    appendOpenJson(out, kMessageType<ServerFrame>, &frame);
}

void appendSequenceJson(std::uint64_t sequence, std::string &out)
{
    out += ",\"sequence\":";
    appendJsonNumber(out, sequence);
    out += '}';
}

Result<DecodedServerFrame> decodeServerJson(JsonReader &reader, std::string_view json)
{
    auto frame = reader.read<ServerFrame>(json, UnknownMembers::Ignore);
    if (!frame)
        return frame.error();
    return withSequence(*std::move(frame), reader.lastInteger("sequence"));
}

void encodeClientJson(const ClientFrame &frame, std::string &out)
{
    writeJson(ClientEnvelope{frame}, out);
}

} // namespace orchestra::wire
