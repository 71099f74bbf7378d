// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/bench/crowd.h"
#include "tests/bench/server_meter.h"

#include <map>
#include <string>

namespace orchestra {

/// Figures by name; units are part of the names.
using Figures = std::map<std::string, double>;

struct EchoPlan
{
    std::size_t active = 0; ///< the crowd's first ones; each has one message under way at any time
    std::chrono::duration<double> warmUp{};
    std::chrono::duration<double> time{};
    std::string answer; ///< what a frame has in it that answers a message
};

/// Bounces one message on every active connection as fast as the server answers.
/// messages, per_second, cpu_us (of the server, per message), p50_us, p99_us.
Figures measureEcho(Crowd &crowd, const ServerMeter &server, const EchoPlan &plan);

struct ChatPlan
{
    double rate = 0; ///< chats a second, of the whole crowd, evenly; they do not wait for one another
    std::chrono::duration<double> time{};
    std::string content;
    std::string probePath; ///< a file beside the server's database
};

/// Sends chats and follows each to its end, while a thread probes the disk.
/// chats, acks, ends, failures, ack_p50_us, ack_p99_us, turn_p50_us, turn_p99_us, probes, probe_p50_us, probe_p99_us,
/// cpu_us (of the server, per chat), cores (of the server).
Figures measureChats(Crowd &crowd, const ServerMeter &server, const ChatPlan &plan);

/// Pings so many a second, of the whole crowd, evenly. pings, p99_us.
Figures measurePings(Crowd &crowd, double rate, std::chrono::duration<double> time);

struct SlowPlan
{
    bool isStalled = false; ///< whether the readers stop reading, or keep up
    double pingRate = 0;    ///< of all others, evenly
    double chatRate = 0;    ///< of all drivers, evenly
    std::chrono::duration<double> time{};
    std::string content;
};

/// Pings from a crowd while every driver has a conversation that the reader of the same number follows and, perhaps,
/// does not read. pings, p50_us, p99_us, turns, held_back (not asked for), refused, failures, bytes_each (per driver),
/// closed (of the readers), resident_before, resident_peak.
Figures measureSlowReaders(Crowd &others, Crowd &drivers, Crowd &readers, const ServerMeter &server,
                           const SlowPlan &plan);

} // namespace orchestra
