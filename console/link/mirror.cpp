// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/link/mirror.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace orchestra {

namespace {

std::string padded(std::uint64_t number)
{
    const std::string digits = std::to_string(number);
    return std::string(20 - digits.size(), '0') + digits;
}

template <class Row>
std::map<std::string, Row> keyed(std::vector<Row> rows)
{
    std::map<std::string, Row> out;
    for (Row &row : rows)
        out.insert_or_assign(rowKey(row), std::move(row));
    return out;
}

template <class Row>
void append(std::vector<Row> &to, const std::vector<Row> &from)
{
    to.insert(to.end(), from.begin(), from.end());
}

/// Keeps the newest `limit` rows of a table whose keys ascend with time.
template <class Row>
void trim(std::map<std::string, Row> &table, std::size_t limit, TopicChange &change)
{
    while (table.size() > limit) {
        change.removed.push_back(table.begin()->first);
        table.erase(table.begin());
    }
}

} // namespace

std::string rowKey(const wire::OverviewRow &)
{
    return "overview";
}
std::string rowKey(const wire::ConnectionRow &row)
{
    return toString(row.connectionId);
}
std::string rowKey(const wire::ThreadRow &row)
{
    return toString(row.threadId);
}
std::string rowKey(const wire::TaskRow &row)
{
    return toString(row.taskId);
}
std::string rowKey(const wire::BreakerRow &row)
{
    return row.name;
}
std::string rowKey(const wire::FlagRow &row)
{
    return row.name;
}
std::string rowKey(const wire::DegradationRow &)
{
    return "degradation";
}
std::string rowKey(const wire::ModelRow &row)
{
    return row.server + "/" + row.model;
}
std::string rowKey(const wire::ToolRow &row)
{
    return row.server + "/" + row.name;
}
std::string rowKey(const wire::SeriesChunk &row)
{
    return row.name + "/" + std::to_string(row.stepS);
}
std::string rowKey(const wire::LogRow &row)
{
    return padded(row.index);
}
std::string rowKey(const wire::AuditRow &row)
{
    return padded(row.index);
}

void Mirror::replace(wire::Topic topic, wire::Rows rows)
{
    switch (topic) {
    case wire::Topic::Overview:
        overview_ = keyed(std::move(rows.overview));
        break;
    case wire::Topic::Connections:
        connections_ = keyed(std::move(rows.connections));
        break;
    case wire::Topic::Threads:
        threads_ = keyed(std::move(rows.threads));
        break;
    case wire::Topic::Tasks:
        tasks_ = keyed(std::move(rows.tasks));
        break;
    case wire::Topic::Breakers:
        breakers_ = keyed(std::move(rows.breakers));
        break;
    case wire::Topic::Flags:
        flags_ = keyed(std::move(rows.flags));
        break;
    case wire::Topic::Degradation:
        degradation_ = keyed(std::move(rows.degradation));
        break;
    case wire::Topic::Metrics:
        series_ = keyed(std::move(rows.series));
        break;
    case wire::Topic::Logs:
        logs_ = keyed(std::move(rows.logs));
        break;
    case wire::Topic::Audit:
        audit_ = keyed(std::move(rows.audit));
        break;
    case wire::Topic::Models:
        models_ = keyed(std::move(rows.models));
        break;
    case wire::Topic::Tools:
        tools_ = keyed(std::move(rows.tools));
        break;
    case wire::Topic::Rollouts:
    case wire::Topic::Traces:
        break; // no server of this release sends them
    }
}

Mirror::Applied Mirror::apply(const wire::TopicSnapshot &snapshot, TopicChange &change)
{
    State &topic = state(snapshot.topic);
    if (snapshot.part == 0) {
        topic.gathered = {};
        topic.gatheredTotals.reset();
        topic.nextPart = 0;
    }
    if (snapshot.part != topic.nextPart)
        return Applied::Gap;
    ++topic.nextPart;
    wire::Rows &all = topic.gathered;
    append(all.overview, snapshot.rows.overview);
    append(all.connections, snapshot.rows.connections);
    append(all.threads, snapshot.rows.threads);
    append(all.tasks, snapshot.rows.tasks);
    append(all.breakers, snapshot.rows.breakers);
    append(all.flags, snapshot.rows.flags);
    append(all.degradation, snapshot.rows.degradation);
    append(all.series, snapshot.rows.series);
    append(all.logs, snapshot.rows.logs);
    append(all.audit, snapshot.rows.audit);
    append(all.models, snapshot.rows.models);
    append(all.tools, snapshot.rows.tools);
    if (snapshot.connectionTotals)
        topic.gatheredTotals = snapshot.connectionTotals;
    if (!snapshot.last)
        return Applied::Waiting;
    replace(snapshot.topic, std::move(all));
    if (snapshot.topic == wire::Topic::Connections)
        connectionTotals_ = std::exchange(topic.gatheredTotals, std::nullopt);
    topic.gathered = {};
    topic.nextPart = 0;
    topic.revision = snapshot.revision;
    topic.total = snapshot.total;
    topic.matched = snapshot.matched;
    topic.synced = true;
    change = {snapshot.topic, true, {}, {}};
    return Applied::Changed;
}

