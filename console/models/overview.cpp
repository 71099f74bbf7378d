// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/overview.h"

#include "console/models/navigation.h"
#include "console/models/texts.h"
#include "shared/wire/series_names.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace orchestra {
namespace {

constexpr std::chrono::milliseconds kFlushEvery{250};
constexpr int kHeatColumns = 120;

std::optional<double> finite(qreal value)
{
    return std::isfinite(value) ? std::optional<double>(value) : std::nullopt;
}

QString actionFor(const std::string &kind)
{
    if (kind == "probe_breaker")
        return Overview::tr("Probe now");
    if (kind == "open_connection")
        return Overview::tr("Open client");
    if (kind == "open_task")
        return Overview::tr("Open task");
    return {};
}

/// Twenty cells, newest last, whatever was recorded.
QString outcomeCells(const std::string &outcomes)
{
    const QString known = texts::line(outcomes).right(20);
    return QString(20 - known.size(), QLatin1Char(' ')) + known;
}

} // namespace

int HeatGrid::rows() const
{
    return static_cast<int>(std::size(series::kHeatBoundsMs));
}

QStringList HeatGrid::rowLabels() const
{
    // A label at each decade is enough to read the scale; more would stand on each other.
    QStringList labels;
    for (auto bound = std::rbegin(series::kHeatBoundsMs); bound != std::rend(series::kHeatBoundsMs); ++bound) {
        const bool isDecade = *bound == 2000 || *bound == 200 || *bound == 20 || *bound == 2;
        labels << (!isDecade ? QString() : *bound >= 1000 ? tr("%1 s").arg(*bound / 1000) : QString::number(*bound));
    }
    return labels;
}

QString HeatGrid::maximumText() const
{
    return maximum_ > 0 ? texts::number(maximum_, maximum_ < 10 ? 1 : 0) : QString();
}

void HeatGrid::fill(const SeriesFeed &feed, qreal fromMs, qreal toMs)
{
    const auto rowCount = static_cast<std::size_t>(rows());
    std::vector<qreal> sums(rowCount * kHeatColumns, qQNaN());
    for (std::size_t row = 0; row < rowCount; ++row) {
        for (const QPointF &point : feed.points(series::heatName(rowCount - 1 - row))) {
            const qreal share = (point.x() - fromMs) / std::max(1.0, toMs - fromMs);
            const auto column = static_cast<std::size_t>(std::clamp(share, 0.0, 0.999999) * kHeatColumns);
            qreal &sum = sums[column * rowCount + row];
            if (!std::isnan(point.y()))
                sum = (std::isnan(sum) ? 0 : sum) + point.y();
        }
    }
    maximum_ = 0;
    for (const qreal sum : sums)
        maximum_ = std::fmax(maximum_, sum);
    columns_ = kHeatColumns;
    cells_.clear();
    for (const qreal sum : sums)
        cells_.append(maximum_ > 0 ? sum / maximum_ : sum);
    Q_EMIT changed();
}

QStringList Degradation::levels() const
{
    return {tr("Normal"), tr("Reduced"), tr("Constrained"), tr("Essential"), tr("Maintenance")};
}

void Degradation::take(const wire::DegradationRow *row)
{
    level_ = row ? static_cast<int>(row->level) + 1 : 0;
    note_.clear();
    shed_.clear();
    if (row) {
        note_ = row->level == 0 || row->cause.empty()
                    ? tr("level %1 of 5").arg(level_)
                    : tr("level %1 of 5, by %2").arg(QString::number(level_), texts::line(row->cause));
        QStringList shed;
        for (const std::string &feature : row->shed)
            shed << texts::line(feature);
        shed_ = shed.isEmpty() ? tr("Nothing is shed") : tr("Shed now: %1").arg(shed.join(QStringLiteral(", ")));
    }
    Q_EMIT changed();
}

