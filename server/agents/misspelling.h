// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/random.h"

#include <string>
#include <string_view>

namespace orchestra {

/// `text` with one slip of the fingers in a word of four or more letters: a letter lost, doubled, swapped with its
/// neighbour, or hit on the key beside it (QWERTY). Unchanged when no word is long enough. For training and tests.
std::string misspelled(std::string_view text, RandomSource &random);

} // namespace orchestra
