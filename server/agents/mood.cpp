// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/agents/mood.h"

namespace orchestra {
namespace {

constexpr std::uint64_t kManyTasks = 50;
constexpr double kHighErrorRate = 0.05;

} // namespace

Mood moodOf(const wire::OverviewRow &overview)
{
    if (overview.health == wire::HealthState::Unhealthy || overview.degradationLevel >= 3)
        return Mood::Alarmed;
    if (overview.health == wire::HealthState::Degraded || overview.degradationLevel > 0 ||
        overview.breakersNotClosed > 0 || overview.errorRate.value_or(0) > kHighErrorRate)
        return Mood::Strained;
    if (overview.tasksQueued > 0 || overview.tasksRunning >= kManyTasks)
        return Mood::Busy;
    return Mood::Calm;
}

ReportText inMood(Mood mood, const ReportText &line)
{
    switch (mood) {
    case Mood::Calm:
        return line;
    case Mood::Busy:
        return ReportWriter::join({ReportWriter::fill("Much is going on. "), line});
    case Mood::Strained:
        return ReportWriter::join({ReportWriter::fill("Bear with me, not everything works as it should. "), line});
    case Mood::Alarmed:
        return ReportWriter::join({ReportWriter::fill("This server is in trouble, I do what I can. "), line});
    }
    return line;
}

Mood MoodReader::now()
{
    owner_.check();
    const MonotonicTime at = clock_.now();
    if (!readAt_ || at - *readAt_ >= kEvery) {
        mood_ = moodOf(state_.overview());
        readAt_ = at;
    }
    return mood_;
}

} // namespace orchestra
