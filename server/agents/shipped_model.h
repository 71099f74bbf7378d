// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace orchestra {

/// The intent model that the build trained from server/agents/data, as embedded in the program. Lives for ever.
std::string_view shippedIntentModel();

} // namespace orchestra
