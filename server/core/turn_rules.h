// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>

namespace orchestra {

/// The bounds of a turn. A plain value; fields so that a test can make them small.
struct TurnRules
{
    std::chrono::milliseconds deadline = std::chrono::minutes(10); ///< from the start of the turn to its end
    std::chrono::milliseconds approvalExpiry = std::chrono::minutes(5);
    std::size_t queueDepth = 8;  ///< turns of one thread that may wait behind the running one
    std::size_t endedKept = 200; ///< task rows that stay visible after their end
    std::chrono::milliseconds finishRetry = std::chrono::seconds(1); ///< while the store cannot take an end
};

} // namespace orchestra
