// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/orchestrator/hub.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_store.h"

#include <string>
#include <vector>

namespace orchestra {

/// What a class of the hub works with, without the rest of the hub: under a manual clock, with a store that answers in
/// settle().
struct LightHub
{
    class Log final : public LogSink
    {
    public:
        void write(LogRecord record) override { events.push_back(record.event); }
        std::vector<std::string> events;
    };
    class Edge final : public EdgePort
    {
    public:
        std::uint32_t edgeCount() const override { return 1; }
        void send(std::uint32_t, ToEdge) override {}
    };

    ManualClock clock;
    Schedule schedule{clock};
    SeededRandom random{1};
    IdSource ids{clock, random};
    Log log;
    MemoryStore store;
    Edge edge;
    HubCounters counters;
    Limits limits;
    Retention retention;
    TurnRules turns;
    Hub hub{clock, schedule, ids, random, log, store, edge, counters, limits, retention, turns};

    /// Runs the store and the timers that are due until nothing moves.
    void settle()
    {
        while (store.deliverOne() || schedule.runDue() > 0) {
        }
    }
    void pass(std::chrono::nanoseconds time)
    {
        clock.advance(time);
        settle();
    }
};

} // namespace orchestra
