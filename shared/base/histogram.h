// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>

namespace orchestra {

/// Log-linear histogram of non-negative integers (HdrHistogram's layout: 32 linear steps per power of two), so any
/// percentile is right within 3.2 %. Recording costs a shift and an add. Unit is the caller's (we use microseconds).
/// Values over 2^40 - 1 count into the last cell. Not thread-safe; one per thread, merged on the hub.
class Histogram
{
public:
    void record(std::uint64_t value, std::uint64_t times = 1);
    void merge(const Histogram &other);
    void clear();
    /// What was recorded after `earlier`, a copy of this histogram as it once was. Its max() is that of everything.
    Histogram since(const Histogram &earlier) const;

    std::uint64_t count() const { return count_; }
    std::uint64_t sum() const { return sum_; }
    std::uint64_t max() const { return max_; }
    /// The upper edge of the cell that holds the `quantile` (0..1); 0 when empty. Never above max().
    std::uint64_t percentile(double quantile) const;
    /// How many recorded values are <= `value`, to the resolution of a cell.
    std::uint64_t countAtOrBelow(std::uint64_t value) const;

private:
    static constexpr unsigned kSubBits = 5;
    static constexpr unsigned kMaxBits = 40;
    static constexpr unsigned kCells = (kMaxBits - kSubBits + 1) << kSubBits;

    static unsigned cellOf(std::uint64_t value);
    static std::uint64_t upperEdge(unsigned cell);

    std::array<std::uint64_t, kCells> cells_{};
    std::uint64_t count_ = 0;
    std::uint64_t sum_ = 0;
    std::uint64_t max_ = 0;
};

} // namespace orchestra
