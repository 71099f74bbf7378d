// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/overview.h"

#include "console/models/navigation.h"
#include "console/models/overview_rows.h"
#include "console/models/texts.h"
#include "shared/wire/series_names.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace orchestra {
namespace {

constexpr std::chrono::milliseconds kFlushEvery{250};
/// What is watched while the screen is, besides the overview itself.
constexpr std::array kTopics = {wire::Topic::Breakers, wire::Topic::Flags, wire::Topic::Degradation,
                                wire::Topic::Models, wire::Topic::Tools};

std::optional<double> finite(qreal value)
{
    return std::isfinite(value) ? std::optional<double>(value) : std::nullopt;
}

} // namespace

Overview::Overview(OpsClient &client, SeriesFeed &feed, ViewRange &range, const Clock &clock, QObject *parent)
    : QObject(parent)
    , client_(client)
    , feed_(feed)
    , range_(range)
    , clock_(clock)
    , messagesIn_(tr("in"), 1, this)
    , messagesOut_(tr("out"), 1, this)
    , tokens_(tr("tokens"), 0, this)
    , p50_(tr("p50"), 0, this)
    , p95_(tr("p95"), 0, this)
    , p99_(tr("p99"), 0, this)
{
    flushTimer_.setSingleShot(true);
    flushTimer_.setInterval(kFlushEvery);
    connect(&flushTimer_, &QTimer::timeout, this, &Overview::flush);
    connect(&client_, &OpsClient::topicChanged, this, [this](const TopicChange &change) {
        if (change.topic != wire::Topic::Overview && std::ranges::find(kTopics, change.topic) == kTopics.end())
            return;
        if (range_.isPaused())
            range_.hold();
        else if (active_ && !flushTimer_.isActive())
            flushTimer_.start();
    });
    connect(&client_, &OpsClient::linkChanged, this, &Overview::refreshContent);
    connect(&range_, &ViewRange::pausedChanged, this, &Overview::flush);
    connect(&range_, &ViewRange::pausedChanged, this, &Overview::fillTiles);
    connect(&range_, &ViewRange::presetChanged, this, &Overview::changed);
    connect(&feed_, &SeriesFeed::changed, this, [this] {
        if (!active_) // another screen looks at it
            return;
        fillCharts();
        fillTiles();
    });
}

void Overview::setActive(bool active)
{
    if (active == active_)
        return;
    active_ = active;
    for (const wire::Topic topic : kTopics)
        active_ ? client_.watch(topic) : client_.unwatch(topic);
    active_ ? feed_.watch() : feed_.unwatch();
    if (active_) {
        fillCharts(); // the feed may have been watched already
        flush();
    }
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
    fillTiles();
    flush();
    Q_EMIT faultsOnlyChanged();
}

void Overview::flush()
{
    if (range_.isPaused())
        return;
    if (tiles_.rowCount() == 0) // from then on once a second, with the charts
        fillTiles();
    fillLists();
    fillBreakers();
    fillFlags();
    fillModels();
    fillDegradation();
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
    errors.note = tr("guard %1").arg(texts::number(series::kErrorRateGuard * 100, 1));
    errors.guard = series::kErrorRateGuard;
    errors.changeText.clear();
    errors.trend = 0;
    if (at->errorRate.value_or(0) > series::kErrorRateGuard)
        errors.status = Health::Warn;

    Tile breakers = measured(tr("Breakers not closed"), series::kBreakersNotClosed, 0, tr("of %1").arg(at->breakers));
    breakers.value = texts::count(at->breakersNotClosed);
    breakers.status = at->breakersNotClosed > 0 ? Health::Bad : Health::Idle;
    breakers.clickable = true;
    breakers.screen = Navigation::Breakers;
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
    tasks.clickable = true;
    tasks.screen = Navigation::Tasks;

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
    const bool isLive = client_.link().phase() == LinkPhase::Live;
    problems_.replace(problemsOf(*at, clock_.wallMs(), isLive), problemsSummary(*at));
    changes_.replace(changesOf(*at, range_.utcOffsetSeconds()));
    startup_.replace(startupOf(*at), !at->ready && !at->draining);
}

void Overview::fillBreakers()
{
    breakers_.replace(
        breakerTiles(client_.mirror().breakers(), clock_.wallMs(), range_.utcOffsetSeconds(), faultsOnly_));
}

void Overview::fillFlags()
{
    // A flag is never a fault.
    flags_.replace(faultsOnly_ ? std::vector<FlagTile>() : flagTiles(client_.mirror().flags(), clock_.wallMs()));
}

void Overview::fillModels()
{
    const Mirror &mirror = client_.mirror();
    models_.replace(modelLines(mirror.models(), faultsOnly_), modelsSummary(mirror.models()));
    tools_.replace(toolLines(mirror.tools(), faultsOnly_), toolsSummary(mirror.tools()));
}

void Overview::fillDegradation()
{
    const auto &degradation = client_.mirror().degradation();
    degradation_.take(degradation.empty() ? nullptr : &degradation.begin()->second, clock_.wallMs(),
                      range_.utcOffsetSeconds());
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
        fillDegradation();
    }
}

} // namespace orchestra
