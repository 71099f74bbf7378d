// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/execution_mode.h"

namespace orchestra {

ModeChoice chooseMode(const std::optional<wire::OptimizationHints> &hints, wire::ExecutionMode usual, bool mayUseSwarm)
{
    const wire::ExecutionMode wished = hints && hints->mode ? *hints->mode : usual;
    if (wished == wire::ExecutionMode::Quality && !mayUseSwarm)
        return {wire::ExecutionMode::Balanced, true};
    return {wished, false};
}

} // namespace orchestra
