// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>

namespace orchestra {

/// What is kept so that a client can resume, and for how long. A plain value, built once from the configuration
/// (keys retention.*). The active task of a thread is always kept whole.
struct Retention
{
    std::chrono::milliseconds replayAge = std::chrono::minutes(2); ///< younger events are kept ...
    std::size_t replayEvents = 512;                                ///< ... and the last so many, whatever their age
    std::size_t threadBytes = std::size_t{1} << 20U;               ///< for one thread, beyond its active task
    std::size_t totalBytes = std::size_t{256} << 20U; ///< for all threads; the oldest idle thread goes first
    std::chrono::milliseconds idempotency = std::chrono::hours(24); ///< a message id is remembered this long
    std::chrono::milliseconds disconnectGrace =
        std::chrono::seconds(300); ///< a task runs on without its user this long
    std::chrono::milliseconds checkpointInterval =
        std::chrono::seconds(1);        ///< partial text becomes durable after this ...
    std::size_t checkpointBytes = 4096; ///< ... or after so much of it

    bool operator==(const Retention &) const = default;
};

} // namespace orchestra
