// SPDX-License-Identifier: GPL-3.0-or-later
#include "qml/ui/value_scale.h"

#include <cmath>

namespace orchestra::ui {

namespace {

constexpr QChar kGroup(0x202f);

/// The smallest round step with which `intervals` steps cover `span`.
qreal roundStep(qreal span, int intervals)
{
    const qreal raw = span / intervals;
    const qreal power = std::pow(10.0, std::floor(std::log10(raw)));
    for (const qreal factor : {1.0, 2.0, 2.5, 3.0, 4.0, 5.0, 7.5}) {
        if (raw <= factor * power * (1 + 1e-9))
            return factor * power;
    }
    return 10 * power;
}

QString grouped(qint64 value)
{
    QString digits = QString::number(std::abs(value));
    for (qsizetype at = digits.size() - 3; at > 0; at -= 3)
        digits.insert(at, kGroup);
    return value < 0 ? QChar(0x2212) + digits : digits;
}

QString withoutTrailingZeros(qreal value, int decimals)
{
    QString text = QString::number(value, 'f', decimals);
    while (text.contains(u'.') && (text.endsWith(u'0') || text.endsWith(u'.')))
        text.chop(1);
    return text.startsWith(u'-') ? QChar(0x2212) + text.mid(1) : text;
}

} // namespace

QString shortNumber(qreal value)
{
    if (!std::isfinite(value))
        return QString(QChar(0x2014));
    const qreal size = std::abs(value);
    if (size >= 9.995e6)
        return withoutTrailingZeros(value / 1e6, 1) + u'M';
    if (size >= 9999.5)
        return withoutTrailingZeros(value / 1e3, 1) + u'k';
    if (size >= 99.95)
        return grouped(qRound64(value));
    return withoutTrailingZeros(value, size >= 9.995 ? 1 : size >= 0.0995 ? 2 : 3);
}

QString axisNumber(qreal value)
{
    const qreal size = std::abs(value);
    return size >= 1000 && size < 9999.5 ? withoutTrailingZeros(value / 1e3, 2) + u'k' : shortNumber(value);
}

void ValueScale::setLow(qreal low)
{
    if (low_ == low || (std::isnan(low_) && std::isnan(low)))
        return;
    low_ = low;
    Q_EMIT inputChanged();
    update();
}

void ValueScale::setHigh(qreal high)
{
    if (high_ == high || (std::isnan(high_) && std::isnan(high)))
        return;
    high_ = high;
    Q_EMIT inputChanged();
    update();
}

void ValueScale::setGuard(qreal guard)
{
    if (guard_ == guard || (std::isnan(guard_) && std::isnan(guard)))
        return;
    guard_ = guard;
    Q_EMIT inputChanged();
    update();
}

void ValueScale::setFromZero(bool fromZero)
{
    if (fromZero_ == fromZero)
        return;
    fromZero_ = fromZero;
    Q_EMIT inputChanged();
    update();
}

void ValueScale::setIntervals(int intervals)
{
    intervals = std::max(1, intervals);
    if (intervals_ == intervals)
        return;
    intervals_ = intervals;
    Q_EMIT inputChanged();
    update();
}

void ValueScale::update()
{
    constexpr qreal kRoom = 0.95; // of an axis without a height of its own: ends at a round 1
    qreal top = std::fmax(high_, guard_);
    if (!std::isfinite(top))
        top = kRoom;
    qreal bottom = fromZero_ ? 0 : std::fmin(low_, guard_);
    if (!std::isfinite(bottom))
        bottom = 0;
    if (top <= bottom)
        top = bottom + kRoom;
    const bool stillFits =
        !ticks_.isEmpty() && ticks_.size() <= intervals_ + 1 && top <= maximum_ && bottom >= minimum_;
    if (stillFits && top - bottom > 0.45 * (maximum_ - minimum_))
        return;

    const qreal step = roundStep((top - bottom) * 1.04, intervals_);
    minimum_ = std::floor(bottom / step + 1e-9) * step;
    maximum_ = minimum_;
    ticks_ = {minimum_};
    while (maximum_ < top * (1 + 1e-9) - 1e-12 || ticks_.size() < 2) {
        maximum_ = minimum_ + step * qreal(ticks_.size());
        ticks_.append(maximum_);
    }
    labels_.clear();
    for (const qreal tick : std::as_const(ticks_))
        labels_.append(axisNumber(tick));
    Q_EMIT changed();
}

} // namespace orchestra::ui
