// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

namespace orchestra {

/// What is known of how good an answer is. Absent is not measured.
struct QualityEvidence
{
    std::uint64_t toolCalls = 0;
    std::uint64_t toolFailures = 0;  ///< of these
    std::optional<double> selfCheck; ///< 0..1: how much of the answer a second look has confirmed
    std::optional<bool> wasLiked;    ///< what the user said of it
};

/// The rubric: the share of tool calls that succeeded (weight 4), what a second look confirmed (4), and the user's word
/// (2), each only when it was measured. Nothing when none was: an answer nobody has looked at has no score.
std::optional<double> qualityScore(const QualityEvidence &evidence);

} // namespace orchestra
