// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/protobuf_reader.h"

#include "shared/base/text.h"
#include "shared/wire/read_path.h"
#include "shared/wire/stored_value.h"

#include <bit>
#include <cmath>
#include <google/protobuf/wire_format_lite.h>

namespace orchestra::wire {
namespace {

using Lite = google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

class Walker
{
public:
    Walker(JsonReader &json, UnknownMembers unknown, int trailerNumber, std::optional<std::uint64_t> &trailer)
        : json_(json)
        , unknown_(unknown)
        , trailerNumber_(trailerNumber)
        , trailer_(trailer)
    {
    }

    ReadFailure fail;

    bool readMessage(const MessageType &type, void *message, CodedInputStream &input, const ReadPath &path)
    {
        Part part{type, message, 0, false};
        while (input.BytesUntilLimit() > 0) {
            const std::uint32_t tag = input.ReadTag();
            const int number = Lite::GetTagFieldNumber(tag);
            if (number == 0)
                return fail(path, "holds a malformed field");
            if (!readField(part, number, tag, input, path))
                return false;
        }
        if (type.choice && !part.chosen)
            return fail(path.member("type"), "is required");
        const std::uint64_t hidden = type.choice ? type.choice->alternatives[type.choice->index(message)].hides : 0;
        const std::uint64_t missing = type.required & ~part.seen & ~hidden;
        if (missing == 0)
            return true;
        return fail(path.member(type.members[static_cast<std::size_t>(std::countr_zero(missing))].name), "is required");
    }

private:
    struct Part
    {
        const MessageType &type;
        void *message;
        std::uint64_t seen;
        bool chosen;
    };

    static bool isDelimited(std::uint32_t tag) { return Lite::GetTagWireType(tag) == Lite::WIRETYPE_LENGTH_DELIMITED; }

    bool readField(Part &part, int number, std::uint32_t tag, CodedInputStream &input, const ReadPath &path)
    {
        const auto members = part.type.members;
        // Members are numbered from 1 in nearly every message.
        std::size_t at = static_cast<std::size_t>(number) - 1;
        if (at >= members.size() || members[at].number != number) {
            for (at = 0; at < members.size() && members[at].number != number;)
                ++at;
        }
        if (at < members.size())
            return readMember(part, at, tag, input, path.member(members[at].name));
        const ChoiceType *choice = part.type.choice;
        if (choice && number >= choice->firstNumber &&
            number < choice->firstNumber + static_cast<int>(choice->alternatives.size()))
            return readChoice(part, static_cast<std::size_t>(number - choice->firstNumber), tag, input, path);
        if (!path.parent && number == trailerNumber_)
            return readTrailer(tag, input, path);
        if (unknown_ == UnknownMembers::Refuse)
            return fail(path, "holds field " + std::to_string(number) + ", which is not known");
        return Lite::SkipField(&input, tag) || fail(path, "holds a malformed field");
    }

    bool readTrailer(std::uint32_t tag, CodedInputStream &input, const ReadPath &path)
    {
        std::uint64_t value = 0;
        if (trailer_ || Lite::GetTagWireType(tag) != Lite::WIRETYPE_VARINT || !input.ReadVarint64(&value))
            return fail(path, "holds a malformed field");
        trailer_ = value;
        return true;
    }

    /// The members of the alternative are named as if they were the message's own, as in JSON.
    bool readChoice(Part &part, std::size_t index, std::uint32_t tag, CodedInputStream &input, const ReadPath &path)
    {
        if (std::exchange(part.chosen, true))
            return fail(path.member("type"), "is given twice");
        const ChoiceType &choice = *part.type.choice;
        void *body = choice.make(part.message, index);
        return readNested(tag, input, path,
                          [&] { return readMessage(*choice.alternatives[index].message, body, input, path); });
    }

    template <class Read>
    bool readNested(std::uint32_t tag, CodedInputStream &input, const ReadPath &path, const Read &read)
    {
        int length = 0;
        if (!isDelimited(tag))
            return fail(path, "has another wire type");
        if (!input.ReadVarintSizeAsInt(&length) || length > input.BytesUntilLimit())
            return fail(path, "ends too early");
        const auto limit = input.PushLimit(length);
        const bool good = read();
        input.PopLimit(limit);
        return good;
    }

    bool readMember(Part &part, std::size_t at, std::uint32_t tag, CodedInputStream &input, const ReadPath &path)
    {
        const MemberType &member = part.type.members[at];
        if (member.presence != Presence::Repeated) {
            const std::uint64_t bit = std::uint64_t{1} << at;
            if ((part.seen & bit) != 0)
                return fail(path, "is given twice");
            part.seen |= bit;
            return readValue(member, member.make(part.message), tag, input, path);
        }
        part.seen |= std::uint64_t{1} << at;
        if (member.kind == Kind::TextMap)
            return readMapEntry(stored<std::map<std::string, std::string>>(member.make(part.message)), tag, input,
                                path);
        if (isPackable(member.kind) && isDelimited(tag))
            return readNested(tag, input, path, [&] { return readPacked(member, part.message, input, path); });
        const ReadPath here = path.item(member.count(part.message));
        return readValue(member, member.make(part.message), tag, input, here);
    }

