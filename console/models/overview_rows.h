// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/link/mirror.h"
#include "console/models/overview_models.h"
#include "shared/base/clock.h"

namespace orchestra {

/// What needs attention, worst first as the server ranks it. Without a live link nothing can be done about it.
std::vector<Problem> problemsOf(const wire::OverviewRow &overview, WallMs now, bool isLive);
/// "4 problems, worst first", or who is connected when nothing is wrong.
QString problemsSummary(const wire::OverviewRow &overview);
std::vector<Change> changesOf(const wire::OverviewRow &overview, int utcOffsetSeconds);
std::vector<StartupPhase> startupOf(const wire::OverviewRow &overview);
std::vector<FlagTile> flagTiles(const Mirror::Table<wire::FlagRow> &flags, WallMs now);

} // namespace orchestra
