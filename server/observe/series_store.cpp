// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/observe/series_store.h"

#include <algorithm>

namespace orchestra {

void SeriesStore::Tier::push(double value)
{
    values_[next_] = value;
    next_ = (next_ + 1) % values_.size();
    used_ = std::min(used_ + 1, values_.size());
}

double SeriesStore::Tier::at(std::size_t index) const
{
    return values_[(next_ + values_.size() - used_ + index) % values_.size()];
}

void SeriesStore::Mean::add(double value)
{
    if (std::isnan(value))
        return;
    sum += value;
    ++count;
}

double SeriesStore::Mean::take()
{
    const double mean = count == 0 ? kGap : sum / static_cast<double>(count);
    *this = {};
    return mean;
}

void SeriesStore::pushSecond(std::int64_t second, const std::map<std::string, double> *values)
{
    for (auto &[name, series] : series_) {
        const auto found = values ? values->find(name) : std::map<std::string, double>::const_iterator();
        const double value = values && found != values->end() ? found->second : kGap;
        series.fine.push(value);
        series.middleMean.add(value);
        series.coarseMean.add(value);
        if (second % 10 == 9)
            series.middle.push(series.middleMean.take());
        if (second % 60 == 59)
            series.coarse.push(series.coarseMean.take());
    }
    lastSecond_ = second;
}

void SeriesStore::add(WallMs at, const std::map<std::string, double> &values)
{
    owner_.check();
    const std::int64_t second = at / 1000;
    if (second <= lastSecond_)
        return;
    for (const auto &[name, value] : values) {
        if (!series_.contains(name) && series_.size() < kMaxSeries)
            series_.emplace(name, Series());
    }
    // A sleep of the machine longer than the coarsest tier leaves nothing but gaps: a day of them is enough.
    const std::int64_t firstGap = lastSecond_ == 0 ? second : std::max(lastSecond_ + 1, second - 86400);
    for (std::int64_t gap = firstGap; gap < second; ++gap)
        pushSecond(gap, nullptr);
    pushSecond(second, &values);
}

std::vector<std::string> SeriesStore::seriesNames() const
{
    owner_.check();
    std::vector<std::string> names;
    for (const auto &[name, series] : series_)
        names.push_back(name);
    return names;
}

wire::SeriesChunk SeriesStore::chunk(const std::string &name, const Tier &tier, std::uint64_t count) const
{
    wire::SeriesChunk out;
    out.name = name;
    out.stepS = tier.step();
    const std::size_t size = std::min<std::size_t>(count, tier.size());
    const auto step = static_cast<std::int64_t>(tier.step());
    // The newest point of a tier stands for the last whole step that has ended.
    const std::int64_t newest = (lastSecond_ + 1) / step * step - step;
    out.start.ms = (newest - static_cast<std::int64_t>(size == 0 ? 0 : size - 1) * step) * 1000;
    out.values.reserve(size);
    for (std::size_t i = 0; i < size; ++i) {
        const double value = tier.at(tier.size() - size + i);
        if (std::isnan(value))
            out.gaps.push_back(i);
        out.values.push_back(std::isnan(value) ? 0 : value);
    }
    return out;
}

std::vector<wire::SeriesChunk> SeriesStore::series(const std::vector<std::string> &names,
                                                   std::chrono::seconds range) const
{
    owner_.check();
    const auto seconds = static_cast<std::uint64_t>(std::max<std::int64_t>(1, range.count()));
    std::vector<wire::SeriesChunk> out;
    for (const auto &[name, series] : series_) {
        if (!names.empty() && std::ranges::find(names, name) == names.end())
            continue;
        const auto covers = [&](const Tier &tier) { return tier.step() * tier.capacity() >= seconds; };
        const Tier &tier = covers(series.fine) ? series.fine : covers(series.middle) ? series.middle : series.coarse;
        out.push_back(chunk(name, tier, (seconds + tier.step() - 1) / tier.step()));
    }
    return out;
}

} // namespace orchestra
