// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtQml/qqmlregistration.h>

#include <QList>
#include <QObject>
#include <QStringList>

namespace orchestra::ui {

/// "—", "0.3", "39.4", "1 172", "12.5k": at most four figures, groups parted by a narrow space.
[[nodiscard]] QString shortNumber(qreal value);

/// The same for an axis, where there is little room: thousands are already "1.5k".
[[nodiscard]] QString axisNumber(qreal value);

/// Round values for the y axis of a chart.
/// The top only comes down again when the data fall well below it, so that lines do not jump at every tick.
class ValueScale : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(qreal low READ low WRITE setLow NOTIFY inputChanged)
    Q_PROPERTY(qreal high READ high WRITE setHigh NOTIFY inputChanged)
    Q_PROPERTY(qreal guard READ guard WRITE setGuard NOTIFY inputChanged)
    Q_PROPERTY(bool fromZero READ fromZero WRITE setFromZero NOTIFY inputChanged)
    Q_PROPERTY(int intervals READ intervals WRITE setIntervals NOTIFY inputChanged)
    Q_PROPERTY(qreal minimum READ minimum NOTIFY changed)
    Q_PROPERTY(qreal maximum READ maximum NOTIFY changed)
    Q_PROPERTY(QList<qreal> ticks READ ticks NOTIFY changed)
    Q_PROPERTY(QStringList labels READ labels NOTIFY changed)

public:
    explicit ValueScale(QObject *parent = nullptr)
        : QObject(parent)
    {
        update();
    }

    /// Extremes of the data, NaN when there are none.
    [[nodiscard]] qreal low() const { return low_; }
    void setLow(qreal low);
    [[nodiscard]] qreal high() const { return high_; }
    void setHigh(qreal high);
    /// A line that must stay visible, NaN for none.
    [[nodiscard]] qreal guard() const { return guard_; }
    void setGuard(qreal guard);
    [[nodiscard]] bool fromZero() const { return fromZero_; }
    void setFromZero(bool fromZero);
    /// How many steps the axis may have at most.
    [[nodiscard]] int intervals() const { return intervals_; }
    void setIntervals(int intervals);

    [[nodiscard]] qreal minimum() const { return minimum_; }
    [[nodiscard]] qreal maximum() const { return maximum_; }
    [[nodiscard]] const QList<qreal> &ticks() const { return ticks_; }
    [[nodiscard]] const QStringList &labels() const { return labels_; }

Q_SIGNALS:
    void inputChanged();
    void changed();

private:
    void update();

    qreal low_ = qQNaN();
    qreal high_ = qQNaN();
    qreal guard_ = qQNaN();
    bool fromZero_ = true;
    int intervals_ = 3;
    qreal minimum_ = 0;
    qreal maximum_ = 0;
    QList<qreal> ticks_;
    QStringList labels_;
};

} // namespace orchestra::ui
