// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/bench/crowd.h"
#include "tests/bench/measurements.h"

#include <string>

namespace orchestra {

struct RelayPlan
{
    std::string question; ///< what a member sends to begin its stream: a payload, or a request with its head
    std::string word;     ///< what a frame has in it that brings words
    std::string end;      ///< what says that a stream has ended
    /// Until the last stream has ended, not the first one: for streams without a pace, of which the first may have
    /// ended when the last one begins to speak.
    bool isUntilLast = false;
};

/// Lets every member begin a stream of tests/bench/model_peer at once and reads them to their ends. Each word is the
/// time at which the peer wrote it. CPU, frames and latencies are those between the moment when all streams have spoken
/// and the moment when the first one has ended, or the last one.
/// streams, words, seconds, frames_per_word, cpu_us (of the server, per word), p50_us, p99_us (from the peer's write to
/// the read here), first_p50_us, first_p99_us (from the question to the first word), failures.
Figures measureRelay(Crowd &crowd, const ServerMeter &server, const RelayPlan &plan);

/// The same over HTTP: `streams` connections, each with a request whose answer is an event stream.
Figures measureGateway(std::uint16_t port, std::size_t streams, const ServerMeter &server, const RelayPlan &plan);

} // namespace orchestra
