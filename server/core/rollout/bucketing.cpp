// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/rollout/bucketing.h"

#include <bit>
#include <string>

namespace orchestra {
namespace {

constexpr std::uint32_t kVariantSeed = 86028157;

std::uint32_t mix(std::uint32_t block)
{
    return std::rotl(block * 0xcc9e2d51U, 15) * 0x1b873593U;
}

std::uint32_t byteAt(std::string_view text, std::size_t at)
{
    return static_cast<unsigned char>(text[at]);
}

std::string joined(std::string_view group, std::string_view unit)
{
    std::string key;
    key.reserve(group.size() + unit.size() + 1);
    return key.append(group).append(1, ':').append(unit);
}

} // namespace

std::uint32_t murmur3(std::string_view text, std::uint32_t seed)
{
    std::uint32_t h = seed;
    std::size_t at = 0;
    for (; at + 4 <= text.size(); at += 4) {
        const std::uint32_t block =
            byteAt(text, at) | byteAt(text, at + 1) << 8U | byteAt(text, at + 2) << 16U | byteAt(text, at + 3) << 24U;
        h = std::rotl(h ^ mix(block), 13) * 5 + 0xe6546b64U;
    }
    std::uint32_t tail = 0;
    for (std::size_t i = text.size(); i > at; --i)
        tail = tail << 8U | byteAt(text, i - 1);
    h ^= mix(tail);
    h ^= static_cast<std::uint32_t>(text.size());
    h = (h ^ h >> 16U) * 0x85ebca6bU;
    h = (h ^ h >> 13U) * 0xc2b2ae35U;
    return h ^ h >> 16U;
}

std::uint32_t bucketOf(std::string_view group, std::string_view unit)
{
    return murmur3(joined(group, unit)) % 100 + 1;
}

bool isInPercent(std::string_view group, std::string_view unit, std::uint32_t percent)
{
    return percent > 0 && bucketOf(group, unit) <= percent;
}

std::uint32_t variantBucketOf(std::string_view group, std::string_view unit, std::uint32_t totalWeight)
{
    return totalWeight == 0 ? 0 : murmur3(joined(group, unit), kVariantSeed) % totalWeight + 1;
}

} // namespace orchestra