Overview::Overview(OpsClient &client, SeriesFeed &feed, ViewRange &range, const Clock &clock, QObject *parent)
    : QObject(parent)
    , client_(client)
    , feed_(feed)
    , range_(range)
    , clock_(clock)
    , messagesIn_(tr("in"), 1, this)
    , messagesOut_(tr("out"), 1, this)
    , tokens_(QString(), 0, this)
    , p50_(tr("p50"), 0, this)
    , p95_(tr("p95"), 0, this)
    , p99_(tr("p99"), 0, this)
{
    flushTimer_.setSingleShot(true);
    flushTimer_.setInterval(kFlushEvery);
    connect(&flushTimer_, &QTimer::timeout, this, &Overview::flush);
    connect(&client_, &OpsClient::topicChanged, this, [this](const TopicChange &change) {
        const bool isMine = change.topic == wire::Topic::Overview || change.topic == wire::Topic::Breakers ||
                            change.topic == wire::Topic::Flags || change.topic == wire::Topic::Degradation;
        if (!isMine)
            return;
        if (range_.isPaused())
            range_.hold();
        else if (!flushTimer_.isActive())
            flushTimer_.start();
    });
    connect(&client_, &OpsClient::linkChanged, this, &Overview::refreshContent);
    connect(&range_, &ViewRange::pausedChanged, this, &Overview::flush);
    connect(&range_, &ViewRange::presetChanged, this, &Overview::changed);
    connect(&feed_, &SeriesFeed::changed, this, [this] {
        fillCharts();
        fillTiles();
    });
}

void Overview::setActive(bool active)
{
    if (active == active_)
        return;
    active_ = active;
    for (const wire::Topic topic : {wire::Topic::Breakers, wire::Topic::Flags, wire::Topic::Degradation}) {
        if (active_) {
            wire::Subscribe subscription;
            subscription.topic = topic;
            client_.subscribe(std::move(subscription));
        } else {
            client_.unsubscribe(topic);
        }
    }
    feed_.setActive(active_);
    Q_EMIT activeChanged();
}

const wire::OverviewRow *Overview::row() const
{
    const auto &rows = client_.mirror().overview();
    return rows.empty() ? nullptr : &rows.begin()->second;
}

QString Overview::compareText() const
{
    return range_.preset() == ViewRange::Custom ? range_.text() : tr("compared with the %1 before").arg(range_.text());
}

void Overview::setFaultsOnly(bool faultsOnly)
{
    if (faultsOnly == faultsOnly_)
        return;
    faultsOnly_ = faultsOnly;
    flush();
    Q_EMIT faultsOnlyChanged();
}

void Overview::flush()
{
    if (range_.isPaused())
        return;
    fillTiles();
    fillLists();
    fillBreakers();
    fillFlags();
    const auto &degradation = client_.mirror().degradation();
    degradation_.take(degradation.empty() ? nullptr : &degradation.begin()->second);
    refreshContent();
    Q_EMIT changed();
}

void Overview::refreshContent()
{
    if (row()) {
        content_.set(Content::Ready);
        return;
    }
    const LinkPhase phase = client_.link().phase();
    const bool isAway = phase == LinkPhase::Idle || phase == LinkPhase::Lost || phase == LinkPhase::Denied;
    content_.set(isAway ? Content::Disconnected : Content::Loading, isAway ? tr("Not connected") : QString(),
                 isAway ? tr("Nothing was received yet.") : QString());
}

void Overview::fillCharts()
{
    messagesIn_.setPoints(feed_.points(series::kMessagesIn));
    messagesOut_.setPoints(feed_.points(series::kFramesOut));
    tokens_.setPoints(feed_.points(series::kTokens));
    p50_.setPoints(feed_.points(series::kFirstTokenP50));
    p95_.setPoints(feed_.points(series::kFirstTokenP95));
    p99_.setPoints(feed_.points(series::kFirstTokenP99));
    heat_.fill(feed_, range_.fromMs(), range_.toMs());
    Q_EMIT changed();
}

Tile Overview::measured(const QString &label, std::string_view name, int decimals, const QString &unit) const
{
    Tile tile;
    tile.label = label;
    tile.unit = unit;
    tile.value = texts::number(feed_.latest(name), decimals);
    tile.points = feed_.points(name);
    qreal low = qQNaN();
    qreal high = qQNaN();
    for (const QPointF &point : tile.points) {
        low = std::fmin(low, point.y());
        high = std::fmax(high, point.y());
    }
    tile.low = std::isnan(low) ? 0 : low;
    tile.high = std::isnan(high) ? 1 : std::max(high, tile.low + 1e-9);
    const auto now = feed_.mean(name);
    const auto before = feed_.meanBefore(name);
    tile.changeText = texts::change(now, before);
    if (now && before && !tile.changeText.isEmpty())
        tile.trend = *now > *before ? 1 : *now < *before ? -1 : 0;
    tile.spoken = tr("%1: %2 %3").arg(label, tile.value, unit);
    return tile;
}

