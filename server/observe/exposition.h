// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/observe/metrics_snapshot.h"

#include <string>

namespace orchestra {

enum class ExpositionFormat : std::uint8_t {
    Prometheus,  ///< text format 0.0.4
    OpenMetrics, ///< OpenMetrics text 1.0.0
};

/// The Content-Type that a scraper needs to accept the text.
std::string contentType(ExpositionFormat format);

/// Writes every metric of the server. Families are contiguous, durations in seconds, known label sets are there with 0.
std::string writeExposition(const MetricsSnapshot &snapshot, ExpositionFormat format);

} // namespace orchestra
