// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/topic_view.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace orchestra {
namespace {

std::string padded(std::uint64_t number)
{
    const std::string digits = std::to_string(number);
    return std::string(20 - digits.size(), '0').append(digits);
}

// The same texts as the keys of the console's mirror.
std::string keyOf(const wire::OverviewRow &)
{
    return "overview";
}
std::string keyOf(const wire::ConnectionRow &row)
{
    return toString(row.connectionId);
}
std::string keyOf(const wire::ThreadRow &row)
{
    return toString(row.threadId);
}
std::string keyOf(const wire::TaskRow &row)
{
    return toString(row.taskId);
}
std::string keyOf(const wire::BreakerRow &row)
{
    return row.name;
}
std::string keyOf(const wire::FlagRow &row)
{
    return row.name;
}
std::string keyOf(const wire::DegradationRow &)
{
    return "degradation";
}
std::string keyOf(const wire::LogRow &row)
{
    return padded(row.index);
}
std::string keyOf(const wire::AuditRow &row)
{
    return padded(row.index);
}
std::string keyOf(const wire::ModelRow &row)
{
    return row.server + "/" + row.model;
}
std::string keyOf(const wire::ToolRow &row)
{
    return row.server + "/" + row.name;
}

// What passes by itself as time does is no change: a table of idle connections costs nothing.
template <class Row>
bool isSame(const Row &a, const Row &b)
{
    return a == b;
}
template <>
bool isSame(const wire::ConnectionRow &a, const wire::ConnectionRow &b)
{
    wire::ConnectionRow c = b;
    c.idleMs = a.idleMs;
    return a == c;
}
template <>
bool isSame(const wire::TaskRow &a, const wire::TaskRow &b)
{
    wire::TaskRow c = b;
    c.ageMs = a.ageMs;
    return a == c;
}

/// Rows of past events: a console that has them keeps them, so none is ever removed.
template <class Row>
inline constexpr bool kIsJournal = std::is_same_v<Row, wire::LogRow> || std::is_same_v<Row, wire::AuditRow>;

template <class Row>
Cell cellNamed(const Row &row, std::string_view column)
{
    Cell found;
    visitCells(row, [&](std::string_view name, Cell cell) {
        if (name != column)
            return true;
        found = std::move(cell);
        return false;
    });
    return found;
}

/// The indices of `cells` in the order of what they hold, equal ones as they came.
std::vector<std::size_t> orderOf(const std::vector<Cell> &cells, bool isDescending)
{
    std::vector<std::size_t> order(cells.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, [&](std::size_t left, std::size_t right) {
        const Cell &a = cells[isDescending ? right : left];
        const Cell &b = cells[isDescending ? left : right];
        return a.number && b.number ? *a.number < *b.number : a.text < b.text;
    });
    return order;
}

constexpr std::size_t kTopUsers = 5;

wire::ConnectionTotals totalsOf(const std::vector<wire::ConnectionRow> &connections)
{
    using Totals = wire::ConnectionTotals;
    Totals totals;
    totals.queues.resize(Totals::kQueueKib.size());
    std::map<std::string_view, std::uint64_t> users;
    for (const wire::ConnectionRow &row : connections) {
        if (row.phase != wire::ConnectionPhase::Active)
            ++totals.starting;
        else
            ++(row.idleMs > Totals::kIdleAfterMs ? totals.idle : totals.active);
        const auto *bound = std::ranges::lower_bound(Totals::kQueueKib, (row.queueBytes + 1023) / 1024);
        ++totals.queues[std::min<std::size_t>(static_cast<std::size_t>(bound - Totals::kQueueKib.begin()),
                                              totals.queues.size() - 1)];
        ++users[row.userId];
    }
    std::vector<std::pair<std::string_view, std::uint64_t>> most(users.begin(), users.end());
    const std::size_t shown = std::min(kTopUsers, most.size());
    std::ranges::partial_sort(
        most, most.begin() + static_cast<std::ptrdiff_t>(shown),
        [](const auto &a, const auto &b) { return a.second != b.second ? a.second > b.second : a.first < b.first; });
    for (std::size_t i = 0; i < shown; ++i)
        totals.topUsers.push_back({std::string(most[i].first), most[i].second});
    return totals;
}

/// What a window of a table leaves untold of the whole; nothing for a table that is sent whole.
std::optional<wire::ConnectionTotals> totalsBesides(const wire::Rows &all, wire::Topic topic)
{
    if (topic != wire::Topic::Connections || all.connections.size() <= TopicView::kMaxRows)
        return std::nullopt;
    return totalsOf(all.connections);
}

template <class Row>
class TableView final : public TopicView
{
public:
    TableView(const wire::Subscribe &subscription, RowFilter filter, std::vector<Row> wire::Rows::*member)
        : spec_(subscription)
        , filter_(std::move(filter))
        , member_(member)
    {
    }

