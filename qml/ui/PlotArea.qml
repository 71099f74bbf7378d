// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui

/* Where the plot of a chart lies inside the chart, and what its two axes say: the one place where values become pixels. */
QtObject {
    id: root

    property int x
    property int y
    property int width
    property int height
    /// What is left of the chart to the right of the plot.
    property int rightGutter: 0

    readonly property TimeScale time: TimeScale {
        id: timeScale
        most: Math.max(1, Math.floor(root.width / Theme.px(80)))
    }
    readonly property ValueScale values: ValueScale {
        id: valueScale
    }
    property alias fromMs: timeScale.fromMs
    property alias toMs: timeScale.toMs
    property alias utcOffsetSeconds: timeScale.utcOffsetSeconds
    property alias intervals: valueScale.intervals
    property alias fromZero: valueScale.fromZero
    property alias low: valueScale.low
    property alias high: valueScale.high
    property alias guard: valueScale.guard
    readonly property int right: x + width
    readonly property int bottom: y + height

    function yOf(value: real): real {
        return y + height * (1 - (value - valueScale.minimum) / (valueScale.maximum - valueScale.minimum));
    }
    function xOf(ms: real): real {
        return toMs > fromMs ? x + width * (ms - fromMs) / (toMs - fromMs) : x;
    }
    function msAt(at: real): real {
        return fromMs + (toMs - fromMs) * Math.max(0, Math.min(1, (at - x) / Math.max(1, width)));
    }
    function shows(ms: real): bool {
        return !isNaN(ms) && ms >= fromMs && ms <= toMs;
    }
}
