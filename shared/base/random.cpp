// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/random.h"

#include "shared/base/text.h"

#include <cstdlib>
#include <sys/random.h>

namespace orchestra {

std::uint64_t SystemRandom::next()
{
    if (used_ == 64) {
        // Reads of up to 256 bytes are never interrupted, larger ones may be: loop until the buffer is full.
        auto *bytes = reinterpret_cast<unsigned char *>(buffer_);
        for (std::size_t have = 0; have < sizeof buffer_;) {
            const ssize_t got = getrandom(bytes + have, sizeof buffer_ - have, 0);
            if (got > 0)
                have += static_cast<std::size_t>(got);
        }
        used_ = 0;
    }
    return buffer_[used_++];
}

std::uint64_t SeededRandom::next()
{
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
}

std::string randomToken(RandomSource &random, std::size_t bytes)
{
    std::string raw;
    raw.reserve(bytes + 8);
    while (raw.size() < bytes) {
        const std::uint64_t word = random.next();
        raw.append(reinterpret_cast<const char *>(&word), sizeof word);
    }
    raw.resize(bytes);
    return base64Url(raw);
}

} // namespace orchestra
