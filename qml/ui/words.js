// SPDX-License-Identifier: GPL-3.0-or-later
.pragma library

/// The parts that say something, as one sentence for a screen reader.
function sentence(...parts) {
    return parts.filter(part => part.trim() !== "").join(", ");
}
