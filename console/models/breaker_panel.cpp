// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/breaker_panel.h"

#include "console/models/texts.h"
#include "shared/wire/json_writer.h"
#include "shared/wire/series_names.h"

#include <QJsonDocument>

#include <algorithm>
#include <array>

namespace orchestra {
namespace {

constexpr std::chrono::milliseconds kFlushEvery{250};
constexpr std::array<std::chrono::minutes, 3> kTerms = {std::chrono::minutes(5), std::chrono::minutes(15),
                                                        std::chrono::minutes(60)};

} // namespace

BreakerPanel::BreakerPanel(OpsClient &client, SeriesFeed &feed, ViewRange &range, const Clock &clock, QObject *parent)
    : QObject(parent)
    , client_(client)
    , feed_(feed)
    , range_(range)
    , clock_(clock)
    , history_(client, clock, this)
    , errorRate_(tr("error rate"), 2, this)
    , probe_(tr("Probe now"), 1, this)
    , open_(tr("Force open…"), 2, this)
    , close_(tr("Force closed…"), 2, this)
    , reset_(tr("Reset…"), 2, this)
{
    flushTimer_.setSingleShot(true);
    flushTimer_.setInterval(kFlushEvery);
    connect(&flushTimer_, &QTimer::timeout, this, &BreakerPanel::flush);
    connect(&client_, &OpsClient::topicChanged, this, [this](const TopicChange &change) {
        if (change.topic != wire::Topic::Breakers)
            return;
        if (range_.isPaused())
            range_.hold();
        else if (active_ && !flushTimer_.isActive())
            flushTimer_.start();
    });
    connect(&client_, &OpsClient::linkChanged, this, &BreakerPanel::refreshContent);
    connect(&history_, &BreakerHistory::changed, this, [this] {
        if (active_)
            flush();
    });
    connect(&range_, &ViewRange::pausedChanged, this, &BreakerPanel::flush);
    connect(&range_, &ViewRange::presetChanged, this, &BreakerPanel::flush);
    connect(&feed_, &SeriesFeed::changed, this, &BreakerPanel::fillErrorRate);
    refreshActions();
}

void BreakerPanel::setActive(bool active)
{
    if (active == active_)
        return;
    active_ = active;
    history_.setActive(active_);
    if (active_) {
        client_.watch(wire::Topic::Breakers);
        feed_.watch();
        fillErrorRate(); // the feed may have been watched already
        flush();
    } else {
        client_.unwatch(wire::Topic::Breakers);
        feed_.unwatch();
    }
    Q_EMIT activeChanged();
}

void BreakerPanel::flush()
{
    if (range_.isPaused())
        return;
    const auto &breakers = client_.mirror().breakers();
    history_.follow();
    if (current_.isEmpty() && !breakers.empty()) { // what is worst is looked at first
        const auto worst = std::ranges::max_element(
            breakers, {}, [](const auto &entry) { return static_cast<int>(Health::of(entry.second.state)); });
        setCurrentKey(QString::fromStdString(worst->first));
    }
    auto tiles = breakerTiles(breakers, clock_.wallMs(), range_.utcOffsetSeconds(), false);
    for (BreakerTile &tile : tiles) {
        tile.isCurrent = tile.name == current_;
        tile.dayText = breakerDay(history_.of(tile.name.toStdString()));
        if (!tile.dayText.isEmpty())
            tile.spoken += tr(", opened %1").arg(tile.dayText);
    }
    cards_.replace(std::move(tiles));
    const WallMs startedAt = client_.welcome() ? client_.welcome()->startedAt.ms : 0;
    // Nothing is known of the time behind the last frame of a lost link.
    const qreal knownMs =
        client_.link().phase() == LinkPhase::Live ? range_.toMs() : static_cast<qreal>(client_.lastFrameAt());
    lanes_.setRows(breakerLanes(breakers, history_, range_.fromMs(), std::min(range_.toMs(), knownMs), startedAt));
    fillDetail();
    refreshActions();
    refreshContent();
    Q_EMIT changed();
}

void BreakerPanel::fillErrorRate()
{
    if (!active_)
        return;
    QList<QPointF> percent = feed_.points(series::kErrorRate);
    for (QPointF &point : percent)
        point.ry() *= 100;
    errorRate_.setPoints(std::move(percent));
    Q_EMIT changed();
}

void BreakerPanel::refreshContent()
{
    if (!client_.mirror().breakers().empty()) {
        content_.set(Content::Ready);
        return;
    }
    const LinkPhase phase = client_.link().phase();
    const bool isAway = phase == LinkPhase::Idle || phase == LinkPhase::Lost || phase == LinkPhase::Denied;
    content_.set(isAway ? Content::Disconnected : Content::Loading, isAway ? tr("Not connected") : QString(),
                 isAway ? tr("Nothing was received yet.") : QString());
}

QString BreakerPanel::headText() const
{
    return breakersHead(client_.mirror().breakers());
}

qreal BreakerPanel::errorGuard() const
{
    return series::kErrorRateGuard * 100;
}

QString BreakerPanel::errorSpoken() const
{
    const qreal highest = errorRate_.maximum();
    return tr("Error rate, highest %1 percent, guard %2 percent")
        .arg(texts::number(highest, 2), texts::number(errorGuard(), 1));
}

int BreakerPanel::currentRow() const
{
    const auto &rows = cards_.rows();
    const auto found = std::ranges::find(rows, current_, &BreakerTile::name);
    return found == rows.end() ? -1 : static_cast<int>(found - rows.begin());
}

void BreakerPanel::setCurrentKey(const QString &name)
{
    if (std::exchange(current_, name) == name)
        return;
    if (active_)
        flush();
    Q_EMIT currentChanged();
}

void BreakerPanel::select(int row)
{
    if (row >= 0 && row < cards_.rowCount())
        setCurrentKey(cards_.rows()[static_cast<std::size_t>(row)].name);
}

const wire::BreakerRow *BreakerPanel::current() const
{
    const auto &breakers = client_.mirror().breakers();
    const auto found = breakers.find(current_.toStdString());
    return found == breakers.end() ? nullptr : &found->second;
}

QString BreakerPanel::subtitle() const
{
    const wire::BreakerRow *row = current();
    return row ? tr("%1 for %2").arg(texts::breakerState(row->state), texts::age(clock_.wallMs() - row->since.ms))
               : QString();
}

int BreakerPanel::status() const
{
    const wire::BreakerRow *row = current();
    return row ? static_cast<int>(Health::of(row->state)) : static_cast<int>(Health::Idle);
}

QString BreakerPanel::raw() const
{
    const wire::BreakerRow *row = current();
    if (!row)
        return {};
    const QByteArray json = QByteArray::fromStdString(wire::toJson(*row));
    return QString::fromUtf8(QJsonDocument::fromJson(json).toJson(QJsonDocument::Indented));
}

void BreakerPanel::fillDetail()
{
    const wire::BreakerRow *row = current();
    facts_.setRows(row ? breakerFacts(*row, clock_.wallMs(), range_.utcOffsetSeconds()) : std::vector<Fact>());
    const BreakerHistory::Moves &moves = history_.of(current_.toStdString());
    moves_.setRows(row ? breakerSteps(moves, clock_.wallMs(), range_.utcOffsetSeconds()) : std::vector<Step>());
}

QString BreakerPanel::movesNote() const
{
    const std::size_t count = history_.of(current_.toStdString()).size();
    if (count == 0)
        return tr("It has been in this state for the last 24 hours, or since it was first called.");
    if (count > kMostSteps)
        return tr("%1 changes in 24 hours; the latest %2 are shown.")
            .arg(texts::count(count), texts::count(kMostSteps));
    return count == 1 ? tr("1 change in 24 hours.") : tr("%1 changes in 24 hours.").arg(texts::count(count));
}

QStringList BreakerPanel::terms() const
{
    return {tr("5 min"), tr("15 min"), tr("1 h")};
}

void BreakerPanel::setTerm(int term)
{
    term_ = std::clamp(term, 0, static_cast<int>(kTerms.size()) - 1);
    Q_EMIT termChanged();
}

std::chrono::seconds BreakerPanel::termLength() const
{
    return kTerms[static_cast<std::size_t>(term_)];
}

void BreakerPanel::setActionReason(const QString &reason)
{
    actionReason_ = reason;
    refreshActions();
}

void BreakerPanel::refreshActions()
{
    const wire::BreakerRow *row = current();
    const QString none = tr("Select a breaker first");
    const auto reasonFor = [&](const QString &own) { return !row ? none : own.isEmpty() ? actionReason_ : own; };
    probe_.setTitle(row ? tr("Probe %1 now").arg(current_) : tr("Probe now"));
    probe_.setReason(
        reasonFor(row && row->state == wire::BreakerState::Open ? QString() : tr("Only an open breaker is probed")));
    open_.setReason(
        reasonFor(row && row->state == wire::BreakerState::ForcedOpen ? tr("It is forced open") : QString()));
    close_.setReason(
        reasonFor(row && row->state == wire::BreakerState::MetricsOnly ? tr("It is forced closed") : QString()));
    reset_.setReason(reasonFor(row && row->overrideUntil ? QString() : tr("Nothing is forced")));
}

void BreakerPanel::tick()
{
    if (active_)
        flush();
}

} // namespace orchestra