    std::vector<wire::TopicSnapshot> snapshot(const wire::Rows &all, std::uint64_t revision) override
    {
        std::vector<const Row *> shown = select(all);
        shown_.clear();
        std::vector<wire::TopicSnapshot> parts(1);
        for (const Row *row : shown) {
            if ((parts.back().rows.*member_).size() == kPartRows)
                parts.emplace_back();
            (parts.back().rows.*member_).push_back(*row);
            shown_.emplace(keyOf(*row), *row);
        }
        for (std::size_t i = 0; i < parts.size(); ++i) {
            parts[i].topic = spec_.topic;
            parts[i].revision = revision;
            parts[i].part = i;
            parts[i].last = i + 1 == parts.size();
            parts[i].total = (all.*member_).size();
            parts[i].matched = matched_;
        }
        total_ = (all.*member_).size();
        toldMatched_ = matched_;
        toldTotals_ = totalsBesides(all, spec_.topic);
        parts.front().connectionTotals = toldTotals_;
        return parts;
    }

    bool delta(const wire::Rows &all, std::uint64_t revision, wire::TopicDelta &out) override
    {
        std::map<std::string, const Row *> now;
        for (const Row *row : select(all))
            now.emplace(keyOf(*row), row);
        out.topic = spec_.topic;
        out.revision = revision;
        out.total = (all.*member_).size();
        out.matched = matched_;
        for (auto known = shown_.begin(); known != shown_.end();) {
            if (now.contains(known->first)) {
                ++known;
                continue;
            }
            if constexpr (!kIsJournal<Row>)
                out.removed.push_back(known->first);
            known = shown_.erase(known);
        }
        for (const auto &[key, row] : now) {
            const auto known = shown_.find(key);
            if (known != shown_.end() && isSame(known->second, *row))
                continue;
            (out.upserts.*member_).push_back(*row);
            shown_.insert_or_assign(key, *row);
        }
        const bool isNewTotal = std::exchange(total_, out.total) != out.total;
        const bool isNewMatch = std::exchange(toldMatched_, out.matched) != out.matched;
        out.connectionTotals = totalsBesides(all, spec_.topic);
        const bool areNewTotals = std::exchange(toldTotals_, out.connectionTotals) != out.connectionTotals;
        return isNewTotal || isNewMatch || areNewTotals || !out.removed.empty() || !(out.upserts.*member_).empty();
    }

private:
    /// The rows of the window, in order.
    std::vector<const Row *> select(const wire::Rows &all)
    {
        std::vector<const Row *> rows;
        for (const Row &row : all.*member_)
            if (filter_.isEmpty() || filter_.matches(row))
                rows.push_back(&row);
        matched_ = rows.size();
        sort(rows);
        const std::size_t first = std::min<std::size_t>(spec_.first, rows.size());
        const std::size_t asked = spec_.count == 0 ? kMaxRows : std::min<std::size_t>(spec_.count, kMaxRows);
        const std::size_t count = std::min(asked, rows.size() - first);
        const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(first);
        return {begin, begin + static_cast<std::ptrdiff_t>(count)};
    }

    void sort(std::vector<const Row *> &rows) const
    {
        if (spec_.sort.empty() && rows.size() <= kMaxRows)
            return;              // the console sorts what it has whole
        std::vector<Cell> cells; // made once, not once a comparison
        cells.reserve(rows.size());
        for (const Row *row : rows)
            cells.push_back(spec_.sort.empty() ? Cell{keyOf(*row), {}} : cellNamed(*row, spec_.sort));
        std::vector<const Row *> sorted;
        sorted.reserve(rows.size());
        for (const std::size_t index : orderOf(cells, spec_.descending))
            sorted.push_back(rows[index]);
        rows = std::move(sorted);
    }

    const wire::Subscribe spec_;
    const RowFilter filter_;
    std::vector<Row> wire::Rows::*const member_;
    std::map<std::string, Row> shown_;
    std::size_t matched_ = 0;
    std::size_t total_ = 0;
    std::size_t toldMatched_ = 0;
    std::optional<wire::ConnectionTotals> toldTotals_;
};

template <class Row>
std::unique_ptr<TopicView> table(const wire::Subscribe &subscription, RowFilter filter,
                                 std::vector<Row> wire::Rows::*member)
{
    return std::make_unique<TableView<Row>>(subscription, std::move(filter), member);
}

} // namespace

std::unique_ptr<TopicView> TopicView::forTopic(const wire::Subscribe &subscription, RowFilter filter)
{
    switch (subscription.topic) {
    case wire::Topic::Overview:
        return table(subscription, std::move(filter), &wire::Rows::overview);
    case wire::Topic::Connections:
        return table(subscription, std::move(filter), &wire::Rows::connections);
    case wire::Topic::Threads:
        return table(subscription, std::move(filter), &wire::Rows::threads);
    case wire::Topic::Tasks:
        return table(subscription, std::move(filter), &wire::Rows::tasks);
    case wire::Topic::Breakers:
        return table(subscription, std::move(filter), &wire::Rows::breakers);
    case wire::Topic::Flags:
        return table(subscription, std::move(filter), &wire::Rows::flags);
    case wire::Topic::Degradation:
        return table(subscription, std::move(filter), &wire::Rows::degradation);
    case wire::Topic::Logs:
        return table(subscription, std::move(filter), &wire::Rows::logs);
    case wire::Topic::Audit:
        return table(subscription, std::move(filter), &wire::Rows::audit);
    case wire::Topic::Models:
        return table(subscription, std::move(filter), &wire::Rows::models);
    case wire::Topic::Tools:
        return table(subscription, std::move(filter), &wire::Rows::tools);
    case wire::Topic::Rollouts:
    case wire::Topic::Metrics:
    case wire::Topic::Traces:
        break;
    }
    return nullptr;
}

} // namespace orchestra
