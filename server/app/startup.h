// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/schedule.h"
#include "server/core/service_gate.h"
#include "shared/base/log.h"
#include "shared/base/random.h"
#include "shared/base/result.h"
#include "shared/base/thread_owner.h"

#include <functional>
#include <string>
#include <vector>

namespace orchestra {

/// One step of the start. `run` calls back once, at once or later, with how it went; it may be called again after a
/// failure.
struct StartPhase
{
    std::string name;
    std::function<void(std::function<void(Status)>)> run;
};

/// Takes the server through its phases, in order, once. However many wait, there is one attempt; when a phase fails it
/// is tried again, from that phase on, after a pause that grows to 2 s. A failure is never kept as if it were a result.
/// Lives on: hub.
class Startup final : public ServiceGate
{
public:
    static constexpr std::chrono::milliseconds kFirstPause{100};
    static constexpr std::chrono::milliseconds kLongestPause{2000};

    Startup(const Clock &clock, Schedule &schedule, RandomSource &random, LogSink &log);
    Startup(const Startup &) = delete;
    Startup &operator=(const Startup &) = delete;

    /// Begins with the first phase. Once.
    void begin(std::vector<StartPhase> phases);

    bool isReady() const override { return next_ == steps_.size() && !steps_.empty(); }
    std::vector<wire::PhaseRow> phases() const override;
    void ensure() override;
    void onChange(std::function<void()> changed) override { changed_ = std::move(changed); }

    /// Attempts begun since the start; 1 when nothing has failed.
    std::uint64_t attempts() const { return attempts_; }

private:
    struct Step
    {
        StartPhase phase;
        wire::PhaseRow row;
    };

    void attempt();
    void runNext();
    void finished(std::size_t step, MonotonicTime startedAt, const Status &status);
    void failed(Step &step, const Error &error);
    void changed();

    ThreadOwner owner_;
    const Clock &clock_;
    RandomSource &random_;
    LogSink &log_;
    std::function<void()> changed_;
    std::vector<Step> steps_;
    std::size_t next_ = 0; ///< the first step that is not done
    bool isRunning_ = false;
    std::uint64_t attempts_ = 0;
    std::uint64_t failures_ = 0; ///< of the present step, in a row
    MonotonicTime failedAt_{};
    Alarm retry_;
};

} // namespace orchestra
