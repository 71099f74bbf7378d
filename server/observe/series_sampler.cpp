// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/observe/series_sampler.h"

#include "shared/wire/series_names.h"

namespace orchestra {
namespace {

void put(std::map<std::string, double> &out, std::string_view name, double value)
{
    out.insert_or_assign(std::string(name), value);
}

/// In milliseconds; nothing when nothing was recorded.
void putPercentile(std::map<std::string, double> &out, std::string_view name, const Histogram &us, double quantile)
{
    if (us.count() > 0)
        put(out, name, static_cast<double>(us.percentile(quantile)) / 1000);
}

double turnsThat(const HubCounters &hub, const char *outcome)
{
    const auto found = hub.turns.find(outcome);
    return found == hub.turns.end() ? 0 : static_cast<double>(found->second);
}

} // namespace

SeriesSampler::Totals SeriesSampler::totalsOf(const MetricsSnapshot &snapshot, MonotonicTime now)
{
    Totals out;
    out.at = now;
    for (const EdgeCounters &edge : snapshot.edges) {
        out.framesIn += static_cast<double>(edge.framesIn);
        out.framesOut += static_cast<double>(edge.framesOut);
    }
    out.tokens = static_cast<double>(snapshot.hub.tokens);
    out.failedTurns = turnsThat(snapshot.hub, "error");
    out.turns = out.failedTurns + turnsThat(snapshot.hub, "ok") + turnsThat(snapshot.hub, "cancelled");
    out.cpuSeconds = snapshot.process.cpuSeconds;
    out.firstTokenUs = snapshot.hub.firstTokenUs;
    out.turnUs = snapshot.hub.turnUs;
    out.ackUs = snapshot.hub.ackUs;
    return out;
}

void SeriesSampler::addRates(std::map<std::string, double> &out, const Totals &before, const Totals &after)
{
    const double seconds = std::chrono::duration<double>(after.at - before.at).count();
    if (seconds <= 0)
        return;
    put(out, series::kMessagesIn, (after.framesIn - before.framesIn) / seconds);
    put(out, series::kFramesOut, (after.framesOut - before.framesOut) / seconds);
    put(out, series::kTokens, (after.tokens - before.tokens) / seconds);
    put(out, series::kTurns, (after.turns - before.turns) / seconds);
    put(out, series::kCpu, (after.cpuSeconds - before.cpuSeconds) / seconds);
    if (after.turns > before.turns)
        put(out, series::kErrorRate, (after.failedTurns - before.failedTurns) / (after.turns - before.turns));
}

void SeriesSampler::addLatencies(std::map<std::string, double> &out, const Totals &before, const Totals &after)
{
    const Histogram firstToken = after.firstTokenUs.since(before.firstTokenUs);
    putPercentile(out, series::kFirstTokenP50, firstToken, 0.50);
    putPercentile(out, series::kFirstTokenP95, firstToken, 0.95);
    putPercentile(out, series::kFirstTokenP99, firstToken, 0.99);
    putPercentile(out, series::kTurnP95, after.turnUs.since(before.turnUs), 0.95);
    const Histogram ack = after.ackUs.since(before.ackUs);
    putPercentile(out, series::kAckP50, ack, 0.50);
    putPercentile(out, series::kAckP99, ack, 0.99);
    std::uint64_t below = 0;
    for (std::size_t cell = 0; cell < std::size(series::kHeatBoundsMs); ++cell) {
        const bool isLast = cell + 1 == std::size(series::kHeatBoundsMs);
        const auto bound = static_cast<std::uint64_t>(series::kHeatBoundsMs[cell] * 1000);
        const std::uint64_t upTo = isLast ? firstToken.count() : firstToken.countAtOrBelow(bound);
        put(out, series::heatName(cell), static_cast<double>(upTo - below));
        below = upTo;
    }
}

std::map<std::string, double> SeriesSampler::sample(const MetricsSnapshot &snapshot, MonotonicTime now)
{
    std::map<std::string, double> out;
    double clients = 0;
    for (const auto &[version, count] : snapshot.connectionsByVersion)
        clients += version == 0 ? 0 : static_cast<double>(count);
    put(out, series::kClients, clients);
    put(out, series::kTasksRunning, static_cast<double>(snapshot.tasksRunning));
    put(out, series::kOutboundBytes, static_cast<double>(snapshot.outboundBufferBytes));
    put(out, series::kMemory, static_cast<double>(snapshot.process.residentBytes));
    double notClosed = 0;
    for (const wire::BreakerRow &row : snapshot.breakers)
        notClosed += row.state == wire::BreakerState::Closed ? 0 : 1;
    put(out, series::kBreakersNotClosed, notClosed);

    Totals totals = totalsOf(snapshot, now);
    if (last_) {
        addRates(out, *last_, totals);
        addLatencies(out, *last_, totals);
    }
    last_ = std::move(totals);
    return out;
}

} // namespace orchestra
