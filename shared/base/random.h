// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace orchestra {

/// Where randomness comes from. Injected, so that a simulation runs from one seed.
class RandomSource
{
public:
    virtual ~RandomSource() = default;
    virtual std::uint64_t next() = 0;

    /// Uniform in [0, 1).
    double nextUnit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
};

/// The kernel's generator (getrandom), buffered. Fit for tokens and tickets. One instance per thread.
class SystemRandom final : public RandomSource
{
public:
    std::uint64_t next() override;

private:
    std::uint64_t buffer_[64] = {};
    unsigned used_ = 64;
};

/// SplitMix64 (Steele, Lea, Flood 2014): small, fast, reproducible. Never for secrets.
class SeededRandom final : public RandomSource
{
public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() override;

private:
    std::uint64_t state_;
};

/// `bytes` random bytes as unpadded base64url.
std::string randomToken(RandomSource &random, std::size_t bytes);

} // namespace orchestra
