// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtQml/qqmlregistration.h>

#include <QList>
#include <QObject>

namespace orchestra::ui {

/// Pushes labels apart that would lie on each other, each as little as possible and in the order they had.
/// `anchors` are the wanted middles; an index in `fixed` does not move, the others make room for it.
class LabelSpread : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(QList<qreal> anchors MEMBER anchors_ WRITE setAnchors NOTIFY inputChanged)
    Q_PROPERTY(int fixed MEMBER fixed_ WRITE setFixed NOTIFY inputChanged)
    Q_PROPERTY(qreal gap MEMBER gap_ WRITE setGap NOTIFY inputChanged)
    Q_PROPERTY(qreal low MEMBER low_ WRITE setLow NOTIFY inputChanged)
    Q_PROPERTY(qreal high MEMBER high_ WRITE setHigh NOTIFY inputChanged)
    Q_PROPERTY(QList<qreal> placed READ placed NOTIFY changed)

public:
    explicit LabelSpread(QObject *parent = nullptr)
        : QObject(parent)
    {
    }

    void setAnchors(const QList<qreal> &anchors);
    void setFixed(int fixed);
    void setGap(qreal gap);
    void setLow(qreal low);
    void setHigh(qreal high);
    /// Middles after spreading, in the order of `anchors`; NaN stays NaN and takes no room.
    [[nodiscard]] const QList<qreal> &placed() const { return placed_; }

Q_SIGNALS:
    void inputChanged();
    void changed();

private:
    void update();

    QList<qreal> anchors_;
    int fixed_ = -1;
    qreal gap_ = 14;
    qreal low_ = 0;
    qreal high_ = 0;
    QList<qreal> placed_;
};

} // namespace orchestra::ui
