// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/breaker_history.h"
#include "console/models/health.h"
#include "console/models/row_model.h"
#include "console/models/small_models.h"
#include "shared/base/clock.h"

#include <QList>
#include <QPointF>
#include <QtQml/qqmlregistration.h>

#include <vector>

namespace orchestra {

struct BreakerTile
{
    QString name;
    QString stateText;
    int status = Health::Idle;
    QString sinceText;
    QString outcomes; ///< 20 characters: o ok, s slow, f failed, r refused, space none; newest last
    QString rateText;
    QString thresholdText;
    QString causeText;
    QString nextText;
    QString extraText;
    QString dayText; ///< how often it opened, "3× in 24 h"; empty for never, and while the day is not known
    QString spoken;
    bool isCurrent = false;
    bool operator==(const BreakerTile &) const = default;
};

class BreakersModel : public RowModel<BreakerTile>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")
    Q_PROPERTY(int count READ count NOTIFY changed)

public:
    explicit BreakersModel(QObject *parent);
    int count() const { return rowCount(); }
    void replace(std::vector<BreakerTile> breakers);

Q_SIGNALS:
    void changed();
};

/// The states of one breaker over time, one span a state.
struct BreakerLane
{
    QString name;
    QString nowText;
    int status = Health::Idle;
    QList<QPointF> spans;  ///< from x to y, in milliseconds since the epoch
    QList<int> spanStatus; ///< of each span
    QStringList spanTexts; ///< "open 45 s"; empty for the normal state
    QString spoken;
    bool operator==(const BreakerLane &) const = default;
};

class LanesModel : public RowModel<BreakerLane>
{
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("Built in C++.")

public:
    explicit LanesModel(QObject *parent);
    using RowModel::setRows;
};

// What the server says, as it is shown. Pure.

/// One tile a breaker, by name; with `faultsOnly` those that are closed are left out.
std::vector<BreakerTile> breakerTiles(const Mirror::Table<wire::BreakerRow> &breakers, WallMs now, int utcOffsetSeconds,
                                      bool faultsOnly);
/// The lanes between two moments. Before `startedAt` (0: unknown) nothing is known but what the history tells.
std::vector<BreakerLane> breakerLanes(const Mirror::Table<wire::BreakerRow> &breakers, const BreakerHistory &history,
                                      qreal fromMs, qreal toMs, WallMs startedAt);
/// "1 open, 1 half-open, 5 closed, 1 without calls".
QString breakersHead(const Mirror::Table<wire::BreakerRow> &breakers);
/// The facts of one breaker.
std::vector<Fact> breakerFacts(const wire::BreakerRow &row, WallMs now, int utcOffsetSeconds);
/// What it went through, newest first, at most kMostSteps.
inline constexpr std::size_t kMostSteps = 200;
std::vector<Step> breakerSteps(const BreakerHistory::Moves &moves, WallMs now, int utcOffsetSeconds);
/// How often it opened, "3× in 24 h"; empty for never.
QString breakerDay(const BreakerHistory::Moves &moves);

} // namespace orchestra
