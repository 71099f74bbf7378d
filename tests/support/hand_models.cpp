// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/hand_models.h"

namespace orchestra {

HandModels::HandModels() = default;
HandModels::~HandModels() = default;

} // namespace orchestra