void Mirror::mergeSeries(const wire::SeriesChunk &chunk)
{
    auto [found, isNew] = series_.try_emplace(rowKey(chunk), chunk);
    if (isNew || chunk.stepS == 0)
        return;
    wire::SeriesChunk &mine = found->second;
    const auto stepMs = static_cast<std::int64_t>(chunk.stepS) * 1000;
    for (std::size_t i = 0; i < chunk.values.size(); ++i) {
        const std::int64_t at = chunk.start.ms + static_cast<std::int64_t>(i) * stepMs;
        const std::int64_t index = (at - mine.start.ms) / stepMs;
        if (index < 0)
            continue;
        const auto position = static_cast<std::size_t>(index);
        if (position > mine.values.size() + kSeriesPoints) { // the link was away for longer than we keep
            mine.start.ms = at;
            mine.values.clear();
            mine.gaps.clear();
            mine.values.push_back(chunk.values[i]);
            continue;
        }
        while (mine.values.size() < position) {
            mine.gaps.push_back(mine.values.size());
            mine.values.push_back(0);
        }
        const bool isGap = std::ranges::find(chunk.gaps, i) != chunk.gaps.end();
        std::erase(mine.gaps, position);
        if (isGap)
            mine.gaps.insert(std::ranges::lower_bound(mine.gaps, position), position);
        if (position == mine.values.size())
            mine.values.push_back(chunk.values[i]);
        else
            mine.values[position] = chunk.values[i];
    }
    if (mine.values.size() <= kSeriesPoints)
        return;
    const std::size_t surplus = mine.values.size() - kSeriesPoints;
    mine.values.erase(mine.values.begin(), std::next(mine.values.begin(), static_cast<std::ptrdiff_t>(surplus)));
    mine.start.ms += static_cast<std::int64_t>(surplus) * stepMs;
    std::erase_if(mine.gaps, [&](std::uint64_t gap) { return gap < surplus; });
    for (std::uint64_t &gap : mine.gaps)
        gap -= surplus;
}

void Mirror::merge(const wire::Rows &rows, TopicChange &change)
{
    const auto put = [&change](auto &table, const auto &from) {
        for (const auto &row : from) {
            std::string key = rowKey(row);
            table.insert_or_assign(key, row);
            change.upserted.push_back(std::move(key));
        }
    };
    put(overview_, rows.overview);
    put(connections_, rows.connections);
    put(threads_, rows.threads);
    put(tasks_, rows.tasks);
    put(breakers_, rows.breakers);
    put(flags_, rows.flags);
    put(degradation_, rows.degradation);
    put(logs_, rows.logs);
    put(audit_, rows.audit);
    put(models_, rows.models);
    put(tools_, rows.tools);
    for (const wire::SeriesChunk &chunk : rows.series) {
        mergeSeries(chunk);
        change.upserted.push_back(rowKey(chunk));
    }
    trim(logs_, kLogRows, change);
    trim(audit_, kAuditRows, change);
}

bool Mirror::erase(wire::Topic topic, const std::string &key)
{
    switch (topic) {
    case wire::Topic::Connections:
        return connections_.erase(key) > 0;
    case wire::Topic::Threads:
        return threads_.erase(key) > 0;
    case wire::Topic::Tasks:
        return tasks_.erase(key) > 0;
    case wire::Topic::Breakers:
        return breakers_.erase(key) > 0;
    case wire::Topic::Flags:
        return flags_.erase(key) > 0;
    case wire::Topic::Models:
        return models_.erase(key) > 0;
    case wire::Topic::Tools:
        return tools_.erase(key) > 0;
    default:
        return false; // the other topics only grow
    }
}

Mirror::Applied Mirror::apply(const wire::TopicDelta &delta, TopicChange &change)
{
    State &topic = state(delta.topic);
    if (!topic.synced || delta.baseRevision != topic.revision) {
        topic.synced = false;
        return Applied::Gap;
    }
    change = {delta.topic, false, {}, {}};
    for (const std::string &key : delta.removed) {
        if (erase(delta.topic, key))
            change.removed.push_back(key);
    }
    merge(delta.upserts, change);
    if (delta.topic == wire::Topic::Connections)
        connectionTotals_ = delta.connectionTotals;
    topic.revision = delta.revision;
    topic.total = delta.total;
    topic.matched = delta.matched;
    return Applied::Changed;
}

void Mirror::forgetRevision(wire::Topic topic)
{
    state(topic).synced = false;
    state(topic).nextPart = 0;
    state(topic).gathered = {};
}

void Mirror::clear()
{
    *this = Mirror();
}

} // namespace orchestra