    bool readPacked(const MemberType &member, void *message, CodedInputStream &input, const ReadPath &path)
    {
        const auto wireType = member.kind == Kind::Real ? Lite::WIRETYPE_FIXED64 : Lite::WIRETYPE_VARINT;
        const std::uint32_t tag = Lite::MakeTag(member.number, wireType);
        while (input.BytesUntilLimit() > 0) {
            const ReadPath here = path.item(member.count(message));
            if (!readValue(member, member.make(message), tag, input, here))
                return false;
        }
        return true;
    }

    bool readValue(const MemberType &member, void *value, std::uint32_t tag, CodedInputStream &input,
                   const ReadPath &path)
    {
        switch (member.kind) {
        case Kind::Message:
            return readNested(tag, input, path, [&] { return readMessage(*member.message, value, input, path); });
        case Kind::Text:
        case Kind::Json:
        case Kind::Uuid: {
            std::string_view text;
            return readText(text, tag, input, path) && storeText(member, value, text, path);
        }
        case Kind::Real:
            return readReal(stored<double>(value), tag, input, path);
        case Kind::Bool:
        case Kind::Unsigned:
        case Kind::Time:
        case Kind::Enumeration: {
            std::uint64_t number = 0;
            if (Lite::GetTagWireType(tag) != Lite::WIRETYPE_VARINT)
                return fail(path, "has another wire type");
            if (!input.ReadVarint64(&number))
                return fail(path, "ends too early");
            return storeNumber(member, value, number, path);
        }
        case Kind::TextMap:
            break;
        }
        return false;
    }

    bool readReal(double &value, std::uint32_t tag, CodedInputStream &input, const ReadPath &path)
    {
        std::uint64_t bits = 0;
        if (Lite::GetTagWireType(tag) != Lite::WIRETYPE_FIXED64)
            return fail(path, "has another wire type");
        if (!input.ReadLittleEndian64(&bits))
            return fail(path, "ends too early");
        value = std::bit_cast<double>(bits);
        return std::isfinite(value) || fail(path, "must be a finite number");
    }

    bool storeNumber(const MemberType &member, void *value, std::uint64_t number, const ReadPath &path)
    {
        if (member.kind == Kind::Bool) {
            stored<bool>(value) = number != 0;
        } else if (member.kind == Kind::Enumeration) {
            if (number == 0 || number > member.names.size())
                return fail(path, "must be one of " + quotedList(member.names));
            storeEnum(value, static_cast<std::size_t>(number) - 1);
        } else if (member.kind == Kind::Time) {
            const auto ms = static_cast<std::int64_t>(number);
            if (ms < kEarliestTimestamp || ms > kLatestTimestamp)
                return fail(path, "must be in the years 0 to 9999");
            stored<Timestamp>(value).ms = ms;
        } else {
            if (number > kLargestInteger)
                return fail(path, "must be an integer from 0 to 9007199254740991");
            stored<std::uint64_t>(value) = number;
        }
        return true;
    }

    /// The bytes stay where they are: the input is one array.
    bool readText(std::string_view &text, std::uint32_t tag, CodedInputStream &input, const ReadPath &path)
    {
        return readNested(tag, input, path, [&] {
            const int length = input.BytesUntilLimit();
            const void *bytes = nullptr;
            int available = 0;
            if (length > 0 && (!input.GetDirectBufferPointer(&bytes, &available) || !input.Skip(length)))
                return fail(path, "ends too early");
            text = std::string_view(static_cast<const char *>(bytes), static_cast<std::size_t>(length));
            return isValidUtf8(text) || fail(path, "is not valid UTF-8");
        });
    }

    bool storeText(const MemberType &member, void *value, std::string_view text, const ReadPath &path)
    {
        if (member.kind == Kind::Text) {
            stored<std::string>(value).assign(text);
            return true;
        }
        if (member.kind == Kind::Uuid) {
            const auto bytes = orchestra::detail::parseUuid(text);
            if (!bytes)
                return fail(path, "must be a UUID");
            storeUuid(value, *bytes);
            return true;
        }
        auto raw = json_.readRaw(text, path.depth - 1);
        if (!raw)
            return fail(path, raw.error());
        stored<RawJson>(value) = *std::move(raw);
        return true;
    }

    bool readMapEntry(std::map<std::string, std::string> &map, std::uint32_t tag, CodedInputStream &input,
                      const ReadPath &path)
    {
        std::string_view entry[2];
        const bool good = readNested(tag, input, path, [&] {
            while (input.BytesUntilLimit() > 0) {
                const std::uint32_t part = input.ReadTag();
                const int number = Lite::GetTagFieldNumber(part);
                if (number != 1 && number != 2)
                    return fail(path, "holds a malformed entry");
                if (!readText(entry[number - 1], part, input, path))
                    return false;
            }
            return true;
        });
        if (good && !map.emplace(entry[0], entry[1]).second)
            return fail(path.member(entry[0]), "is given twice");
        return good;
    }

    JsonReader &json_;
    const UnknownMembers unknown_;
    const int trailerNumber_;
    std::optional<std::uint64_t> &trailer_;
};

} // namespace

Status ProtobufReader::readInto(const MessageType &type, void *message, std::string_view bytes, UnknownMembers unknown)
{
    trailer_.reset();
    Walker walker(json_, unknown, trailerNumber_, trailer_);
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
        return makeError(Code::TooLarge, "is too large to be read");
    CodedInputStream input(reinterpret_cast<const std::uint8_t *>(bytes.data()), static_cast<int>(bytes.size()));
    if (walker.readMessage(type, message, input, ReadPath()))
        return Ok();
    return walker.fail.error();
}

} // namespace orchestra::wire
