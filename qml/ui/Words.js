// SPDX-License-Identifier: GPL-3.0-or-later
.pragma library

/// The parts that say something, as one sentence for a screen reader.
function sentence(...parts) {
    return parts.filter(part => part.trim() !== "").join(", ");
}

/// The texts of a list with something between them.
function joined(list, between) {
    return Array.from(list).join(between);
}

/// Where `value` is in a list, -1 if it is not.
function placeOf(list, value) {
    return Array.from(list).indexOf(value);
}
