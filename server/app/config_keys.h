// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/app/config_schema.h"

#include <vector>

namespace orchestra {

/// The table itself: every key, in the order in which it is shown.
std::vector<ConfigKey> makeConfigKeys();

} // namespace orchestra
