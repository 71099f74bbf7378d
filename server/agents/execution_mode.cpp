// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/execution_mode.h"

namespace orchestra {
namespace {

constexpr std::uint64_t kNoSwarmFrom = 1;

} // namespace

ModeChoice chooseMode(const std::optional<wire::OptimizationHints> &hints, wire::ExecutionMode usual,
                      std::uint64_t degradationLevel)
{
    const wire::ExecutionMode wished = hints && hints->mode ? *hints->mode : usual;
    if (wished == wire::ExecutionMode::Quality && degradationLevel >= kNoSwarmFrom)
        return {wire::ExecutionMode::Balanced, true};
    return {wished, false};
}

} // namespace orchestra
