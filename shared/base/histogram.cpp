// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace orchestra {

unsigned Histogram::cellOf(std::uint64_t value)
{
    value = std::min(value, (std::uint64_t{1} << kMaxBits) - 1);
    if (value < (1U << kSubBits))
        return static_cast<unsigned>(value);
    const unsigned exponent = static_cast<unsigned>(std::bit_width(value)) - kSubBits - 1;
    const unsigned mantissa = static_cast<unsigned>(value >> exponent) & ((1U << kSubBits) - 1);
    return ((exponent + 1) << kSubBits) + mantissa;
}

std::uint64_t Histogram::upperEdge(unsigned cell)
{
    if (cell < (1U << kSubBits))
        return cell;
    const unsigned exponent = (cell >> kSubBits) - 1;
    const std::uint64_t mantissa = (cell & ((1U << kSubBits) - 1)) + (1U << kSubBits);
    return ((mantissa + 1) << exponent) - 1;
}

void Histogram::record(std::uint64_t value, std::uint64_t times)
{
    cells_[cellOf(value)] += times;
    count_ += times;
    sum_ += value * times;
    max_ = std::max(max_, value);
}

void Histogram::merge(const Histogram &other)
{
    for (std::size_t i = 0; i < cells_.size(); ++i)
        cells_[i] += other.cells_[i];
    count_ += other.count_;
    sum_ += other.sum_;
    max_ = std::max(max_, other.max_);
}

void Histogram::clear()
{
    *this = Histogram();
}

Histogram Histogram::since(const Histogram &earlier) const
{
    Histogram out;
    for (std::size_t i = 0; i < cells_.size(); ++i)
        out.cells_[i] = cells_[i] - earlier.cells_[i];
    out.count_ = count_ - earlier.count_;
    out.sum_ = sum_ - earlier.sum_;
    out.max_ = max_;
    return out;
}

std::uint64_t Histogram::percentile(double quantile) const
{
    if (count_ == 0)
        return 0;
    const auto rank = std::max<std::uint64_t>(
        1, static_cast<std::uint64_t>(std::ceil(std::clamp(quantile, 0.0, 1.0) * static_cast<double>(count_))));
    std::uint64_t seen = 0;
    for (unsigned cell = 0; cell < kCells; ++cell) {
        seen += cells_[cell];
        if (seen >= rank)
            return std::min(upperEdge(cell), max_);
    }
    return max_;
}

std::uint64_t Histogram::countAtOrBelow(std::uint64_t value) const
{
    std::uint64_t seen = 0;
    for (unsigned cell = 0; cell < kCells && upperEdge(cell) <= value; ++cell)
        seen += cells_[cell];
    return value >= max_ ? count_ : seen;
}

} // namespace orchestra
