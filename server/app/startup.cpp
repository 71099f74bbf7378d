// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/startup.h"

#include <algorithm>
#include <utility>

namespace orchestra {

Startup::Startup(const Clock &clock, Schedule &schedule, RandomSource &random, LogSink &log)
    : clock_(clock)
    , random_(random)
    , log_(log)
    , retry_(schedule)
{
}

void Startup::changed()
{
    if (changed_)
        changed_();
}

std::vector<wire::PhaseRow> Startup::phases() const
{
    std::vector<wire::PhaseRow> rows;
    for (const Step &step : steps_)
        rows.push_back(step.row);
    return rows;
}

void Startup::begin(std::vector<StartPhase> phases)
{
    owner_.check();
    for (StartPhase &phase : phases) {
        wire::PhaseRow row;
        row.name = phase.name;
        steps_.push_back({std::move(phase), std::move(row)});
    }
    attempt();
}

void Startup::ensure()
{
    owner_.check();
    if (isReady() || isRunning_ || steps_.empty())
        return;
    // Somebody needs it: not later than one short pause after the failure, however long the pause had grown.
    const auto since = clock_.now() - failedAt_;
    retry_.start(std::chrono::nanoseconds(kFirstPause) - since, [this] { attempt(); });
}

void Startup::attempt()
{
    retry_.stop();
    ++attempts_;
    isRunning_ = true;
    runNext();
}

void Startup::runNext()
{
    if (isReady()) {
        isRunning_ = false;
        log_.write({LogLevel::Info, "startup.ready", "all phases are done", "app", {}, {}});
        changed();
        return;
    }
    const std::size_t index = next_;
    steps_[index].row.state = wire::PhaseState::Running;
    changed();
    steps_[index].phase.run(
        [this, index, startedAt = clock_.now()](const Status &status) { finished(index, startedAt, status); });
}

void Startup::finished(std::size_t index, MonotonicTime startedAt, const Status &status)
{
    owner_.check();
    if (!isRunning_ || index != next_)
        return; // a phase that answers twice
    Step &step = steps_[index];
    step.row.durationMs = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - startedAt).count());
    if (!status) {
        failed(step, status.error());
        return;
    }
    step.row.state = wire::PhaseState::Done;
    step.row.error.reset();
    failures_ = 0;
    ++next_;
    runNext();
}

void Startup::failed(Step &step, const Error &error)
{
    isRunning_ = false;
    failedAt_ = clock_.now();
    step.row.state = wire::PhaseState::Failed;
    step.row.error = error.message;
    log_.write({LogLevel::Error,
                "startup.phase_failed",
                "a phase of the start has failed and will be tried again",
                "app",
                {},
                {{"phase", step.row.name}, {"reason", error.message}}});
    std::chrono::duration<double, std::milli> pause = kFirstPause;
    for (std::uint64_t i = 0; i < failures_ && pause < kLongestPause; ++i)
        pause *= 2;
    ++failures_;
    pause = std::min<std::chrono::duration<double, std::milli>>(pause, kLongestPause) * (0.75 + random_.nextUnit() / 2);
    retry_.start(std::chrono::duration_cast<std::chrono::nanoseconds>(pause), [this] { attempt(); });
    changed();
}

} // namespace orchestra
