// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace orchestra {

/// What a person wants from a chat message. `Unknown` is both the background class of the training phrases and the
/// answer of a classifier that abstains.
enum class Intent : std::uint8_t {
    Unknown,
    Status,
    Connections,
    Breakers,
    Flags,
    Tasks,
    Metrics,
    SearchHistory,
    Docs,
    Help,
    SetFlag,
    BreakerOverride,
    CloseConnection,
    CancelTask,
    Drain,
    Audit,
    Threads,
    Greeting,
    Generate,
};

inline constexpr std::size_t kIntentCount = 19;

/// Every intent in the order of its value, `Unknown` first.
const std::array<Intent, kIntentCount> &allIntents();
/// The name in training files, events and metric labels, for example "search_history".
std::string_view wireName(Intent intent);
std::optional<Intent> intentFromWireName(std::string_view name);
/// True when acting on it changes the server, so that it needs the operator role and a confirmation.
bool changesState(Intent intent);

} // namespace orchestra
