// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/live_state.h"
#include "shared/base/thread_owner.h"

#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace orchestra {

/// Numbers over time in three tiers: 1 s for 10 min, 10 s for 2 h, 60 s for 24 h. A coarser point is the mean of the
/// finer ones that had data. A second without data is a gap, never a zero. Memory is bounded by kMaxSeries.
/// Lives on: hub.
class SeriesStore final : public SeriesSource
{
public:
    static constexpr std::size_t kMaxSeries = 128;
    static constexpr double kGap = std::numeric_limits<double>::quiet_NaN();

    /// Adds the second that ends at `at`. Seconds that were skipped become gaps; a clock that went back is ignored
    /// until it has caught up. NaN values are gaps. Series beyond kMaxSeries are left out.
    void add(WallMs at, const std::map<std::string, double> &values);

    std::vector<std::string> seriesNames() const override;
    std::vector<wire::SeriesChunk> series(const std::vector<std::string> &names,
                                          std::chrono::seconds range) const override;

private:
    /// A ring of the newest `capacity` points, each standing for `step` seconds.
    class Tier
    {
    public:
        Tier(std::uint64_t step, std::size_t capacity)
            : step_(step)
            , values_(capacity, kGap)
        {
        }
        void push(double value);
        std::uint64_t step() const { return step_; }
        std::size_t size() const { return used_; }
        std::size_t capacity() const { return values_.size(); }
        /// Oldest first; `index` < size().
        double at(std::size_t index) const;

    private:
        std::uint64_t step_;
        std::vector<double> values_;
        std::size_t next_ = 0;
        std::size_t used_ = 0;
    };

    /// The mean of the finer points that had data; a gap when none had.
    struct Mean
    {
        double sum = 0;
        std::size_t count = 0;
        void add(double value);
        double take();
    };

    struct Series
    {
        Tier fine{1, 600};
        Tier middle{10, 720};
        Tier coarse{60, 1440};
        Mean middleMean;
        Mean coarseMean;
    };

    void pushSecond(std::int64_t second, const std::map<std::string, double> *values);
    wire::SeriesChunk chunk(const std::string &name, const Tier &tier, std::uint64_t count) const;

    ThreadOwner owner_;
    std::map<std::string, Series> series_;
    std::int64_t lastSecond_ = 0; ///< whole seconds since 1970 of the newest fine point; 0 before the first
};

} // namespace orchestra
