// SPDX-License-Identifier: GPL-3.0-or-later
#include "qml/ui/label_spread.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace orchestra::ui {

void LabelSpread::setAnchors(const QList<qreal> &anchors)
{
    anchors_ = anchors;
    Q_EMIT inputChanged();
    update();
}

void LabelSpread::setFixed(int fixed)
{
    fixed_ = fixed;
    Q_EMIT inputChanged();
    update();
}

void LabelSpread::setGap(qreal gap)
{
    gap_ = gap;
    Q_EMIT inputChanged();
    update();
}

void LabelSpread::setLow(qreal low)
{
    low_ = low;
    Q_EMIT inputChanged();
    update();
}

void LabelSpread::setHigh(qreal high)
{
    high_ = high;
    Q_EMIT inputChanged();
    update();
}

void LabelSpread::update()
{
    placed_ = anchors_;
    std::vector<int> order;
    for (int at = 0; at < anchors_.size(); ++at) {
        if (std::isfinite(anchors_[at]))
            order.push_back(at);
    }
    std::stable_sort(order.begin(), order.end(), [this](int a, int b) { return anchors_[a] < anchors_[b]; });
    const int pinned = int(std::find(order.begin(), order.end(), fixed_) - order.begin());
    const int size = int(order.size());

    // Downwards from the top, then upwards from the bottom or from the fixed one.
    qreal limit = low_;
    for (int at = 0; at < size; ++at) {
        qreal &place = placed_[order[size_t(at)]];
        place = at == pinned ? place : std::max(place, limit);
        limit = place + gap_;
    }
    limit = high_;
    for (int at = size - 1; at >= 0; --at) {
        qreal &place = placed_[order[size_t(at)]];
        place = at == pinned ? place : std::min(place, limit);
        limit = place - gap_;
    }
    Q_EMIT changed();
}

} // namespace orchestra::ui
