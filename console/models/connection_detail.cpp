// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/connection_detail.h"

#include "console/models/texts.h"
#include "shared/wire/json_writer.h"

#include <QJsonDocument>

namespace orchestra {
namespace {

constexpr qsizetype kQueuePoints = 600;

/// The part of a queue's bound above which it is worth a warning.
constexpr double kNearBound = 0.75;

} // namespace

ConnectionDetail::ConnectionDetail(OpsClient &client, const Clock &clock, QObject *parent)
    : QObject(parent)
    , client_(client)
    , clock_(clock)
    , queue_(tr("queue"), 0, this)
{
}

void ConnectionDetail::show(const QString &key)
{
    if (key == key_)
        return;
    key_ = key;
    row_ = {};
    isGone_ = false;
    queuePoints_.clear();
    queue_.setPoints({});
    facts_.setRows({});
    timeline_.setRows({});
    links_.setRows({});
    frames_.clear();
    const auto &rows = client_.mirror().connections();
    const auto found = rows.find(key.toStdString());
    if (found != rows.end())
        update(&found->second);
    ask();
    Q_EMIT changed();
}

void ConnectionDetail::update(const wire::ConnectionRow *row)
{
    isGone_ = row == nullptr;
    if (row)
        row_ = *row;
    fillFacts();
    Q_EMIT changed();
}

void ConnectionDetail::tick()
{
    if (key_.isEmpty())
        return;
    if (!isGone_) {
        queuePoints_.append({static_cast<qreal>(clock_.wallMs()), static_cast<qreal>(row_.queueBytes) / 1024});
        if (queuePoints_.size() > kQueuePoints)
            queuePoints_.removeFirst();
        queue_.setPoints(queuePoints_);
        ask();
    }
    fillFacts();
    Q_EMIT changed();
}

void ConnectionDetail::ask()
{
    const auto id = parseId<ConnectionId>(key_.toStdString());
    if (!id || asking_)
        return;
    asking_ = true;
    client_.queryConnection(*id, [this, key = key_](Result<wire::ConnectionReply> reply) {
        asking_ = false;
        if (key != key_)
            ask(); // another one is looked at by now
        else if (reply && reply->detail)
            take(*reply->detail);
    });
}

void ConnectionDetail::take(const wire::ConnectionDetail &detail)
{
    std::vector<Step> steps;
    for (std::size_t i = 0; i < detail.history.size(); ++i) {
        const wire::PhaseChange &change = detail.history[i];
        const bool isLast = i + 1 == detail.history.size();
        const std::int64_t end = isLast ? clock_.wallMs() : detail.history[i + 1].at.ms;
        steps.push_back({texts::phase(change.phase), texts::age(end - change.at.ms), texts::line(change.cause),
                         isLast ? Health::of(change.phase) : Health::Ok, static_cast<int>(i)});
    }
    timeline_.setRows(std::move(steps));
    std::vector<FrameLine> lines;
    std::int64_t before = -1;
    for (const wire::FrameTrace &frame : detail.frames) {
        FrameLine line;
        line.direction = frame.outbound ? FramesModel::Sent : FramesModel::Received;
        line.sequence = frame.sequence;
        line.number = static_cast<quint64>(frame.at.ms) * 1000 + lines.size() % 1000;
        line.type = texts::line(frame.type);
        line.bytes = static_cast<qint64>(frame.bytes);
        line.deltaMs = before < 0 ? -1 : frame.at.ms - before;
        before = frame.at.ms;
        lines.push_back(std::move(line));
    }
    frames_.replace(std::move(lines));
}

void ConnectionDetail::fillFacts()
{
    if (key_.isEmpty() || !row_.connectionId.isSet())
        return;
    const WallMs now = clock_.wallMs();
    const QString api =
        row_.apiVersion == 0 ? tr("operations") : tr("v%1, %2").arg(row_.apiVersion).arg(texts::word(row_.encoding));
    std::vector<Fact> facts = {
        {tr("State"), texts::phase(row_.phase), status(), false, {}},
        {tr("User"), texts::line(row_.userId), Health::Idle, false, {}},
        {tr("Role"), texts::line(row_.role), Health::Idle, false, {}},
        {tr("Client"), texts::line(row_.clientId), Health::Idle, true, {}},
        {tr("Session"), texts::line(row_.sessionId), Health::Idle, true, {}},
        {tr("Address"), texts::line(row_.address), Health::Idle, true, {}},
        {tr("Protocol"), api, Health::Idle, false, {}},
        {tr("Edge thread"), QString::number(row_.edgeThread), Health::Idle, false, {}},
        {tr("Connected"), texts::age(now - row_.connectedAt.ms), Health::Idle, false, {}},
        {tr("Frames in, out"),
         tr("%1, %2").arg(texts::count(row_.framesIn), texts::count(row_.framesOut)),
         Health::Idle,
         false,
         {}},
        {tr("Bytes in, out"),
         tr("%1, %2").arg(texts::bytes(row_.bytesIn), texts::bytes(row_.bytesOut)),
         Health::Idle,
         false,
         {}},
        {tr("Dropped progress"), texts::count(row_.dropped), row_.dropped > 0 ? Health::Warn : Health::Idle, false, {}},
        {tr("Malformed frames"),
         texts::count(row_.violations),
         row_.violations > 0 ? Health::Warn : Health::Idle,
         false,
         {}},
        {tr("Id"), key_, Health::Idle, true, {}},
    };
    facts_.setRows(std::move(facts));
}

int ConnectionDetail::status() const
{
    if (key_.isEmpty() || isGone_)
        return Health::Idle;
    return queueStatus() == Health::Warn ? Health::Warn : static_cast<int>(Health::of(row_.phase));
}

QString ConnectionDetail::title() const
{
    return texts::line(row_.userId);
}

QString ConnectionDetail::subtitle() const
{
    if (key_.isEmpty())
        return {};
    if (isGone_)
        return tr("Gone; the last that was seen");
    const QString since = texts::age(clock_.wallMs() - row_.connectedAt.ms);
    return queueStatus() == Health::Warn ? tr("Slow reader, %1 for %2").arg(texts::phase(row_.phase).toLower(), since)
                                         : tr("%1 for %2").arg(texts::phase(row_.phase), since);
}

QString ConnectionDetail::queueText() const
{
    return tr("%1 of %2").arg(texts::bytes(row_.queueBytes), texts::bytes(row_.queueLimitBytes));
}

int ConnectionDetail::queueStatus() const
{
    const bool isNear = row_.queueLimitBytes > 0 &&
                        static_cast<double>(row_.queueBytes) > kNearBound * static_cast<double>(row_.queueLimitBytes);
    return isNear ? Health::Warn : Health::Idle;
}

qreal ConnectionDetail::queueBound() const
{
    return static_cast<qreal>(row_.queueLimitBytes) / 1024;
}

QString ConnectionDetail::framesNote() const
{
    return tr("Sizes and types; content is never shown here");
}

QString ConnectionDetail::raw() const
{
    if (key_.isEmpty())
        return {};
    return QString::fromUtf8(
        QJsonDocument::fromJson(QByteArray::fromStdString(wire::toJson(row_))).toJson(QJsonDocument::Indented));
}

} // namespace orchestra
