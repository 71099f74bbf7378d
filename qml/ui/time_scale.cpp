// SPDX-License-Identifier: GPL-3.0-or-later
#include "qml/ui/time_scale.h"

#include <QDateTime>

#include <cmath>

namespace orchestra::ui {

namespace {

/// Steps that a clock face knows, in seconds.
constexpr qint64 kSteps[] = {1,   2,   5,    10,   15,   30,    60,    120,   180,  300,
                             600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400};

QDateTime shown(qreal ms, int utcOffsetSeconds)
{
    return QDateTime::fromMSecsSinceEpoch(qint64(ms), Qt::OffsetFromUTC, utcOffsetSeconds);
}

} // namespace

void TimeScale::setFromMs(qreal fromMs)
{
    if (qFuzzyCompare(fromMs_, fromMs))
        return;
    fromMs_ = fromMs;
    Q_EMIT inputChanged();
    update();
}

void TimeScale::setToMs(qreal toMs)
{
    if (qFuzzyCompare(toMs_, toMs))
        return;
    toMs_ = toMs;
    Q_EMIT inputChanged();
    update();
}

void TimeScale::setUtcOffsetSeconds(int seconds)
{
    if (utcOffsetSeconds_ == seconds)
        return;
    utcOffsetSeconds_ = seconds;
    Q_EMIT inputChanged();
    update();
}

void TimeScale::setMost(int most)
{
    most = std::max(1, most);
    if (most_ == most)
        return;
    most_ = most;
    Q_EMIT inputChanged();
    update();
}

QString TimeScale::textOf(qreal ms) const
{
    return std::isfinite(ms) ? shown(ms, utcOffsetSeconds_).toString(QStringLiteral("HH:mm:ss"))
                             : QString(QChar(0x2014));
}

void TimeScale::update()
{
    QList<qreal> ticks;
    QStringList labels;
    const qreal span = toMs_ - fromMs_;
    if (std::isfinite(span) && span > 0) {
        qint64 step = kSteps[std::size(kSteps) - 1];
        for (const qint64 candidate : kSteps) {
            if (span / qreal(candidate * 1000) <= most_) {
                step = candidate;
                break;
            }
        }
        const qint64 stepMs = step * 1000;
        const qint64 offsetMs = qint64(utcOffsetSeconds_) * 1000;
        const QString format = step < 60 ? QStringLiteral("HH:mm:ss") : QStringLiteral("HH:mm");
        qint64 tick = qint64(std::ceil((fromMs_ + qreal(offsetMs)) / qreal(stepMs))) * stepMs - offsetMs;
        for (; qreal(tick) <= toMs_; tick += stepMs) {
            ticks.append(qreal(tick));
            labels.append(shown(qreal(tick), utcOffsetSeconds_).toString(format));
        }
    }
    if (ticks == ticks_ && labels == labels_)
        return;
    ticks_ = ticks;
    labels_ = labels;
    Q_EMIT changed();
}

} // namespace orchestra::ui
