// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

/// Names of the series that the server keeps of itself; one value a second each.
namespace orchestra::series {

inline constexpr std::string_view kMessagesIn = "messages_in_per_s"; ///< client frames
inline constexpr std::string_view kFramesOut = "frames_out_per_s";   ///< server frames
inline constexpr std::string_view kTokens = "tokens_per_s";          ///< pieces of answers
inline constexpr std::string_view kTurns = "turns_per_s";            ///< turns that ended
inline constexpr std::string_view kErrorRate = "error_rate";         ///< share of turns that failed, 0..1
inline constexpr std::string_view kFirstTokenP50 = "first_token_p50_ms";
inline constexpr std::string_view kFirstTokenP95 = "first_token_p95_ms";
inline constexpr std::string_view kFirstTokenP99 = "first_token_p99_ms";
inline constexpr std::string_view kTurnP95 = "turn_p95_ms";
inline constexpr std::string_view kAckP50 = "ack_p50_ms";
inline constexpr std::string_view kAckP99 = "ack_p99_ms";
inline constexpr std::string_view kClients = "clients";
inline constexpr std::string_view kTasksRunning = "tasks_running";
inline constexpr std::string_view kBreakersNotClosed = "breakers_not_closed";
inline constexpr std::string_view kOutboundBytes = "outbound_buffer_bytes";
inline constexpr std::string_view kMemory = "resident_bytes";
inline constexpr std::string_view kCpu = "cpu_share"; ///< of one core

/// A larger share of failed turns, over the last minute, is said to be a problem.
inline constexpr double kErrorRateGuard = 0.001;

/// Distribution of the time to the first token: one series per cell, counting answers up to kHeatBoundsMs[cell]; the
/// last cell also holds what was slower.
inline constexpr double kHeatBoundsMs[] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000};
inline std::string heatName(std::size_t cell)
{
    return "first_token_heat_" + std::to_string(cell);
}

} // namespace orchestra::series
