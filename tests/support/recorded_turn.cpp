// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/recorded_turn.h"

namespace orchestra {

RecordedTurn::~RecordedTurn() = default;

} // namespace orchestra
