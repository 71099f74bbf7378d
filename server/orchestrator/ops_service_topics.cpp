// SPDX-License-Identifier: GPL-3.0-or-later
// What consoles watch: snapshots in pulled parts, then what changes.
#include "server/orchestrator/ops_service.h"

#include <algorithm>
#include <utility>

namespace orchestra {
namespace {

constexpr std::chrono::seconds kMetricsRange{600};
constexpr std::size_t kSeriesPerPart = 16;

std::size_t indexOf(wire::Topic topic)
{
    return static_cast<std::size_t>(topic);
}

/// Topics whose rows change with every second.
constexpr std::array kTicking{wire::Topic::Overview, wire::Topic::Connections, wire::Topic::Threads, wire::Topic::Tasks,
                              wire::Topic::Breakers, wire::Topic::Flags,       wire::Topic::Metrics, wire::Topic::Logs,
                              wire::Topic::Models,   wire::Topic::Tools};

} // namespace

// ---- subscriptions --------------------------------------------------------------------------------------------

void OpsService::watch(wire::Topic topic, int change)
{
    std::size_t &watchers = watchers_[indexOf(topic)];
    const bool wasWatched = watchers > 0;
    watchers += static_cast<std::size_t>(change);
    if (topic == wire::Topic::Connections && wasWatched != (watchers > 0))
        outbox_.sendAll(WatchConnections{watchers > 0});
    const auto told = watches_.find(topic);
    if (told != watches_.end() && wasWatched != (watchers > 0))
        told->second(watchers > 0);
    const bool isAnyWatched = std::ranges::any_of(watchers_, [](std::size_t count) { return count > 0; });
    if (!isAnyWatched) {
        tick_.stop();
        flush_.stop();
        touched_.clear();
    } else if (!tick_.isRunning()) {
        tick_.start(kTick, [this] { tick(); });
    }
}

void OpsService::subscribe(Console &console, const wire::Subscribe &subscription)
{
    auto filter = RowFilter::parse(subscription.filter);
    if (!filter) {
        refuse(console, subscription.id, filter.error());
        return;
    }
    const auto [known, isNew] = console.subscriptions.try_emplace(subscription.topic);
    if (isNew)
        watch(subscription.topic, +1);
    known->second.view = TopicView::forTopic(subscription, *std::move(filter));
    known->second.isComplete = false;
    std::erase_if(console.parts, [&](const wire::TopicSnapshot &part) { return part.topic == subscription.topic; });
    if (subscription.topic == wire::Topic::Audit)
        readAudit(); // the snapshot follows its answer
    else
        begin(console, subscription.topic);
}

void OpsService::unsubscribe(Console &console, wire::Topic topic)
{
    if (console.subscriptions.erase(topic) > 0)
        watch(topic, -1);
    std::erase_if(console.parts, [&](const wire::TopicSnapshot &part) { return part.topic == topic; });
}

void OpsService::begin(Console &console, wire::Topic topic)
{
    Subscription &subscription = console.subscriptions.at(topic);
    subscription.revision = revisions_[indexOf(topic)];
    if (topic == wire::Topic::Metrics) {
        beginMetrics(console);
    } else if (subscription.view) {
        queueParts(console,
                   subscription.view->snapshot(rowsFor(console.principal, rows(topic)), subscription.revision));
    } else {
        wire::TopicSnapshot nothing;
        nothing.topic = topic;
        nothing.revision = subscription.revision;
        nothing.last = true;
        queueParts(console, {nothing});
    }
}

void OpsService::beginMetrics(Console &console)
{
    std::vector<wire::SeriesChunk> series;
    if (surroundings_.series != nullptr)
        series = surroundings_.series->series({}, kMetricsRange);
    std::vector<wire::TopicSnapshot> parts(1);
    for (wire::SeriesChunk &chunk : series) {
        if (parts.back().rows.series.size() == kSeriesPerPart)
            parts.emplace_back();
        parts.back().rows.series.push_back(std::move(chunk));
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
        parts[i].topic = wire::Topic::Metrics;
        parts[i].revision = revisions_[indexOf(wire::Topic::Metrics)];
        parts[i].part = i;
        parts[i].last = i + 1 == parts.size();
        parts[i].total = parts[i].matched = series.size();
    }
    queueParts(console, std::move(parts));
}

void OpsService::queueParts(Console &console, std::vector<wire::TopicSnapshot> parts)
{
    std::ranges::move(parts, std::back_inserter(console.parts));
    sendParts(console);
}

void OpsService::sendParts(Console &console)
{
    while (!console.partIsOut && !console.parts.empty()) {
        wire::TopicSnapshot part = std::move(console.parts.front());
        console.parts.pop_front();
        console.partIsOut = !part.last;
        const auto subscription = console.subscriptions.find(part.topic);
        if (part.last && subscription != console.subscriptions.end())
            subscription->second.isComplete = true;
        outbox_.sendOps(console.key, std::move(part));
    }
}

bool OpsService::drained(const ConnectionKey &key)
{
    const auto known = consoles_.find(key);
    if (known == consoles_.end())
        return false;
    known->second->partIsOut = false;
    sendParts(*known->second);
    return true;
}

// ---- changes --------------------------------------------------------------------------------------------------

void OpsService::touch(wire::Topic topic)
{
    if (!isWatched(topic))
        return;
    touched_.insert(topic);
    scheduleFlush();
}

void OpsService::tick()
{
    for (const wire::Topic topic : kTicking)
        touch(topic);
    // Not only commands are written down: calls of tools and what users decide are too.
    if (std::exchange(auditsTold_, hub_.counters.audits) != hub_.counters.audits)
        touch(wire::Topic::Audit);
    tick_.start(kTick, [this] { tick(); });
}

void OpsService::scheduleFlush()
{
    if (flush_.isRunning())
        return;
    const MonotonicTime now = hub_.clock.now();
    const auto since = lastFlush_ ? now - *lastFlush_ : std::chrono::nanoseconds(kPause);
    flush_.start(kPause - std::min<std::chrono::nanoseconds>(since, kPause), [this] { flush(); });
}

void OpsService::flush()
{
    lastFlush_ = hub_.clock.now();
    for (const wire::Topic topic : std::exchange(touched_, {})) {
        if (topic == wire::Topic::Metrics)
            flushMetrics();
        else if (topic == wire::Topic::Audit)
            readAudit();
        else
            flushTopic(topic);
    }
}

void OpsService::flushTopic(wire::Topic topic)
{
    const std::uint64_t revision = ++revisions_[indexOf(topic)];
    const wire::Rows all = rows(topic);
    std::optional<wire::Rows> fewer; // what those may see who may not decide on approvals
    for (const auto &[key, console] : consoles_) {
        const auto known = console->subscriptions.find(topic);
        if (known == console->subscriptions.end() || !known->second.isComplete || !known->second.view)
            continue;
        wire::TopicDelta delta;
        delta.baseRevision = known->second.revision;
        const bool seesAll = topic != wire::Topic::Tasks || allows(console->principal.role, Role::Operator);
        if (!seesAll && !fewer)
            fewer = rowsFor(console->principal, all);
        if (!known->second.view->delta(seesAll ? all : *fewer, revision, delta))
            continue;
        known->second.revision = revision;
        outbox_.sendOps(key, std::move(delta));
    }
}

void OpsService::flushMetrics()
{
    const std::uint64_t revision = ++revisions_[indexOf(wire::Topic::Metrics)];
    if (surroundings_.series == nullptr)
        return;
    const std::vector<wire::SeriesChunk> latest = surroundings_.series->series({}, std::chrono::seconds(1));
    for (const auto &[key, console] : consoles_) {
        const auto known = console->subscriptions.find(wire::Topic::Metrics);
        if (known == console->subscriptions.end() || !known->second.isComplete)
            continue;
        wire::TopicDelta delta;
        delta.topic = wire::Topic::Metrics;
        delta.baseRevision = std::exchange(known->second.revision, revision);
        delta.revision = revision;
        delta.total = delta.matched = latest.size();
        delta.upserts.series = latest;
        outbox_.sendOps(key, std::move(delta));
    }
}

/// The newest audit rows are read again, then whoever waits for a snapshot gets it and the others what is new.
void OpsService::readAudit()
{
    hub_.store.ask(ReadAudit{{}, 0, kAuditRows}, [this](Result<AuditPage> page) {
        if (!page)
            return; // they are asked for again with the next entry
        audit_ = std::move(page->rows);
        flushTopic(wire::Topic::Audit);
        for (const auto &[key, console] : consoles_) {
            const auto known = console->subscriptions.find(wire::Topic::Audit);
            const bool waits = known != console->subscriptions.end() && !known->second.isComplete;
            const bool hasParts = std::ranges::find(console->parts, wire::Topic::Audit, &wire::TopicSnapshot::topic) !=
                                  console->parts.end();
            if (waits && !hasParts)
                begin(*console, wire::Topic::Audit);
        }
    });
}

/// What a tool would be given is for those who may decide on it.
wire::Rows OpsService::rowsFor(const Principal &who, wire::Rows rows)
{
    if (allows(who.role, Role::Operator))
        return rows;
    for (wire::TaskRow &task : rows.tasks)
        for (wire::ApprovalRow &approval : task.approvals)
            approval.parameters = {};
    return rows;
}

wire::Rows OpsService::rows(wire::Topic topic) const
{
    wire::Rows rows;
    switch (topic) {
    case wire::Topic::Overview:
        rows.overview.push_back(live_.overview());
        break;
    case wire::Topic::Connections:
        rows.connections = live_.connections();
        break;
    case wire::Topic::Threads:
        rows.threads = live_.threads();
        break;
    case wire::Topic::Tasks:
        rows.tasks = live_.tasks();
        break;
    case wire::Topic::Breakers:
        rows.breakers = live_.breakers();
        break;
    case wire::Topic::Flags:
        rows.flags = live_.flags();
        break;
    case wire::Topic::Degradation:
        rows.degradation.push_back(live_.degradation());
        break;
    case wire::Topic::Logs:
        if (surroundings_.logs)
            rows.logs = surroundings_.logs(0, kLogRows);
        break;
    case wire::Topic::Audit:
        rows.audit = audit_;
        break;
    case wire::Topic::Models:
    case wire::Topic::Tools:
    case wire::Topic::Rollouts:
    case wire::Topic::Metrics:
    case wire::Topic::Traces:
        break; // kept elsewhere, or not as rows
    }
    if (const auto source = sources_.find(topic); source != sources_.end())
        source->second(rows);
    return rows;
}

} // namespace orchestra
