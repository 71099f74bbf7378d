// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/actions/command_index.h"
#include "console/link/mirror.h"
#include "console/models/keymap.h"
#include "console/models/navigation.h"

namespace orchestra {

class Console;

// What the palette finds. Everything handed over must outlive the source.

PaletteSource screensSource(Navigation &navigation, const Keymap &keymap);
PaletteSource commandsSource(Console &console);
PaletteSource connectionsSource(const Mirror &mirror, Navigation &navigation);

} // namespace orchestra
