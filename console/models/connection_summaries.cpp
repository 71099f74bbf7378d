// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/connection_summaries.h"

#include "console/models/texts.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace orchestra {
namespace {

constexpr auto kQueueBoundsKib = wire::ConnectionTotals::kQueueKib;
constexpr std::size_t kTopUsers = 5;

std::vector<HistogramBar> barsOf(const std::vector<std::uint64_t> &counts)
{
    const std::uint64_t tallest = std::max<std::uint64_t>(1, *std::ranges::max_element(counts));
    std::vector<HistogramBar> bars;
    for (std::size_t i = 0; i < counts.size(); ++i)
        bars.push_back({QString::number(kQueueBoundsKib[i]), static_cast<int>(counts[i]),
                        std::log1p(counts[i]) / std::log1p(tallest),
                        i + 1 == counts.size() && counts[i] > 0 ? Health::Warn : Health::Idle});
    return bars;
}

} // namespace

HistogramModel::HistogramModel(QObject *parent)
    : RowModel(
          {{"label", [](const HistogramBar &bar) { return QVariant(bar.label); }},
           {"count", [](const HistogramBar &bar) { return QVariant(bar.count); }},
           {"fraction", [](const HistogramBar &bar) { return QVariant(bar.fraction); }},
           {"status", [](const HistogramBar &bar) { return QVariant(bar.status); }}},
          [](const HistogramBar &bar) { return bar.label; }, parent)
{
}

TopUsersModel::TopUsersModel(QObject *parent)
    : RowModel(
          {{"user", [](const TopUser &user) { return QVariant(user.user); }},
           {"count", [](const TopUser &user) { return QVariant(user.count); }},
           {"limit", [](const TopUser &user) { return QVariant(user.limit); }},
           {"noteText",
            [](const TopUser &user) {
                return QVariant(user.limit > 0 && user.count >= user.limit ? TopUsersModel::tr("full") : QString());
            }}},
          [](const TopUser &user) { return user.user; }, parent)
{
}

std::vector<HistogramBar> queueBars(const Mirror::Table<wire::ConnectionRow> &connections)
{
    std::vector<std::uint64_t> counts(kQueueBoundsKib.size());
    for (const auto &[key, at] : connections) {
        const auto *bound = std::ranges::lower_bound(kQueueBoundsKib, (at.queueBytes + 1023) / 1024);
        ++counts[std::min<std::size_t>(static_cast<std::size_t>(bound - kQueueBoundsKib.begin()), counts.size() - 1)];
    }
    return barsOf(counts);
}

std::vector<HistogramBar> queueBars(const wire::ConnectionTotals &totals)
{
    // A server that counts otherwise than we do has nothing to say here.
    return totals.queues.size() == kQueueBoundsKib.size() ? barsOf(totals.queues) : std::vector<HistogramBar>();
}

std::vector<TopUser> topUsersOf(const wire::ConnectionTotals &totals)
{
    std::vector<TopUser> top;
    for (const wire::UserConnections &user : totals.topUsers)
        top.push_back({texts::line(user.userId), static_cast<int>(user.connections), 0});
    return top;
}

std::vector<TopUser> topUsersOf(const Mirror::Table<wire::ConnectionRow> &connections)
{
    QHash<QString, int> users;
    for (const auto &[key, at] : connections)
        ++users[texts::line(at.userId)];
    std::vector<TopUser> top;
    for (auto user = users.cbegin(); user != users.cend(); ++user)
        top.push_back({user.key(), user.value(), 0});
    std::ranges::sort(top, [](const TopUser &a, const TopUser &b) {
        return a.count != b.count ? a.count > b.count : a.user < b.user;
    });
    if (top.size() > kTopUsers)
        top.resize(kTopUsers);
    return top;
}

} // namespace orchestra
