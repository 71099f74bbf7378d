// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/chat_messages.h"

#include <optional>

namespace orchestra {

/// How an answer is made: FAST is one call of a model, BALANCED the assistant with its tools, QUALITY the swarm.
struct ModeChoice
{
    wire::ExecutionMode mode = wire::ExecutionMode::Balanced;
    /// It is less than what was wished for, because the server is short of resources.
    bool isReduced = false;

    bool operator==(const ModeChoice &) const = default;
};

/// What was wished for, or else what is usual; without a swarm the assistant answers in its place.
ModeChoice chooseMode(const std::optional<wire::OptimizationHints> &hints, wire::ExecutionMode usual, bool mayUseSwarm);

} // namespace orchestra
