// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/orchestrator/error_guard.h"

#include "shared/wire/series_names.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace orchestra {
namespace {

constexpr std::chrono::minutes kRange{10};
constexpr std::int64_t kWindowMs = 60'000;

bool isGap(const wire::SeriesChunk &chunk, std::size_t index)
{
    return std::ranges::binary_search(chunk.gaps, index);
}

/// The value of another series at the same time; nothing when nobody measured it.
std::optional<double> valueAt(const wire::SeriesChunk &chunk, std::int64_t at)
{
    const std::int64_t index = (at - chunk.start.ms) / static_cast<std::int64_t>(chunk.stepS * 1000);
    if (at < chunk.start.ms || index >= static_cast<std::int64_t>(chunk.values.size()))
        return std::nullopt;
    const auto position = static_cast<std::size_t>(index);
    return isGap(chunk, position) ? std::nullopt : std::optional(chunk.values[position]);
}

std::string percent(double share)
{
    char text[32];
    std::snprintf(text, sizeof text, share < 0.1 ? "%.2g %%" : "%.0f %%", share * 100);
    return text;
}

} // namespace

std::optional<wire::ProblemRow> errorRateProblem(const SeriesSource &series, WallMs now)
{
    const auto rates = series.series({std::string(series::kErrorRate)}, kRange);
    const auto counts = series.series({std::string(series::kTurns)}, kRange);
    if (rates.empty() || counts.empty() || rates.front().stepS == 0 || counts.front().stepS == 0)
        return std::nullopt;
    const wire::SeriesChunk &rate = rates.front();
    const double step = static_cast<double>(rate.stepS);
    double turns = 0;
    double failed = 0;
    WallMs since = now;
    for (std::size_t i = rate.values.size(); i-- > 0;) {
        const std::int64_t at = rate.start.ms + static_cast<std::int64_t>(i * rate.stepS) * 1000;
        if (at < since - kWindowMs)
            break; // the failures before are another story
        if (isGap(rate, i))
            continue;
        const double ended = valueAt(counts.front(), at).value_or(0) * step;
        if (at >= now - kWindowMs) {
            turns += ended;
            failed += ended * rate.values[i];
        }
        if (rate.values[i] > 0)
            since = at;
    }
    if (turns <= 0 || failed / turns <= series::kErrorRateGuard)
        return std::nullopt;
    return wire::ProblemRow{"error_rate",
                            wire::Severity::Warning,
                            "The error rate of " + percent(failed / turns) + " is above its guard of " +
                                percent(series::kErrorRateGuard),
                            std::to_string(std::llround(failed)) + " of " + std::to_string(std::llround(turns)) +
                                " turns failed within the last minute",
                            {since},
                            "open_tasks",
                            "state:failed"};
}

} // namespace orchestra
