// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    enum Preset { Minutes5, Minutes15, Hour1, Hours6, Hours24, Custom }

    property int preset: TimeRange.Minutes15
    readonly property string text: preset === TimeRange.Custom ? "custom" : presets[preset]
    property list<string> presets: ["5 min", "15 min", "1 h", "6 h", "24 h"]
    property real fromMs: 1768399402000 - 900000
    property real toMs: 1768399402000
    property real cutMs: NaN
    property bool paused: false
    property string heldText
    property real cursorMs: NaN
    property int utcOffsetSeconds: 0

    function shorter() { preset = Math.max(0, preset - 1); }
    function longer() { preset = Math.min(TimeRange.Hours24, preset + 1); }
    function goLive() { paused = false; preset = TimeRange.Minutes15; }
    function zoom(fromMs: real, toMs: real) { this.fromMs = fromMs; this.toMs = toMs; preset = TimeRange.Custom; }
}
