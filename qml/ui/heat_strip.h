// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtQml/qqmlregistration.h>

#include <QColor>
#include <QList>
#include <QQuickPaintedItem>

namespace orchestra::ui {

/// Time across, buckets down, one hue whose strength is the count: a heat map in one image.
/// `cells` runs column by column, oldest first; in a column the first row is the top. 0..1, NaN where nothing was
/// measured.
class HeatStrip : public QQuickPaintedItem
{
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(QList<qreal> cells MEMBER cells_ NOTIFY changed)
    Q_PROPERTY(int rows MEMBER rows_ NOTIFY changed)
    Q_PROPERTY(int columns MEMBER columns_ NOTIFY changed)
    Q_PROPERTY(QColor color MEMBER color_ NOTIFY changed)
    Q_PROPERTY(qreal faintest MEMBER faintest_ NOTIFY changed)
    Q_PROPERTY(qreal strongest MEMBER strongest_ NOTIFY changed)
    Q_PROPERTY(int gap MEMBER gap_ NOTIFY changed)

public:
    explicit HeatStrip(QQuickItem *parent = nullptr);

    void paint(QPainter *painter) override;

Q_SIGNALS:
    void changed();

private:
    QList<qreal> cells_;
    int rows_ = 1;
    int columns_ = 0;
    QColor color_;
    qreal faintest_ = 0.07;
    qreal strongest_ = 0.95;
    int gap_ = 0; ///< pixels between columns; rows are always one pixel apart
};

} // namespace orchestra::ui
