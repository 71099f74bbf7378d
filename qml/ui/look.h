// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace orchestra::ui {

/// Loads the bundled fonts and picks the style the controls are drawn for. Call once, after the QApplication
/// (Qt Charts needs that one) and before the first engine. Returns false if a font of ours could not be loaded.
[[nodiscard]] bool installLook();

} // namespace orchestra::ui
