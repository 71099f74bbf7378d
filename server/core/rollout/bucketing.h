// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace orchestra {

/// MurmurHash3 x86_32 (Appleby, public domain), on the bytes of `text`.
std::uint32_t murmur3(std::string_view text, std::uint32_t seed = 0);

/// The percentage bucket of a unit, 1..100: the hash of "group:unit", as feature-flag systems of the Unleash family
/// compute it, so that a unit lands in the same bucket everywhere. Bump kHashVersion when this ever changes: it
/// re-buckets everyone.
inline constexpr int kHashVersion = 1;
std::uint32_t bucketOf(std::string_view group, std::string_view unit);

/// True when the unit is among the first `percent` buckets. Growth is monotone: who is in at 10 is in at 25.
bool isInPercent(std::string_view group, std::string_view unit, std::uint32_t percent);

/// 1..totalWeight, with a seed of its own: independent of the gate, so a gate never ends up in one variant.
std::uint32_t variantBucketOf(std::string_view group, std::string_view unit, std::uint32_t totalWeight);

} // namespace orchestra