void Overview::fillTiles()
{
    const wire::OverviewRow *at = row();
    if (!at)
        return;
    Tile clients = measured(tr("Active clients"), series::kClients, 0, tr("of %1").arg(texts::count(at->clientLimit)));
    clients.value = texts::count(at->clients);
    clients.clickable = true;
    clients.screen = Navigation::Connections;

    Tile messages = measured(tr("Messages"), series::kMessagesIn, 1, tr("/s"));

    Tile firstToken = measured(tr("First token p95"), series::kFirstTokenP95, 0, tr("ms"));
    firstToken.guard = kFirstTokenGuardMs;
    firstToken.note = tr("guard %1").arg(kFirstTokenGuardMs);
    firstToken.value = texts::number(at->firstTokenP95Ms, at->firstTokenP95Ms.value_or(100) < 10 ? 1 : 0);
    if (at->firstTokenP95Ms.value_or(0) > kFirstTokenGuardMs)
        firstToken.status = Health::Warn;

    Tile errors = measured(tr("Error rate"), series::kErrorRate, 2, tr("%"));
    const auto percent = at->errorRate ? std::optional<double>(*at->errorRate * 100) : std::nullopt;
    errors.value = texts::number(percent, 2);
    errors.note = tr("guard %1").arg(texts::number(kErrorGuard * 100, 1));
    errors.guard = kErrorGuard;
    errors.changeText.clear();
    errors.trend = 0;
    if (at->errorRate.value_or(0) > kErrorGuard)
        errors.status = Health::Warn;

    Tile breakers = measured(tr("Breakers not closed"), series::kBreakersNotClosed, 0, tr("of %1").arg(at->breakers));
    breakers.value = texts::count(at->breakersNotClosed);
    breakers.status = at->breakersNotClosed > 0 ? Health::Bad : Health::Idle;
    breakers.changeText.clear();
    breakers.trend = 0;
    QStringList open;
    for (const auto &[name, breaker] : client_.mirror().breakers()) {
        if (breaker.state != wire::BreakerState::Closed)
            open << texts::line(name);
    }
    breakers.note = open.join(QStringLiteral(", "));

    Tile tasks = measured(tr("Tasks running"), series::kTasksRunning, 0, QString());
    tasks.value = texts::count(at->tasksRunning);
    tasks.note = at->tasksOverDeadline > 0 ? tr("%1 over deadline").arg(at->tasksOverDeadline)
                 : at->tasksQueued > 0     ? tr("%1 waiting").arg(at->tasksQueued)
                                           : QString();
    tasks.status = at->tasksOverDeadline > 0 ? Health::Warn : Health::Idle;

    std::vector<Tile> tiles{clients, messages, firstToken, errors, breakers, tasks};
    for (Tile &tile : tiles) {
        tile.spoken = tr("%1: %2 %3 %4").arg(tile.label, tile.value, tile.unit, tile.note).simplified();
        if (faultsOnly_ && tile.status == Health::Idle)
            tile.note.clear();
    }
    tiles_.setRows(std::move(tiles));
}

void Overview::fillLists()
{
    const wire::OverviewRow *at = row();
    if (!at)
        return;
    const WallMs now = clock_.wallMs();
    std::vector<Problem> problems;
    for (const wire::ProblemRow &row : at->problems) {
        Problem problem;
        problem.kind = texts::line(row.action.value_or(std::string()));
        problem.target = texts::line(row.target);
        problem.key = texts::line(row.kind) + QLatin1Char('/') + problem.target;
        problem.status = Health::of(row.severity);
        problem.title = texts::line(row.title);
        problem.detail = texts::line(row.detail);
        problem.ageText = texts::age(now - row.since.ms);
        problem.actionText = actionFor(row.action.value_or(std::string()));
        if (client_.link().phase() != LinkPhase::Live)
            problem.actionReason = tr("The link is not live");
        problems.push_back(std::move(problem));
    }
    const int count = static_cast<int>(problems.size());
    const QString summary =
        count > 0 ? count == 1 ? tr("1 problem") : tr("%1 problems, worst first").arg(count)
                  : (at->clients == 1 ? tr("Nothing is wrong. 1 client connected.")
                                      : tr("Nothing is wrong. %1 clients connected.").arg(texts::count(at->clients)));
    problems_.replace(std::move(problems), summary);

    std::vector<Change> changes;
    for (const wire::ChangeRow &row : at->changes) {
        const QString atText = texts::clock(row.at.ms, range_.utcOffsetSeconds());
        Change change{{},
                      atText,
                      texts::line(row.what),
                      tr("%1 → %2").arg(texts::line(row.before), texts::line(row.after)),
                      texts::line(row.actor)};
        change.key = QString::number(row.at.ms) + change.subject + change.change;
        changes.push_back(std::move(change));
    }
    changes_.replace(std::move(changes));

    std::vector<StartupPhase> phases;
    for (const wire::PhaseRow &row : at->phases)
        phases.push_back(
            {texts::line(row.name), Health::of(row.state),
             row.state == wire::PhaseState::Pending ? QString() : texts::duration(static_cast<double>(row.durationMs)),
             texts::line(row.error.value_or(std::string()))});
    startup_.replace(std::move(phases), !at->ready && !at->draining);
}

