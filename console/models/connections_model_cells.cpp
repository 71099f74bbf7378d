// SPDX-License-Identifier: GPL-3.0-or-later
// What the cells of the connections table say.
#include "console/models/connections_model.h"

#include "console/models/texts.h"

#include <array>

namespace orchestra {
namespace {

constexpr double kNearBound = 0.75;

QString kibibytes(std::uint64_t bytes)
{
    const double size = static_cast<double>(bytes) / 1024;
    return bytes == 0 ? QStringLiteral("0") : texts::number(size, size < 10 ? 1 : 0);
}

} // namespace

QString ConnectionsModel::numberCell(const wire::ConnectionRow &row, int column) const
{
    switch (column) {
    case ThreadColumn:
        return tr("edge-%1").arg(row.edgeThread);
    case InRateColumn:
        return texts::number(row.inPerS, 1);
    case OutRateColumn:
        return texts::number(row.outPerS, 1);
    case QueueColumn:
        return kibibytes(row.queueBytes);
    case SequenceColumn:
        return texts::count(row.sequence);
    case DropsColumn:
        return texts::count(row.dropped);
    default:
        return {};
    }
}

QString ConnectionsModel::cellText(const QString &key, int column) const
{
    const wire::ConnectionRow *at = row(key);
    if (!at)
        return column == UserColumn ? tr("gone") : QString();
    switch (column) {
    case StateColumn:
        return isSlow(key) ? tr("Slow") : texts::phase(at->phase);
    case UserColumn:
        return texts::line(at->userId);
    case ClientColumn:
        return texts::line(at->clientId);
    case AddressColumn:
        return texts::line(at->address);
    case ApiColumn:
        return at->apiVersion == 0 ? tr("ops") : tr("v%1").arg(at->apiVersion);
    case EncodingColumn:
        return texts::word(at->encoding);
    case UpColumn:
        return texts::age(clock_.wallMs() - at->connectedAt.ms);
    case IdleColumn:
        return texts::age(idleMs(key, *at));
    case SessionColumn:
        return texts::line(at->sessionId);
    default:
        return numberCell(*at, column);
    }
}

bool ConnectionsModel::isSlow(const QString &key) const
{
    return cellFraction(key, QueueColumn) > kNearBound;
}

int ConnectionsModel::cellStatus(const QString &key, int column) const
{
    const wire::ConnectionRow *at = row(key);
    if (!at)
        return Health::Idle;
    if (column == StateColumn)
        return isSlow(key) ? Health::Warn : Health::of(at->phase);
    if (column == QueueColumn)
        return isSlow(key) ? Health::Warn : Health::Idle;
    if (column == DropsColumn)
        return at->dropped > 0 ? Health::Warn : Health::Idle;
    return Health::Idle;
}

qreal ConnectionsModel::cellFraction(const QString &key, int column) const
{
    const wire::ConnectionRow *at = row(key);
    if (!at || column != QueueColumn || at->queueLimitBytes == 0)
        return qQNaN();
    return static_cast<qreal>(at->queueBytes) / static_cast<qreal>(at->queueLimitBytes);
}

bool ConnectionsModel::isDim(const QString &key, int column) const
{
    const wire::ConnectionRow *at = row(key);
    if (!at)
        return true;
    switch (column) {
    case InRateColumn:
        return at->inPerS < 0.05;
    case OutRateColumn:
        return at->outPerS < 0.05;
    case QueueColumn:
        return at->queueBytes == 0;
    case DropsColumn:
        return at->dropped == 0;
    default:
        return false;
    }
}

KeyedTable::SortValue ConnectionsModel::sortValue(const QString &key, int column) const
{
    const wire::ConnectionRow *at = row(key);
    if (!at)
        return {};
    switch (column) {
    case StateColumn:
        return {static_cast<double>(at->phase), {}};
    case ThreadColumn:
        return {static_cast<double>(at->edgeThread), {}};
    case ApiColumn:
        return {static_cast<double>(at->apiVersion), {}};
    case UpColumn:
        return {static_cast<double>(-at->connectedAt.ms), {}};
    case IdleColumn:
        return {static_cast<double>(idleMs(key, *at)), {}};
    case InRateColumn:
        return {at->inPerS, {}};
    case OutRateColumn:
        return {at->outPerS, {}};
    case QueueColumn:
        return {static_cast<double>(at->queueBytes), {}};
    case SequenceColumn:
        return {static_cast<double>(at->sequence), {}};
    case DropsColumn:
        return {static_cast<double>(at->dropped), {}};
    default:
        return {0, cellText(key, column)};
    }
}

QString ConnectionsModel::columnTitle(int column) const
{
    static const std::array<const char *, ColumnCount> titles = {
        QT_TR_NOOP("State"),  QT_TR_NOOP("User"),  QT_TR_NOOP("Client"),   QT_TR_NOOP("Address"),
        QT_TR_NOOP("Thread"), QT_TR_NOOP("API"),   QT_TR_NOOP("Encoding"), QT_TR_NOOP("Up"),
        QT_TR_NOOP("Idle"),   QT_TR_NOOP("In/s"),  QT_TR_NOOP("Out/s"),    QT_TR_NOOP("Queue"),
        QT_TR_NOOP("Seq"),    QT_TR_NOOP("Drops"), QT_TR_NOOP("Session")};
    return tr(titles[static_cast<std::size_t>(column)]);
}

QString ConnectionsModel::spoken(const QString &key) const
{
    const wire::ConnectionRow *at = row(key);
    if (!at)
        return tr("gone");
    return tr("%1, %2, %3, idle %4, queue %5")
        .arg(texts::line(at->userId), texts::phase(at->phase), texts::line(at->address), texts::age(idleMs(key, *at)),
             texts::bytes(at->queueBytes));
}

} // namespace orchestra
