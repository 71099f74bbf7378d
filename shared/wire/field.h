// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

namespace orchestra::wire {

/// One member of a message: its protobuf number, its JSON name and where it lives in the struct.
/// A message lists its fields once (`template <class S = Message> static constexpr auto fields()`); both encodings are
/// derived from that list, and a test compares the list with the descriptors that protoc makes of shared/proto. It is a
/// template so that only who encodes or decodes has it compiled: the lists were two thirds of what including cost.
template <class Message, class Member>
struct Field
{
    int number;
    std::string_view name;
    Member Message::*member;
    /// JSON writes `null` instead of leaving the member out when it is absent.
    bool nullWhenAbsent = false;
};

template <class Message, class Member>
constexpr Field<Message, Member> field(int number, std::string_view name, Member Message::*member)
{
    return {number, name, member, false};
}

template <class Message, class Member>
constexpr Field<Message, Member> nullableField(int number, std::string_view name, Member Message::*member)
{
    return {number, name, member, true};
}

/// The part of a message that is one of several messages: the variant that holds it and the protobuf number of its
/// first alternative (the others follow). A message with one says so in `static constexpr auto choice()`.
/// In JSON the members of the alternative stand beside those of the message, and `type` names the alternative; a
/// member of the alternative hides the one of the message that has the same name.
template <class Message, class Variant>
struct Choice
{
    int firstNumber;
    Variant Message::*member;
};

template <class Message, class Variant>
constexpr Choice<Message, Variant> oneOf(int firstNumber, Variant Message::*member)
{
    return {firstNumber, member};
}

/// A stamp for people and machines: RFC 3339 in JSON, int64 milliseconds in protobuf.
struct Timestamp
{
    std::int64_t ms = 0;
    bool operator==(const Timestamp &) const = default;
};

/// A JSON value kept as text: inline in JSON, a string in protobuf. Always one complete, valid value; compared by text.
struct RawJson
{
    std::string text = "null";
    bool operator==(const RawJson &) const = default;
};

// Enumerations travel as the names that `wireNames(E{})` lists in the order of the enumerators, which start at 0;
// in protobuf the value is one more (0 is reserved for "unspecified" and refused on input).

} // namespace orchestra::wire
