// SPDX-License-Identifier: GPL-3.0-or-later
#include "qml/ui/series_table.h"

namespace orchestra::ui {

void SeriesTable::setActive(bool active)
{
    if (active_ == active)
        return;
    active_ = active;
    Q_EMIT activeChanged();
    follow();
}

void SeriesTable::add(TimeSeries *series)
{
    series_.append(series);
    connect(series, &TimeSeries::pointsChanged, this, &SeriesTable::follow);
    connect(series, &TimeSeries::styleChanged, this, &SeriesTable::seriesChanged);
    connect(series, &QObject::destroyed, this, [this, series] {
        series_.removeAll(series);
        follow();
    });
    Q_EMIT seriesChanged();
    follow();
}

QStringList SeriesTable::heads() const
{
    QStringList heads{tr("Time")};
    for (const TimeSeries *line : series_)
        heads.append(line->name());
    return heads;
}

int SeriesTable::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(rows_.size());
}

QVariant SeriesTable::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const qreal at = rows_.at(rows_.size() - 1 - index.row()).x();
    const QString time = scale_ ? scale_->textOf(at) : QString();
    QStringList values;
    QStringList spoken{time};
    for (const TimeSeries *line : series_) {
        values.append(line->textAt(at));
        spoken.append(line->name() + u' ' + values.last());
    }
    switch (role) {
    case TimeText:
        return time;
    case Values:
        return values;
    case Spoken:
        return spoken.join(QStringLiteral(", "));
    default:
        return {};
    }
}

QHash<int, QByteArray> SeriesTable::roleNames() const
{
    return {{TimeText, "timeText"}, {Values, "values"}, {Spoken, "spoken"}};
}

void SeriesTable::follow()
{
    const QList<QPointF> points = !active_ || series_.isEmpty() ? QList<QPointF>() : series_.first()->points();
    const int before = rowCount();
    const int after = int(points.size());
    // Rows that go are still asked for until they are gone, so the points change in between.
    if (after > before)
        beginInsertRows({}, before, after - 1);
    else if (after < before)
        beginRemoveRows({}, after, before - 1);
    rows_ = points;
    if (after > before)
        endInsertRows();
    else if (after < before)
        endRemoveRows();
    if (after > 0)
        Q_EMIT dataChanged(index(0), index(after - 1));
}

} // namespace orchestra::ui
