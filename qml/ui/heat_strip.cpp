// SPDX-License-Identifier: GPL-3.0-or-later
#include "qml/ui/heat_strip.h"

#include <QPainter>

#include <cmath>

namespace orchestra::ui {

HeatStrip::HeatStrip(QQuickItem *parent)
    : QQuickPaintedItem(parent)
{
    setAntialiasing(false);
    connect(this, &HeatStrip::changed, this, [this] { update(); });
}

void HeatStrip::paint(QPainter *painter)
{
    if (rows_ < 1 || columns_ < 1 || cells_.size() < qsizetype(rows_) * columns_)
        return;
    QColor ink = color_;
    for (int column = 0; column < columns_; ++column) {
        const int left = qRound(width() * column / columns_);
        const int wide = std::max(1, qRound(width() * (column + 1) / columns_) - left - gap_);
        for (int row = 0; row < rows_; ++row) {
            const qreal value = cells_[qsizetype(column) * rows_ + row];
            if (!std::isfinite(value) || value < 0.01)
                continue;
            const int top = qRound(height() * row / rows_);
            const int tall = std::max(1, qRound(height() * (row + 1) / rows_) - top - (rows_ > 1 ? 1 : 0));
            ink.setAlphaF(float(faintest_ + (strongest_ - faintest_) * std::min(1.0, value)));
            painter->fillRect(left, top, wide, tall, ink);
        }
    }
}

} // namespace orchestra::ui
