// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/live_state.h"

#include <optional>

namespace orchestra {

/// Says so when more of the last minute's turns failed than series::kErrorRateGuard allows, and since when it is so:
/// since the first of the failures of which no two lie more than a minute apart. Pure.
std::optional<wire::ProblemRow> errorRateProblem(const SeriesSource &series, WallMs now);

} // namespace orchestra
