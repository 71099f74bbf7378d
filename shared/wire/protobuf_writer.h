// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/message_type.h"

namespace orchestra::wire {

/// Appends the message in protobuf's wire format, members in the order of their numbers. Total, like appendJson: what
/// shared/proto does not allow is replaced. Every member that is there is written, zero or not.
void appendProtobuf(std::string &out, const MessageType &type, const void *message);

/// Any struct with `fields()`.
template <class T>
void writeProtobuf(const T &message, std::string &out)
{
    appendProtobuf(out, kMessageType<T>, &message);
}

/// One alternative of a choice, whose body is `message`.
void appendProtobufChoice(std::string &out, const ChoiceType &choice, std::size_t index, const void *message);

/// One field of type uint64, for what is appended to an encoded message.
void appendProtobufField(std::string &out, int number, std::uint64_t value);

} // namespace orchestra::wire
