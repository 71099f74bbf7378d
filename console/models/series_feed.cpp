// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/series_feed.h"

#include <algorithm>
#include <cmath>

namespace orchestra {
namespace {

constexpr std::chrono::seconds kFineRange = std::chrono::minutes(10);
constexpr qreal kFreshMs = 5000;

qreal valueAt(const wire::SeriesChunk &chunk, std::size_t index)
{
    return std::ranges::binary_search(chunk.gaps, index) ? qQNaN() : chunk.values[index];
}

qreal timeAt(const wire::SeriesChunk &chunk, std::size_t index)
{
    return static_cast<qreal>(chunk.start.ms + static_cast<std::int64_t>(index * chunk.stepS * 1000));
}

} // namespace

SeriesFeed::SeriesFeed(OpsClient &client, ViewRange &range, QObject *parent)
    : QObject(parent)
    , client_(client)
    , range_(range)
{
    connect(&client_, &OpsClient::topicChanged, this, [this](const TopicChange &change) {
        if (change.topic == wire::Topic::Metrics)
            dirty_ = true;
    });
    connect(&range_, &ViewRange::presetChanged, this, [this] {
        secondsUntilAsk_ = 0;
        askCoarse();
        Q_EMIT changed();
    });
    connect(&range_, &ViewRange::pausedChanged, this, &SeriesFeed::changed);
}

void SeriesFeed::watch()
{
    client_.watch(wire::Topic::Metrics);
    if (++watchers_ > 1)
        return;
    secondsUntilAsk_ = 0;
    askCoarse();
    Q_EMIT changed();
}

void SeriesFeed::unwatch()
{
    --watchers_;
    client_.unwatch(wire::Topic::Metrics);
}

bool SeriesFeed::wantsCoarse() const
{
    const qreal spanMs = static_cast<qreal>(client_.lastFrameAt()) - range_.fromMs();
    return spanMs > static_cast<qreal>(std::chrono::milliseconds(kFineRange).count());
}

void SeriesFeed::askCoarse()
{
    if (watchers_ == 0 || asking_ || !wantsCoarse() || secondsUntilAsk_ > 0)
        return;
    // Twice the range, so that it can be compared with the time before it.
    const auto range = std::min<std::chrono::seconds>(range_.length() * 2, std::chrono::hours(24));
    asking_ = true;
    secondsUntilAsk_ = range > std::chrono::hours(2) ? 60 : 10;
    client_.querySeries({}, range, [this](Result<wire::SeriesReply> reply) {
        asking_ = false;
        if (!reply)
            return;
        coarse_.clear();
        for (wire::SeriesChunk &chunk : reply->series) {
            std::string name = chunk.name;
            coarse_.insert_or_assign(std::move(name), std::move(chunk));
        }
        dirty_ = true;
    });
}

void SeriesFeed::tick()
{
    secondsUntilAsk_ = std::max(0, secondsUntilAsk_ - 1);
    askCoarse();
    if (range_.isPaused()) {
        if (std::exchange(dirty_, false))
            range_.hold();
        return;
    }
    dirty_ = false;
    if (watchers_ > 0)
        Q_EMIT changed();
}

const wire::SeriesChunk *SeriesFeed::chunk(std::string_view name) const
{
    if (wantsCoarse()) {
        const auto found = coarse_.find(std::string(name));
        if (found != coarse_.end())
            return &found->second;
    }
    const auto &series = client_.mirror().series();
    const auto found = series.find(std::string(name) + "/1");
    return found == series.end() ? nullptr : &found->second;
}

QList<QPointF> SeriesFeed::points(std::string_view name) const
{
    QList<QPointF> out;
    const wire::SeriesChunk *source = chunk(name);
    if (!source)
        return out;
    out.reserve(static_cast<qsizetype>(source->values.size()));
    for (std::size_t i = 0; i < source->values.size(); ++i) {
        const qreal at = timeAt(*source, i);
        if (at >= range_.fromMs() && at <= range_.toMs())
            out.append({at, valueAt(*source, i)});
    }
    return out;
}

std::optional<double> SeriesFeed::latest(std::string_view name) const
{
    const auto &series = client_.mirror().series();
    const auto found = series.find(std::string(name) + "/1");
    if (found == series.end() || found->second.values.empty())
        return std::nullopt;
    const wire::SeriesChunk &source = found->second;
    const std::size_t last = source.values.size() - 1;
    const qreal value = valueAt(source, last);
    const bool isFresh = static_cast<qreal>(client_.lastFrameAt()) - timeAt(source, last) < kFreshMs;
    return std::isnan(value) || !isFresh ? std::nullopt : std::optional<double>(value);
}

std::optional<double> SeriesFeed::meanBetween(std::string_view name, qreal fromMs, qreal toMs) const
{
    const wire::SeriesChunk *source = chunk(name);
    if (!source)
        return std::nullopt;
    qreal sum = 0;
    int count = 0;
    for (std::size_t i = 0; i < source->values.size(); ++i) {
        const qreal at = timeAt(*source, i);
        const qreal value = valueAt(*source, i);
        if (at < fromMs || at >= toMs || std::isnan(value))
            continue;
        sum += value;
        ++count;
    }
    return count == 0 ? std::nullopt : std::optional<double>(sum / count);
}

std::optional<double> SeriesFeed::mean(std::string_view name) const
{
    return meanBetween(name, range_.fromMs(), range_.toMs());
}

std::optional<double> SeriesFeed::meanBefore(std::string_view name) const
{
    return meanBetween(name, 2 * range_.fromMs() - range_.toMs(), range_.fromMs());
}

} // namespace orchestra
