// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/degradation.h"

#include "console/models/texts.h"

namespace orchestra {

QStringList Degradation::levels() const
{
    return {tr("Normal"), tr("Reduced"), tr("Constrained"), tr("Essential"), tr("Maintenance")};
}

void Degradation::take(const wire::DegradationRow *row)
{
    level_ = row ? static_cast<int>(row->level) + 1 : 0;
    note_.clear();
    shed_.clear();
    if (row) {
        note_ = row->level == 0 || row->cause.empty()
                    ? tr("level %1 of 5").arg(level_)
                    : tr("level %1 of 5, by %2").arg(QString::number(level_), texts::line(row->cause));
        QStringList shed;
        for (const std::string &feature : row->shed)
            shed << texts::line(feature);
        shed_ = shed.isEmpty() ? tr("Nothing is shed") : tr("Shed now: %1").arg(shed.join(QStringLiteral(", ")));
    }
    Q_EMIT changed();
}

} // namespace orchestra
