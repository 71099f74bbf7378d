// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/random.h"
#include "shared/wire/message_type.h"

namespace orchestra::wire {

/// Fills a message with values that are legal on the wire, among them the extremes: empty and multi-byte text,
/// control characters, 0 and 2^53-1, the least and greatest doubles and stamps.
void fillRandomly(const MessageType &type, void *message, RandomSource &random);

/// Legal JSON without spaces, as the decoders hand it out.
std::string randomJson(RandomSource &random, int depth = 3);
std::string randomText(RandomSource &random);

template <class T>
T randomMessage(RandomSource &random)
{
    T message{};
    fillRandomly(kMessageType<T>, &message, random);
    return message;
}

} // namespace orchestra::wire
