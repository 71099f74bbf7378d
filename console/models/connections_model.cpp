// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/connections_model.h"

#include "console/models/texts.h"

#include <algorithm>
#include <array>

namespace orchestra {
namespace {

constexpr std::chrono::milliseconds kFlushEvery{250};
constexpr qsizetype kCountPoints = 600;
constexpr int kWindowMargin = 100;

QStringList filterFields()
{
    QStringList out;
    std::apply(
        [&](const auto &...field) {
            (out.append(QString::fromUtf8(field.name.data(), static_cast<qsizetype>(field.name.size()))), ...);
        },
        wire::ConnectionRow::fields());
    return out;
}

/// Server column names in the order of the model's columns, for sorting beyond kLocalRows.
constexpr std::array<const char *, ConnectionsModel::ColumnCount> kServerColumns = {
    "phase",   "user_id",  "client_id", "address",     "edge_thread", "api_version", "encoding",  "connected_at",
    "idle_ms", "in_per_s", "out_per_s", "queue_bytes", "sequence",    "dropped",     "session_id"};

} // namespace

ConnectionsModel::ConnectionsModel(OpsClient &client, ViewRange &range, const Clock &clock, QObject *parent)
    : KeyedTable(parent)
    , client_(client)
    , range_(range)
    , clock_(clock)
    , filter_(filterFields(), this)
    , idle_(tr("idle"), 0, this)
    , activeSeries_(tr("active"), 0, this)
    , starting_(tr("starting"), 0, this)
    , detail_(client, clock, this)
    , closeAction_(tr("Close…"), 2, this)
    , closeUserAction_(tr("Close all of this user…"), 2, this)
    , openChatAction_(tr("Open live chat"), 0, this)
{
    sort(QueueColumn, Qt::DescendingOrder);
    flushTimer_.setSingleShot(true);
    flushTimer_.setInterval(kFlushEvery);
    connect(&flushTimer_, &QTimer::timeout, this, &ConnectionsModel::flush);
    connect(&client_, &OpsClient::topicChanged, this, &ConnectionsModel::whenTopicChanged);
    connect(&client_, &OpsClient::linkChanged, this, &ConnectionsModel::refreshContent);
    connect(&client_, &OpsClient::welcomed, this, &ConnectionsModel::summaryChanged);
    connect(&filter_, &Filter::changed, this, [this] {
        windowFirst_ = 0;
        if (asksForWindow_)
            subscribe();
        refresh();
        refreshSummaries();
    });
    connect(this, &KeyedTable::sortChanged, this, [this] {
        if (asksForWindow_)
            subscribe();
    });
    connect(this, &KeyedTable::viewportChanged, this, &ConnectionsModel::whenViewportChanged);
    connect(this, &KeyedTable::currentChanged, this, [this] {
        detail_.show(currentKey());
        refreshActions();
        Q_EMIT summaryChanged();
    });
    connect(this, &KeyedTable::marksChanged, this, [this] {
        refreshActions();
        Q_EMIT summaryChanged();
    });
    connect(&range_, &ViewRange::pausedChanged, this, &ConnectionsModel::whenPaused);
    connect(&openChatAction_, &Action::triggered, this, [this] {
        if (const wire::ConnectionRow *at = row(currentKey()))
            Q_EMIT chatWanted(texts::line(at->userId), texts::line(at->sessionId));
    });
    refreshActions();
}

int ConnectionsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

int ConnectionsModel::total() const
{
    return static_cast<int>(client_.mirror().total(wire::Topic::Connections));
}

bool ConnectionsModel::isWindowed() const
{
    return asksForWindow_ && (shownFirst_ > 0 || client_.mirror().matched(wire::Topic::Connections) > shown().size());
}

void ConnectionsModel::setActive(bool active)
{
    if (active == active_)
        return;
    active_ = active;
    if (active_)
        subscribe();
    else
        client_.unsubscribe(wire::Topic::Connections);
    Q_EMIT activeChanged();
}

void ConnectionsModel::subscribe()
{
    if (!active_)
        return;
    wire::Subscribe subscription;
    subscription.topic = wire::Topic::Connections;
    asksForWindow_ = client_.mirror().total(wire::Topic::Connections) > kLocalRows;
    if (asksForWindow_) {
        subscription.filter = filter_.whole().toStdString();
        subscription.sort = kServerColumns[static_cast<std::size_t>(sortColumn())];
        subscription.descending = sortDescending();
        subscription.first = static_cast<std::uint64_t>(windowFirst_);
        subscription.count = static_cast<std::uint64_t>(windowCount_);
    }
    client_.subscribe(std::move(subscription));
}

void ConnectionsModel::whenViewportChanged(int first, int last)
{
    if (!asksForWindow_)
        return;
    const bool isInside = first >= windowFirst_ && last < windowFirst_ + windowCount_;
    if (isInside)
        return;
    windowFirst_ = std::max(0, first - kWindowMargin);
    windowCount_ = last - first + 1 + 2 * kWindowMargin;
    subscribe();
}

void ConnectionsModel::whenTopicChanged(const TopicChange &change)
{
    if (change.topic != wire::Topic::Connections)
        return;
    noteHeard(change);
    if (range_.isPaused()) {
        range_.hold();
        return;
    }
    // A table that has just grown beyond what is kept here is asked for again, as a window; one that has shrunk, whole.
    if (asksForWindow_ != (client_.mirror().total(wire::Topic::Connections) > kLocalRows))
        subscribe();
    if (!flushTimer_.isActive())
        flushTimer_.start();
}

void ConnectionsModel::noteHeard(const TopicChange &change)
{
    const WallMs now = clock_.wallMs();
    for (const std::string &key : change.upserted)
        heardAt_.insert(QString::fromStdString(key), now);
    for (const std::string &key : change.removed)
        heardAt_.remove(QString::fromStdString(key));
    if (!change.reset)
        return;
    shownFirst_ = windowFirst_;
    heardAt_.clear();
    for (const auto &[key, row] : client_.mirror().connections())
        heardAt_.insert(QString::fromStdString(key), now);
}

std::int64_t ConnectionsModel::idleMs(const QString &key, const wire::ConnectionRow &row) const
{
    // The server does not tell again that somebody is still silent.
    const bool isKnownTime = !held_ && heardAt_.contains(key);
    const WallMs now = client_.link().phase() == LinkPhase::Live ? clock_.wallMs() : client_.lastFrameAt();
    const WallMs since = isKnownTime ? std::max<WallMs>(0, now - heardAt_.value(key)) : 0;
    return static_cast<std::int64_t>(row.idleMs) + since;
}

void ConnectionsModel::whenPaused()
{
    if (range_.isPaused()) {
        flushTimer_.stop();
        Rows rows = client_.mirror().connections();
        for (auto &[key, row] : rows)
            row.idleMs = static_cast<std::uint64_t>(idleMs(QString::fromStdString(key), row));
        held_ = std::move(rows);
    } else {
        held_.reset();
        flush();
    }
}

void ConnectionsModel::flush()
{
    if (range_.isPaused())
        return;
    const Rows &rows = shown();
    for (auto pending = pending_.begin(); pending != pending_.end();)
        pending = rows.contains(pending.key().toStdString()) ? std::next(pending) : pending_.erase(pending);
    refresh();
    if (!currentKey().isEmpty()) {
        const auto current = rows.find(currentKey().toStdString());
        if (current != rows.end())
            detail_.update(&current->second);
        else if (!isWindowed()) // a window that has moved on says nothing about it
            detail_.update(nullptr);
    }
    refreshSummaries();
    refreshContent();
}

const wire::ConnectionRow *ConnectionsModel::row(const QString &key) const
{
    const auto found = shown().find(key.toStdString());
    return found == shown().end() ? nullptr : &found->second;
}

std::vector<QString> ConnectionsModel::wantedKeys() const
{
    std::vector<QString> keys;
    for (const auto &[key, row] : shown()) {
        if (isWindowed() || filter_.rowFilter().matches(row))
            keys.push_back(QString::fromStdString(key));
    }
    return keys;
}

int ConnectionsModel::rowsBefore() const
{
    return isWindowed() ? shownFirst_ : 0;
}

int ConnectionsModel::rowsBehind() const
{
    if (!isWindowed())
        return 0;
    const auto matched = static_cast<int>(client_.mirror().matched(wire::Topic::Connections));
    return std::max(0, matched - shownFirst_ - static_cast<int>(shown().size()));
}

QString ConnectionsModel::pendingText(const QString &key) const
{
    return pending_.value(key);
}

void ConnectionsModel::setPending(const QStringList &keys, const QString &text)
{
    for (const QString &key : keys) {
        if (text.isEmpty())
            pending_.remove(key);
        else
            pending_.insert(key, text);
    }
    touch(keys, {PendingTextRole});
}

void ConnectionsModel::setActionReason(const QString &reason)
{
    actionReason_ = reason;
    refreshActions();
}

void ConnectionsModel::refreshActions()
{
    const QStringList chosen = chosenKeys();
    const QString none = tr("Select a connection first");
    closeAction_.setTitle(chosen.size() > 1 ? tr("Close %1 connections…").arg(chosen.size()) : tr("Close…"));
    closeAction_.setReason(chosen.isEmpty() ? none : actionReason_);
    const wire::ConnectionRow *current = row(currentKey());
    closeUserAction_.setTitle(current ? tr("Close all of %1…").arg(texts::line(current->userId))
                                      : tr("Close all of this user…"));
    closeUserAction_.setReason(current ? actionReason_ : none);
    openChatAction_.setReason(current ? QString() : none);
}

QString ConnectionsModel::headText() const
{
    const auto &overview = client_.mirror().overview();
    if (overview.empty())
        return tr("%1 open").arg(texts::count(static_cast<std::uint64_t>(total())));
    return tr("%1 of %2")
        .arg(texts::count(static_cast<std::uint64_t>(total())), texts::count(overview.begin()->second.clientLimit));
}

QString ConnectionsModel::listenText() const
{
    // A server that was told to take any port says 0; how we found it is the better answer then.
    const QString told = client_.welcome() ? texts::line(client_.welcome()->address) : QString();
    return told.isEmpty() || told.endsWith(QLatin1String(":0")) ? client_.endpoint().name() : told;
}

QString ConnectionsModel::testCommand() const
{
    return QStringLiteral("orchestractl --server %1 chat").arg(client_.endpoint().name());
}

QString ConnectionsModel::selectionText() const
{
    const int chosen = markedCount() > 0 ? markedCount() : (currentRow() >= 0 ? 1 : 0);
    return chosen == 0 ? tr("No selection")
                       : tr("%1 of %2 selected").arg(chosen).arg(texts::count(static_cast<std::uint64_t>(rowTotal())));
}

QString ConnectionsModel::filterText() const
{
    return filter_.isOn() ? tr("filter on, %1 in all").arg(texts::count(static_cast<std::uint64_t>(total())))
                          : QString();
}

void ConnectionsModel::countStates()
{
    qreal idle = 0;
    qreal active = 0;
    qreal starting = 0;
    for (const auto &[key, at] : shown()) {
        if (at.phase != wire::ConnectionPhase::Active)
            ++starting;
        else if (idleMs(QString::fromStdString(key), at) >
                 static_cast<std::int64_t>(wire::ConnectionTotals::kIdleAfterMs))
            ++idle;
        else
            ++active;
    }
    if (isWindowed()) { // only the server has counted those that are not here
        const auto &totals = client_.mirror().connectionTotals();
        idle = totals ? static_cast<qreal>(totals->idle) : qQNaN();
        active = totals ? static_cast<qreal>(totals->active) : qQNaN();
        starting = totals ? static_cast<qreal>(totals->starting) : qQNaN();
    }
    const auto now = static_cast<qreal>(clock_.wallMs());
    const auto push = [now](QList<QPointF> &points, qreal value, Series &series) {
        points.append({now, value});
        if (points.size() > kCountPoints)
            points.removeFirst();
        series.setPoints(points);
    };
    push(idlePoints_, idle, idle_);
    push(activePoints_, active, activeSeries_);
    push(startingPoints_, starting, starting_);
}

void ConnectionsModel::refreshSummaries()
{
    // Sums over a window would pass for sums over all: then the server's are shown, or none.
    const auto &totals = client_.mirror().connectionTotals();
    if (!isWindowed()) {
        histogram_.setRows(queueBars(shown()));
        topUsers_.setRows(topUsersOf(shown()));
    } else if (!range_.isPaused()) {
        histogram_.setRows(totals ? queueBars(*totals) : std::vector<HistogramBar>());
        topUsers_.setRows(totals ? topUsersOf(*totals) : std::vector<TopUser>());
    }
    filter_.setCountText(filter_.isOn() ? tr("%1 of %2")
                                              .arg(texts::count(static_cast<std::uint64_t>(rowTotal())),
                                                   texts::count(static_cast<std::uint64_t>(total())))
                                        : texts::count(static_cast<std::uint64_t>(total())));
    Q_EMIT summaryChanged();
}

void ConnectionsModel::refreshContent()
{
    if (!client_.mirror().isSynced(wire::Topic::Connections) && client_.mirror().connections().empty()) {
        const LinkPhase phase = client_.link().phase();
        const bool isAway = phase == LinkPhase::Idle || phase == LinkPhase::Lost || phase == LinkPhase::Denied;
        content_.set(isAway ? Content::Disconnected : Content::Loading, isAway ? tr("Not connected") : QString(),
                     isAway ? tr("Nothing was received yet.") : QString());
    } else if (rowTotal() == 0 && filter_.isOn()) {
        content_.set(Content::Filtered, tr("0 of %1 match").arg(texts::count(static_cast<std::uint64_t>(total()))),
                     tr("%1 leaves nothing. The table itself is not empty.").arg(filter_.whole()));
    } else if (rowTotal() == 0) {
        content_.set(Content::Empty, tr("No connections"), tr("The server listens on %1.").arg(listenText()));
    } else {
        content_.set(Content::Ready);
    }
}

void ConnectionsModel::tick()
{
    if (!active_ || range_.isPaused())
        return;
    countStates();
    detail_.tick();
    if (rowTotal() > 0)
        Q_EMIT dataChanged(index(0, UpColumn), index(rowTotal() - 1, IdleColumn), {Qt::DisplayRole});
    refreshContent();
}

} // namespace orchestra
