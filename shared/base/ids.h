// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"
#include "shared/base/random.h"

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace orchestra {

/// A 128-bit identifier (UUIDv7, RFC 9562) that cannot be mixed up with one of another kind.
/// All zero means "none"; `isSet()` tells.
template <class Tag>
class Id
{
public:
    Id() = default;
    explicit Id(std::array<std::uint8_t, 16> bytes)
        : bytes_(bytes)
    {
    }

    bool isSet() const { return bytes_ != std::array<std::uint8_t, 16>{}; }
    const std::array<std::uint8_t, 16> &bytes() const { return bytes_; }

    auto operator<=>(const Id &) const = default;

private:
    std::array<std::uint8_t, 16> bytes_{};
};

using ThreadId = Id<struct ThreadTag>;
using MessageId = Id<struct MessageTag>;
using TaskId = Id<struct TaskTag>;
using EventId = Id<struct EventTag>;
using ConnectionId = Id<struct ConnectionTag>;
using ApprovalId = Id<struct ApprovalTag>;

namespace detail {
void appendUuid(std::string &out, const std::array<std::uint8_t, 16> &bytes);
std::string formatUuid(const std::array<std::uint8_t, 16> &bytes);
std::optional<std::array<std::uint8_t, 16>> parseUuid(std::string_view text);
} // namespace detail

/// 8-4-4-4-12 lower-case hexadecimal; empty text for "none".
template <class Tag>
std::string toString(const Id<Tag> &id)
{
    return id.isSet() ? detail::formatUuid(id.bytes()) : std::string();
}

/// Nothing when `text` is not a UUID.
template <class IdType>
std::optional<IdType> parseId(std::string_view text)
{
    const auto bytes = detail::parseUuid(text);
    return bytes ? std::optional<IdType>(IdType(*bytes)) : std::nullopt;
}

/// Makes UUIDv7 values that never go backwards within one source, even when the wall clock does.
/// Not thread-safe: one source per thread.
class IdSource
{
public:
    /// `clock` and `random` must outlive the source.
    IdSource(const Clock &clock, RandomSource &random)
        : clock_(clock)
        , random_(random)
    {
    }

    template <class IdType>
    IdType make()
    {
        return IdType(nextUuid());
    }

private:
    std::array<std::uint8_t, 16> nextUuid();

    const Clock &clock_;
    RandomSource &random_;
    std::uint64_t lastMs_ = 0;
    std::uint32_t counter_ = 0;
};

} // namespace orchestra

template <class Tag>
struct std::hash<orchestra::Id<Tag>>
{
    std::size_t operator()(const orchestra::Id<Tag> &id) const noexcept
    {
        // The low half is random in a UUIDv7, so it is a good hash as it is.
        std::uint64_t low = 0;
        std::memcpy(&low, id.bytes().data() + 8, sizeof low);
        return static_cast<std::size_t>(low);
    }
};
