// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtQml/qqmlregistration.h>

#include <QList>
#include <QObject>
#include <QStringList>

namespace orchestra::ui {

/// Ticks of a time axis: on whole seconds, minutes or hours of the zone that is shown. All times are milliseconds since
/// the epoch.
class TimeScale : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(qreal fromMs MEMBER fromMs_ WRITE setFromMs NOTIFY inputChanged)
    Q_PROPERTY(qreal toMs MEMBER toMs_ WRITE setToMs NOTIFY inputChanged)
    Q_PROPERTY(int utcOffsetSeconds MEMBER utcOffsetSeconds_ WRITE setUtcOffsetSeconds NOTIFY inputChanged)
    Q_PROPERTY(int most MEMBER most_ WRITE setMost NOTIFY inputChanged)
    Q_PROPERTY(QList<qreal> ticks READ ticks NOTIFY changed)
    Q_PROPERTY(QStringList labels READ labels NOTIFY changed)

public:
    explicit TimeScale(QObject *parent = nullptr)
        : QObject(parent)
    {
    }

    void setFromMs(qreal fromMs);
    void setToMs(qreal toMs);
    void setUtcOffsetSeconds(int seconds);
    /// How many ticks there is room for.
    void setMost(int most);

    [[nodiscard]] const QList<qreal> &ticks() const { return ticks_; }
    [[nodiscard]] const QStringList &labels() const { return labels_; }
    /// A moment as the axis would write it, with seconds: "14:03:22".
    Q_INVOKABLE QString textOf(qreal ms) const;

Q_SIGNALS:
    void inputChanged();
    void changed();

private:
    void update();

    qreal fromMs_ = 0;
    qreal toMs_ = 0;
    int utcOffsetSeconds_ = 0;
    int most_ = 5;
    QList<qreal> ticks_;
    QStringList labels_;
};

} // namespace orchestra::ui
