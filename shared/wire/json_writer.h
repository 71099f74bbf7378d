// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/message_type.h"

namespace orchestra::wire {

/// Appends the message as one JSON object. Total: what JSON cannot say is replaced as in json_text.h, integers over
/// 2^53-1 and stamps outside RFC 3339 are written as the nearest legal one. RawJson is trusted to be JSON.
void appendJson(std::string &out, const MessageType &type, const void *message);

/// The same without the closing brace, so that more members can follow (each begins with a comma).
/// False when no member was written, so that the next one needs no comma.
bool appendOpenJson(std::string &out, const MessageType &type, const void *message);

/// Any struct with `fields()`.
template <class T>
void writeJson(const T &message, std::string &out)
{
    appendJson(out, kMessageType<T>, &message);
}

template <class T>
std::string toJson(const T &message)
{
    std::string out;
    writeJson(message, out);
    return out;
}

} // namespace orchestra::wire
