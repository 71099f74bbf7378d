// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtQml/qqmlregistration.h>

#include <QColor>
#include <QList>
#include <QObject>
#include <QPointF>
#include <QString>

namespace orchestra::ui {

/// One line of a chart: its points and how it is drawn.
/// Points are sorted; x is milliseconds since the epoch, y a value or NaN where nothing was measured.
class TimeSeries : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(QString name MEMBER name_ NOTIFY styleChanged)
    Q_PROPERTY(QString endLabel MEMBER endLabel_ NOTIFY styleChanged)
    Q_PROPERTY(QColor color MEMBER color_ NOTIFY styleChanged)
    Q_PROPERTY(QColor labelColor MEMBER labelColor_ NOTIFY styleChanged)
    Q_PROPERTY(qreal lineWidth MEMBER lineWidth_ NOTIFY styleChanged)
    Q_PROPERTY(bool dashed MEMBER dashed_ NOTIFY styleChanged)
    Q_PROPERTY(QList<QPointF> points READ points WRITE setPoints NOTIFY pointsChanged)
    Q_PROPERTY(int count READ count NOTIFY pointsChanged)
    Q_PROPERTY(qreal minimum READ minimum NOTIFY pointsChanged)
    Q_PROPERTY(qreal maximum READ maximum NOTIFY pointsChanged)
    Q_PROPERTY(qreal last READ last NOTIFY pointsChanged)
    Q_PROPERTY(qreal lastAt READ lastAt NOTIFY pointsChanged)

public:
    explicit TimeSeries(QObject *parent = nullptr)
        : QObject(parent)
    {
    }

    [[nodiscard]] const QList<QPointF> &points() const { return points_; }
    void setPoints(const QList<QPointF> &points);
    [[nodiscard]] int count() const { return int(points_.size()); }
    /// Extremes and newest of what was measured; NaN when nothing was.
    [[nodiscard]] qreal minimum() const { return minimum_; }
    [[nodiscard]] qreal maximum() const { return maximum_; }
    [[nodiscard]] qreal last() const { return last_.y(); }
    [[nodiscard]] qreal lastAt() const { return last_.x(); }

    [[nodiscard]] QColor color() const { return color_; }
    [[nodiscard]] QString name() const { return name_; }
    [[nodiscard]] qreal lineWidth() const { return lineWidth_; }
    [[nodiscard]] bool dashed() const { return dashed_; }

    /// The value nearest to `ms`; NaN outside the points and in a gap.
    Q_INVOKABLE qreal valueAt(qreal ms) const;
    /// The same as a short text, "—" where there is none.
    Q_INVOKABLE QString textAt(qreal ms) const;

Q_SIGNALS:
    void pointsChanged();
    void styleChanged();

private:
    QString name_;
    QString endLabel_;
    QColor color_;
    QColor labelColor_;
    qreal lineWidth_ = 1.6;
    bool dashed_ = false;
    QList<QPointF> points_;
    qreal minimum_ = qQNaN();
    qreal maximum_ = qQNaN();
    QPointF last_ = {qQNaN(), qQNaN()};
};

} // namespace orchestra::ui
