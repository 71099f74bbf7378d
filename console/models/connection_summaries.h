// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/mirror.h"
#include "console/models/health.h"
#include "console/models/row_model.h"

#include <QtQml/qqmlregistration.h>

namespace orchestra {

struct HistogramBar
{
    QString label;
    int count = 0;
    qreal fraction = 0; ///< of the tallest, log scaled
    int status = Health::Idle;
    bool operator==(const HistogramBar &) const = default;
};

class HistogramModel : public RowModel<HistogramBar>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")

public:
    explicit HistogramModel(QObject *parent);
    using RowModel::setRows;
};

struct TopUser
{
    QString user;
    int count = 0;
    int limit = 0;
    bool operator==(const TopUser &) const = default;
};

class TopUsersModel : public RowModel<TopUser>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")

public:
    explicit TopUsersModel(QObject *parent);
    using RowModel::setRows;
};

/// How many connections have how much waiting to be sent; the last bar holds all above its bound.
std::vector<HistogramBar> queueBars(const Mirror::Table<wire::ConnectionRow> &connections);

/// The users with the most connections, most first.
std::vector<TopUser> topUsersOf(const Mirror::Table<wire::ConnectionRow> &connections);

// The same from what the server has counted.
std::vector<HistogramBar> queueBars(const wire::ConnectionTotals &totals);
std::vector<TopUser> topUsersOf(const wire::ConnectionTotals &totals);

} // namespace orchestra
