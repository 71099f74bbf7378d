// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/mirror.h"
#include "console/models/health.h"
#include "console/models/row_model.h"

#include <QtQml/qqmlregistration.h>

namespace orchestra {

/// Something that happened, as a vertical mark in every chart.
struct Mark
{
    qreal atMs = 0;
    QString text;
    int status = Health::Idle;
    QString target;
    bool operator==(const Mark &) const = default;
};

/// Flag changes, breaker trips, restarts: what the overview's recent changes tell, oldest first. Lives on: gui.
class MarksModel : public RowModel<Mark>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")

public:
    explicit MarksModel(QObject *parent);
    void take(const wire::OverviewRow &row, qreal fromMs, qreal toMs);
};

} // namespace orchestra
