// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/schedule.h"

#include <chrono>
#include <functional>
#include <string>

namespace orchestra {

class Orchestrator;

/// Takes the server down in order: nothing new, running turns end within the limit, everybody is told, connections are
/// closed, and then `finished`. Lives on: hub.
class Drain
{
public:
    /// What is still running when the limit is over has so long for its end to become durable.
    static constexpr std::chrono::seconds kInterruption{2};
    /// Connections have so long to take the last frames.
    static constexpr std::chrono::seconds kFarewell{1};
    static constexpr std::chrono::milliseconds kLook{20};
    /// What clients are told to wait before they come back.
    static constexpr std::chrono::seconds kComeBack{2};

    Drain(Orchestrator &orchestrator, Schedule &schedule, std::chrono::milliseconds limit,
          std::function<void()> finished);

    /// A second call changes nothing.
    void begin(const std::string &why);
    bool hasBegun() const { return hasBegun_; }

private:
    void interrupt();
    void close();
    void lookWhetherGone(std::chrono::nanoseconds left);

    Orchestrator &orchestrator_;
    const std::chrono::milliseconds limit_;
    const std::function<void()> finished_;
    std::string why_;
    bool hasBegun_ = false;
    bool isClosing_ = false;
    Alarm alarm_;
};

} // namespace orchestra
