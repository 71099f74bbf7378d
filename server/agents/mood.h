// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/core/answer_text.h"
#include "server/core/live_state.h"
#include "shared/base/clock.h"
#include "shared/base/thread_owner.h"

#include <cstdint>
#include <optional>

namespace orchestra {

/// How the server feels, so to speak: heard in Maestro's own line, never in an answer.
enum class Mood : std::uint8_t {
    Calm,
    Busy,     ///< much is going on, and all of it works
    Strained, ///< something does not work as it should
    Alarmed,  ///< the server as a whole is in trouble
};

Mood moodOf(const wire::OverviewRow &overview);
/// The line in the tone of the mood; when calm as it is.
ReportText inMood(Mood mood, const ReportText &line);

/// The mood of the server now, looked at once a second at most. Lives on: hub.
class MoodReader
{
public:
    static constexpr std::chrono::seconds kEvery{1};

    /// Both must outlive the reader.
    MoodReader(const LiveState &state, const Clock &clock)
        : state_(state)
        , clock_(clock)
    {
    }
    Mood now();

private:
    ThreadOwner owner_;
    const LiveState &state_;
    const Clock &clock_;
    std::optional<MonotonicTime> readAt_;
    Mood mood_ = Mood::Calm;
};

} // namespace orchestra
