// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/access.h"

#include "console/models/texts.h"

namespace orchestra {

Access::Access(OpsClient &client, const Clock &clock, QObject *parent)
    : QObject(parent)
    , client_(client)
    , clock_(clock)
{
    connect(&client_, &OpsClient::welcomed, this, &Access::changed);
    connect(&client_, &OpsClient::linkChanged, this, &Access::tick);
}

QString Access::user() const
{
    return client_.welcome() ? texts::line(client_.welcome()->userId) : QString();
}

QString Access::roleText() const
{
    return client_.welcome() ? texts::line(client_.welcome()->role) : QString();
}

int Access::role() const
{
    const QString word = roleText();
    const QStringList words{QString(),
                            QStringLiteral("client"),
                            QStringLiteral("tester"),
                            QStringLiteral("viewer"),
                            QStringLiteral("operator"),
                            QStringLiteral("admin")};
    return static_cast<int>(std::max<qsizetype>(0, words.indexOf(word)));
}

QString Access::lockText() const
{
    if (!locks_)
        return {};
    if (isLocked())
        return tr("Read-only");
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(unlockedUntil_ - clock_.now()).count();
    return tr("Unlocked %1:%2").arg(left / 60).arg(left % 60, 2, 10, QLatin1Char('0'));
}

QString Access::lockReason() const
{
    return isLocked() ? tr("This server is read-only; unlock it in the strip") : QString();
}

QString Access::refusal() const
{
    if (client_.link().phase() != LinkPhase::Live)
        return tr("The link is not live");
    if (role() < Operator)
        return tr("This needs the role operator; you are %1").arg(roleText());
    return lockReason();
}

void Access::setLocks(bool locks)
{
    locks_ = locks;
    unlockedUntil_ = {};
    Q_EMIT changed();
}

void Access::tick()
{
    if (locks_ && (!isLocked() || !wasLocked_))
        Q_EMIT changed();
    wasLocked_ = isLocked();
}

void Access::unlock()
{
    if (!canUnlock())
        return;
    unlockedUntil_ = clock_.now() + kUnlockedFor;
    Q_EMIT changed();
}

void Access::lock()
{
    unlockedUntil_ = {};
    Q_EMIT changed();
}

} // namespace orchestra