void Overview::fillBreakers()
{
    const WallMs now = clock_.wallMs();
    std::vector<BreakerTile> tiles;
    for (const auto &[name, row] : client_.mirror().breakers()) {
        if (faultsOnly_ && row.state == wire::BreakerState::Closed)
            continue;
        BreakerTile tile;
        tile.name = texts::line(name);
        const bool isUnused = row.calls == 0 && row.outcomes.empty() && row.state == wire::BreakerState::Closed;
        tile.stateText = isUnused ? tr("No calls yet") : texts::breakerState(row.state);
        tile.status = isUnused ? Health::Idle : Health::of(row.state);
        tile.sinceText = texts::age(now - row.since.ms);
        tile.outcomes = outcomeCells(row.outcomes);
        tile.rateText = tr("%1 % failed").arg(texts::number(row.failureRate * 100, 0));
        tile.thresholdText = tr("trips at %1 %").arg(texts::number(row.threshold * 100, 0));
        if (row.nextProbeAt)
            tile.nextText = tr("Probe in %1").arg(texts::age(row.nextProbeAt->ms - now));
        else if (row.state == wire::BreakerState::HalfOpen)
            tile.nextText = tr("%1 of %2 probes").arg(row.probesPassed).arg(row.probesNeeded);
        else if (row.overrideUntil)
            tile.nextText = tr("until %1, by %2")
                                .arg(texts::clock(row.overrideUntil->ms, range_.utcOffsetSeconds()),
                                     texts::line(row.actor.value_or(std::string())));
        else
            tile.nextText = isUnused ? tr("Registered, never called") : texts::line(row.cause);
        tile.extraText = row.rejected > 0 ? tr("%1 refused").arg(texts::count(row.rejected))
                                          : tr("%1 calls").arg(texts::count(row.calls));
        tile.spoken = tr("%1, %2, %3, %4").arg(tile.name, tile.stateText, tile.rateText, tile.nextText);
        tiles.push_back(std::move(tile));
    }
    breakers_.replace(std::move(tiles));
}

void Overview::fillFlags()
{
    const WallMs now = clock_.wallMs();
    std::vector<FlagTile> tiles;
    for (const auto &[name, row] : client_.mirror().flags()) {
        if (faultsOnly_)
            break;
        const bool isPartly = row.enabled && row.percent < 100;
        tiles.push_back({texts::line(name), row.enabled ? (isPartly ? tr("On for a share") : tr("On")) : tr("Off"),
                         row.enabled ? Health::Ok : Health::Idle, isPartly ? tr("share of sessions") : tr("everybody"),
                         row.enabled ? tr("%1 %").arg(row.percent) : QString(), texts::age(now - row.changedAt.ms)});
    }
    flags_.replace(std::move(tiles));
}

QString Overview::throughputSpoken() const
{
    return tr("%1 messages per second in, %2 frames per second out")
        .arg(texts::number(finite(messagesIn_.last()), 1), texts::number(finite(messagesOut_.last()), 1));
}

QString Overview::latencySpoken() const
{
    return tr("First token p95 %1 ms, highest %2 ms")
        .arg(texts::number(finite(p95_.last()), 0), texts::number(finite(p95_.maximum()), 0));
}

void Overview::tick()
{
    if (active_ && !range_.isPaused()) {
        fillLists();
        fillBreakers();
        fillFlags();
    }
}

} // namespace orchestra
