// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/chat_models.h"
#include "shared/wire/chat_messages.h"

#include <vector>

namespace orchestra {

/// Where an answer came from and what it cost, as chips.
std::vector<ChipLine> chipsOf(const wire::AgentCompleted &completed);

/// Where its time went, as the bars of a waterfall in the order they happened.
std::vector<PhaseBar> phasesOf(const wire::Timings &timings);

/// What a person can do about a failure that may pass.
QString adviceFor(const wire::ErrorBody &error);

} // namespace orchestra
