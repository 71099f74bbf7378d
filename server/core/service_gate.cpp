// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/service_gate.h"

#include <algorithm>

namespace orchestra {

std::uint64_t progressOf(const std::vector<wire::PhaseRow> &phases)
{
    if (phases.empty())
        return 100;
    const auto done = std::ranges::count(phases, wire::PhaseState::Done, &wire::PhaseRow::state);
    return static_cast<std::uint64_t>(done) * 100 / phases.size();
}

} // namespace orchestra
