// SPDX-License-Identifier: GPL-3.0-or-later
#include "qml/ui/table_layout.h"

#include <numeric>

namespace orchestra::ui {

QQmlListProperty<DataColumn> TableLayout::columns()
{
    return {
        this,
        nullptr,
        [](QQmlListProperty<DataColumn> *list, DataColumn *column) {
            static_cast<TableLayout *>(list->object)->append(column);
        },
        [](QQmlListProperty<DataColumn> *list) { return static_cast<TableLayout *>(list->object)->columns_.size(); },
        [](QQmlListProperty<DataColumn> *list, qsizetype at) {
            return static_cast<TableLayout *>(list->object)->columns_.value(at);
        },
        [](QQmlListProperty<DataColumn> *list) {
            auto *self = static_cast<TableLayout *>(list->object);
            self->columns_.clear();
            Q_EMIT self->columnsChanged();
            self->update();
        }};
}

void TableLayout::append(DataColumn *column)
{
    columns_.append(column);
    connect(column, &DataColumn::changed, this, &TableLayout::update);
    Q_EMIT columnsChanged();
    update();
}

void TableLayout::setHidden(const QList<int> &hidden)
{
    if (hidden_ == hidden)
        return;
    hidden_ = hidden;
    Q_EMIT hiddenChanged();
    update();
}

void TableLayout::setRoom(qreal room)
{
    if (qFuzzyCompare(room_, room))
        return;
    room_ = room;
    Q_EMIT roomChanged();
    update();
}

void TableLayout::setScale(qreal scale)
{
    if (qFuzzyCompare(scale_, scale))
        return;
    scale_ = scale;
    Q_EMIT scaleChanged();
    update();
}

int TableLayout::leading() const
{
    for (qsizetype at = 0; at < widths_.size(); ++at) {
        if (widths_[at] > 0)
            return columns_[at]->section;
    }
    return -1;
}

int TableLayout::trailing() const
{
    for (qsizetype at = widths_.size() - 1; at >= 0; --at) {
        if (widths_[at] > 0)
            return columns_[at]->section;
    }
    return -1;
}

qreal TableLayout::total() const
{
    return std::accumulate(widths_.begin(), widths_.end(), 0);
}

DataColumn *TableLayout::at(int position) const
{
    return columns_.value(position);
}

DataColumn *TableLayout::ofSection(int section) const
{
    return columns_.value(positionOf(section));
}

int TableLayout::widthOf(int section) const
{
    return widths_.value(positionOf(section));
}

QList<int> TableLayout::toggled(int section) const
{
    QList<int> hidden = hidden_;
    if (hidden.removeAll(section) > 0)
        return hidden;
    const auto shown = std::count_if(widths_.begin(), widths_.end(), [](int width) { return width > 0; });
    if (shown > 1)
        hidden.append(section);
    return hidden;
}

qsizetype TableLayout::positionOf(int section) const
{
    for (qsizetype at = 0; at < columns_.size(); ++at) {
        if (columns_[at]->section == section)
            return at;
    }
    return -1;
}

void TableLayout::update()
{
    QList<int> widths;
    int taken = 0;
    QList<qsizetype> takers;
    for (const DataColumn *column : std::as_const(columns_)) {
        const bool shown = !hidden_.contains(column->section);
        if (shown && column->stretches)
            takers.append(widths.size());
        widths.append(shown ? qRound(column->width * scale_) : 0);
        taken += widths.last();
    }
    int left = std::max(0, qRound(room_) - taken);
    for (qsizetype at = 0; at < takers.size(); ++at) {
        const int share = left / int(takers.size() - at);
        widths[takers[at]] += share;
        left -= share;
    }
    if (widths == widths_)
        return;
    widths_ = widths;
    Q_EMIT changed();
}

} // namespace orchestra::ui
