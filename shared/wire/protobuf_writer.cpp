// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/protobuf_writer.h"

#include "shared/base/text.h"
#include "shared/wire/stored_value.h"

#include <bit>
#include <cmath>
#include <google/protobuf/wire_format_lite.h>

namespace orchestra::wire {
namespace {

using Lite = google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;

void appendVarint(std::string &out, std::uint64_t value)
{
    std::uint8_t bytes[10];
    const std::uint8_t *end = CodedOutputStream::WriteVarint64ToArray(value, bytes);
    out.append(reinterpret_cast<const char *>(bytes), static_cast<std::size_t>(end - bytes));
}

void appendTag(std::string &out, int number, Lite::WireType wireType)
{
    appendVarint(out, Lite::MakeTag(number, wireType));
}

/// Writes `content` behind its length. The length is known only afterwards; one byte is enough for most, so the rest
/// is made room for when it is needed.
template <class Content>
void appendDelimited(std::string &out, int number, const Content &content)
{
    appendTag(out, number, Lite::WIRETYPE_LENGTH_DELIMITED);
    const std::size_t begin = out.size();
    out += '\0';
    content();
    std::uint8_t length[10];
    const std::uint8_t *end = CodedOutputStream::WriteVarint64ToArray(out.size() - begin - 1, length);
    const auto bytes = static_cast<std::size_t>(end - length);
    if (bytes > 1)
        out.insert(begin, bytes - 1, '\0');
    std::memcpy(out.data() + begin, length, bytes);
}

void appendText(std::string &out, int number, std::string_view text)
{
    if (!isValidUtf8(text)) {
        appendDelimited(out, number, [&] { appendRepairedUtf8(out, text); });
        return;
    }
    appendTag(out, number, Lite::WIRETYPE_LENGTH_DELIMITED);
    appendVarint(out, text.size());
    out += text;
}

/// The value of a member that can be packed, without a tag.
void appendScalar(std::string &out, const MemberType &member, const void *value)
{
    if (member.kind == Kind::Real) {
        const double real = stored<double>(value);
        std::uint8_t bytes[sizeof real];
        CodedOutputStream::WriteLittleEndian64ToArray(std::bit_cast<std::uint64_t>(std::isfinite(real) ? real : 0.0),
                                                      bytes);
        out.append(reinterpret_cast<const char *>(bytes), sizeof bytes);
    } else if (member.kind == Kind::Bool) {
        out += stored<bool>(value) ? '\1' : '\0';
    } else if (member.kind == Kind::Enumeration) {
        appendVarint(out, enumOrdinal(member, value) + 1);
    } else if (member.kind == Kind::Time) {
        const std::int64_t ms = std::clamp(stored<Timestamp>(value).ms, kEarliestTimestamp, kLatestTimestamp);
        appendVarint(out, static_cast<std::uint64_t>(ms));
    } else {
        appendVarint(out, std::min(stored<std::uint64_t>(value), kLargestInteger));
    }
}

void appendTextMap(std::string &out, int number, const std::map<std::string, std::string> &map)
{
    for (const auto &entry : map) {
        appendDelimited(out, number, [&] {
            appendText(out, 1, entry.first);
            appendText(out, 2, entry.second);
        });
    }
}

void appendField(std::string &out, const MemberType &member, const void *value)
{
    switch (member.kind) {
    case Kind::Text:
        return appendText(out, member.number, stored<std::string>(value));
    case Kind::Json:
        return appendText(out, member.number, stored<RawJson>(value).text);
    case Kind::Uuid:
        appendTag(out, member.number, Lite::WIRETYPE_LENGTH_DELIMITED);
        out += static_cast<char>(kUuidLength);
        return orchestra::detail::appendUuid(out, uuidBytes(value));
    case Kind::Message:
        return appendDelimited(out, member.number, [&] { appendProtobuf(out, *member.message, value); });
    case Kind::TextMap:
        return appendTextMap(out, member.number, stored<std::map<std::string, std::string>>(value));
    case Kind::Real:
        appendTag(out, member.number, Lite::WIRETYPE_FIXED64);
        return appendScalar(out, member, value);
    case Kind::Bool:
    case Kind::Unsigned:
    case Kind::Time:
    case Kind::Enumeration:
        appendTag(out, member.number, Lite::WIRETYPE_VARINT);
        return appendScalar(out, member, value);
    }
}

void appendList(std::string &out, const MemberType &member, const void *message)
{
    const std::size_t count = member.count(message);
    if (count == 0)
        return;
    if (!isPackable(member.kind)) {
        for (std::size_t i = 0; i < count; ++i)
            appendField(out, member, member.value(message, i));
        return;
    }
    appendDelimited(out, member.number, [&] {
        for (std::size_t i = 0; i < count; ++i)
            appendScalar(out, member, member.value(message, i));
    });
}

} // namespace

void appendProtobuf(std::string &out, const MessageType &type, const void *message)
{
    const std::size_t chosen = type.choice ? type.choice->index(message) : 0;
    const std::uint64_t hidden = type.choice ? type.choice->alternatives[chosen].hides : 0;
    for (std::size_t i = 0; i < type.members.size(); ++i) {
        const MemberType &member = type.members[i];
        if ((hidden >> i & 1U) != 0)
            continue;
        if (member.presence == Presence::Repeated && member.kind != Kind::TextMap)
            appendList(out, member, message);
        else if (const void *value = member.value(message, 0))
            appendField(out, member, value);
    }
    if (type.choice)
        appendProtobufChoice(out, *type.choice, chosen, type.choice->value(message));
}

void appendProtobufChoice(std::string &out, const ChoiceType &choice, std::size_t index, const void *message)
{
    appendDelimited(out, choice.firstNumber + static_cast<int>(index),
                    [&] { appendProtobuf(out, *choice.alternatives[index].message, message); });
}

void appendProtobufField(std::string &out, int number, std::uint64_t value)
{
    appendTag(out, number, Lite::WIRETYPE_VARINT);
    appendVarint(out, value);
}

} // namespace orchestra::wire
