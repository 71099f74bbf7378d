// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/core/quality_score.h"

#include <algorithm>

namespace orchestra {
namespace {

constexpr double kTools = 4;
constexpr double kSelfCheck = 4;
constexpr double kFeedback = 2;

} // namespace

std::optional<double> qualityScore(const QualityEvidence &evidence)
{
    double weight = 0;
    double sum = 0;
    const auto add = [&](double share, double of) {
        sum += std::clamp(share, 0.0, 1.0) * of;
        weight += of;
    };
    if (evidence.toolCalls > 0)
        add(1 - static_cast<double>(evidence.toolFailures) / static_cast<double>(evidence.toolCalls), kTools);
    if (evidence.selfCheck)
        add(*evidence.selfCheck, kSelfCheck);
    if (evidence.wasLiked)
        add(*evidence.wasLiked ? 1 : 0, kFeedback);
    return weight > 0 ? std::optional(sum / weight) : std::nullopt;
}

} // namespace orchestra
