// SPDX-License-Identifier: GPL-3.0-or-later
.pragma library
// Believable numbers from one seed: one point every 10 s, ending at `end`.

const end = Date.UTC(2026, 0, 14, 14, 3, 22);
const start = end - 900000;

function random(seed) {
    let state = seed >>> 0;
    return () => {
        state = (state * 1664525 + 1013904223) >>> 0;
        return state / 4294967296;
    };
}

/// A smooth walk round `base`; `step` is added from the share `from` of the window on.
function walk(seed, base, jitter, from = 2, step = 0, count = 91) {
    const next = random(seed), points = [];
    let drift = 0;
    for (let at = 0; at < count; ++at) {
        const share = at / (count - 1);
        drift = drift * 0.82 + (next() - 0.5) * jitter * 2;
        const added = step * Math.min(1, Math.max(0, (share - from) / 0.05));
        points.push(Qt.point(start + share * 900000, Math.max(0, base + drift + added + (next() - 0.5) * jitter * 0.6)));
    }
    return points;
}

function hole(points, from, to) {
    return points.map((point, at) => at / points.length > from && at / points.length < to ? Qt.point(point.x, NaN) : point);
}

function heat(columns, rows) {
    const next = random(77), cells = [];
    for (let column = 0; column < columns; ++column) {
        const centre = 6.4 - (column > columns * 0.64 ? 0.7 : 0);
        for (let row = 0; row < rows; ++row) {
            const away = row - centre;
            cells.push(Math.min(1, Math.exp(-away * away / (away < 0 ? 3.6 : 1.1)) * (0.75 + next() * 0.35)));
        }
    }
    return cells;
}
