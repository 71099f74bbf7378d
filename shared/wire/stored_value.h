// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/message_type.h"

#include <algorithm>
#include <cstring>

/// How the encoders and decoders reach a value whose C++ type MemberType has put aside.
namespace orchestra::wire {

template <class T>
const T &stored(const void *value)
{
    return *static_cast<const T *>(value);
}

template <class T>
T &stored(void *value)
{
    return *static_cast<T *>(value);
}

// An Id<Tag> and an enumeration have a type of their own each, which is not known here: their bytes are copied.
static_assert(std::is_trivially_copyable_v<EventId> && sizeof(EventId) == 16);

inline std::array<std::uint8_t, 16> uuidBytes(const void *value)
{
    std::array<std::uint8_t, 16> bytes;
    std::memcpy(bytes.data(), value, bytes.size());
    return bytes;
}

inline void storeUuid(void *value, const std::array<std::uint8_t, 16> &bytes)
{
    std::memcpy(value, bytes.data(), bytes.size());
}

/// Position of an enumeration's name; a value that no enumerator has counts as the last.
inline std::size_t enumOrdinal(const MemberType &member, const void *value)
{
    std::uint8_t ordinal = 0;
    std::memcpy(&ordinal, value, sizeof ordinal);
    return std::min<std::size_t>(ordinal, member.names.size() - 1);
}

inline constexpr std::size_t kUuidLength = 36;

/// Whether protobuf puts the values of a list of this kind into one field.
constexpr bool isPackable(Kind kind)
{
    return kind == Kind::Bool || kind == Kind::Unsigned || kind == Kind::Real || kind == Kind::Time ||
           kind == Kind::Enumeration;
}

inline void storeEnum(void *value, std::size_t ordinal)
{
    const auto byte = static_cast<std::uint8_t>(ordinal);
    std::memcpy(value, &byte, sizeof byte);
}

} // namespace orchestra::wire
