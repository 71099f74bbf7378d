// SPDX-License-Identifier: GPL-3.0-or-later
pragma Singleton
import QtQuick

/*
    Every colour, size and duration of the console; no other file writes one.
    Contrast, in comments: dark | light | high contrast, each on the worst surface the colour is used on. tests/qml computes them again.
*/
QtObject {
    id: root

    enum Scheme { Dark, Light, Contrast }
    enum Density { Compact, Normal, Cosy }

    property int scheme: Theme.Dark
    property int density: Theme.Normal
    property real textScale: 1.0 // 0.9 ... 2.0
    property bool reduceMotion: false

    readonly property bool dark: scheme !== Theme.Light

    // Surfaces: three levels and no more. The level says what a thing is, not how deep it is nested.
    readonly property color chrome: pick("#101317", "#f5f6f8", "#000000") // strip, rail, status line
    readonly property color canvas: pick("#15181d", "#ffffff", "#000000") // the screen
    readonly property color raised: pick("#1c2027", "#fafbfc", "#14171c") // inspector, fields, cards, menus
    readonly property color hover: pick("#1f242b", "#f4f5f8", "#23272e")
    readonly property color pressed: pick("#272d36", "#eef1f4", "#343a43")
    readonly property color selected: pick("#20243b", "#f0f1fd", "#2b2f5c")
    readonly property color line: pick("#252a32", "#e6e9ed", "#8b94a1") // hairlines: decoration only
    readonly property color lineStrong: pick("#39414c", "#cbd1d9", "#ffffff") // edges of controls
    readonly property color gridLine: pick("#1f242b", "#eef0f3", "#4a515c")
    readonly property color scrim: Qt.rgba(0, 0, 0, pick(0.5, 0.32, 0.7))
    readonly property color shadow: Qt.rgba(0, 0, 0, pick(0.28, 0.06, 0))

    // Text. Each stays at or above 4.5 on hover, pressed and selected too.
    readonly property color text1: pick("#e8ebf0", "#14181f", "#ffffff") // 13.7 | 16.5 | 18.0
    readonly property color text2: pick("#adb5c1", "#4b5563", "#e2e6ec") //  7.9 |  7.0 | 14.3
    readonly property color text3: pick("#8b95a3", "#616b79", "#c9cfd8") //  5.4 |  5.0 | 11.5
    readonly property color disabled: pick("#6b7482", "#8d96a2", "#9aa3ae") // exempt: a reason always stands beside it

    // One accent: it means "you" (selection, focus, what you are about to do), never a condition of the system.
    readonly property color accent: pick("#959cf7", "#4a4fc4", "#c4c8ff") // 6.5 | 6.1 | 11.2
    readonly property color accentFill: pick("#5b61d6", "#4a4fc4", "#c4c8ff") // with accentInk 5.1 | 6.5 | 13.1
    readonly property color accentInk: pick("#ffffff", "#ffffff", "#000000")
    readonly property color accentEdge: alpha(accent, pick(0.5, 0.5, 1))
    readonly property color accentInkEdge: alpha(accentInk, 0.4)

    // Conditions: always shape + word + colour. The pairs stay apart for protan, deutan and tritan eyes.
    readonly property color ok: pick("#56b4e9", "#0072b2", "#8fd0ff") // 7.1 | 4.8 | 10.8
    readonly property color warn: pick("#e69f00", "#8a6a00", "#ffc94d") // 7.3 | 4.7 | 11.7
    readonly property color bad: pick("#ff6f59", "#8b0a3d", "#ff9d8c") // 6.0 | 8.8 | 8.9
    readonly property color idle: pick("#9aa4b2", "#5b6472", "#d5dae1") // 6.5 | 5.5 | 12.8
    readonly property color okSoft: alpha(ok, pick(0.55, 0.5, 1))
    readonly property color warnEdge: alpha(warn, pick(0.5, 0.5, 1))
    readonly property color badEdge: alpha(bad, pick(0.55, 0.55, 1))
    readonly property color badTint: alpha(bad, pick(0.1, 0.06, 0.2))
    readonly property color warnTint: alpha(warn, pick(0.1, 0.08, 0.2))

    // Environment: a word and a band, in hues no condition has.
    readonly property color envProduction: pick("#e08fc3", "#97256d", "#ffb3e1") // 6.9 | 6.9
    readonly property color envStaging: pick("#6fc7ab", "#00694f", "#8ff0d0") // 8.1 | 6.2
    readonly property color envDevelopment: idle

    // Chart series: Okabe-Ito hues without amber, which means "warning". The dash differs too.
    readonly property color series1: pick("#56b4e9", "#0072b2", "#8fd0ff")
    readonly property color series2: pick("#cc8fb4", "#a3487f", "#ffb3e1")
    readonly property color series3: pick("#45b896", "#007a5c", "#7df0cd")
    readonly property color series4: pick("#d9cf63", "#7d6f00", "#fff08a")
    readonly property color series5: pick("#d9824a", "#b04a00", "#ffb585")
    readonly property color seriesQuiet: pick("#77818f", "#8a93a0", "#c9cfd8") // context: p50, control, the window before
    readonly property color series1Soft: alpha(series1, pick(0.42, 0.4, 0.5))
    readonly property color series1Bar: alpha(series1, pick(0.55, 0.5, 0.7))
    readonly property color seriesQuietSoft: alpha(seriesQuiet, pick(0.35, 0.3, 0.4))
    readonly property color heat: series1
    readonly property real heatFaintest: 0.07
    readonly property real heatStrongest: 0.95
    readonly property color waitInk: alpha(text3, 0.55)
    readonly property color markLine: alpha(text3, 0.75)
    readonly property color guardLine: alpha(warn, 0.9)
    readonly property color gapFill: alpha(text3, 0.1)
    readonly property color gapEdge: alpha(text3, 0.6)
    readonly property color zoomFill: alpha(accent, 0.14)
    readonly property real environmentTint: pick(0.16, 0.1, 0.3)
    readonly property real lineQuiet: 1.2
    readonly property real lineLead: 1.8
    readonly property real staleInk: 0.6 // lines and heat of old data; never text

    // Type: Inter with fixed-width digits; JetBrains Mono for ids, frames and arguments.
    readonly property string sans: "Inter Tabular"
    readonly property string display: "Inter Tabular Display"
    readonly property string mono: "JetBrains Mono"
    readonly property string icons: "Orchestra Icons"
    readonly property int textTiny: px(10) // key hints, figures on small bars
    readonly property int textCaption: px(11) // axis labels, column heads
    readonly property int textSmall: px(12) // cells, secondary lines
    readonly property int textBody: px(13)
    readonly property int textLead: px(15) // pane titles
    readonly property int textTitle: px(20) // screen title
    readonly property int textStat: px(26) // the big numbers
    readonly property real trackStat: -0.4
    readonly property real trackTitle: -0.2
    readonly property real trackCapitals: 0.4
    readonly property real leading: 1.25
    readonly property real leadingLoose: 1.35 // what people and models wrote

    // Space: a 4 px grid. Does not grow with the text.
    readonly property int s1: 4
    readonly property int tight: 6 // between a mark and its word
    readonly property int s2: 8
    readonly property int s3: 12
    readonly property int s4: 16
    readonly property int s5: 20 // page margin
    readonly property int s6: 24
    readonly property int s8: 32
    readonly property int s10: 40 // between two charts
    readonly property int hair: 1

    // Sizes: grow with the text.
    readonly property int stripHeight: px(40)
    readonly property int bandHeight: 3
    readonly property int railWidth: px(200)
    readonly property int railCollapsed: px(48)
    readonly property int statusHeight: px(28)
    readonly property int inspectorWidth: px(360)
    readonly property int headerHeight: px(56)
    readonly property int rowHeight: px(density === Theme.Compact ? 22 : density === Theme.Cosy ? 36 : 28)
    readonly property int headRowHeight: px(28)
    readonly property int controlHeight: px(28)
    readonly property int controlSmall: px(24)
    readonly property int chipHeight: px(20)
    readonly property int keyHeight: px(16)
    readonly property int iconSize: px(16)
    readonly property int iconSmall: px(14)
    readonly property int markSize: px(12)
    readonly property int markSmall: px(10)
    readonly property int barHeight: px(4)
    readonly property int selectionEdge: 2

    readonly property int radiusTiny: 2 // bars
    readonly property int radiusKey: 3
    readonly property int radiusSmall: 4 // chips, cells
    readonly property int radius: 6 // controls, cards
    readonly property int radiusLarge: 10 // sheets
    readonly property int focusRing: 2
    readonly property int focusGap: 3

    // Motion: only for what the user moved, never for data.
    readonly property int motionFast: reduceMotion ? 0 : 80
    readonly property int motion: reduceMotion ? 0 : 140
    readonly property int changeTick: 600
    readonly property int skeletonDelay: 300
    readonly property int tipDelay: 500
    readonly property int beat: 200

    function pick(inDark, inLight, inContrast) {
        return scheme === Theme.Light ? inLight : scheme === Theme.Contrast ? inContrast : inDark;
    }
    function alpha(ink: color, strength: real): color {
        return Qt.rgba(ink.r, ink.g, ink.b, strength);
    }
    /// A length at 100 % as one at the text scale of now.
    function px(length: real): int {
        return Math.round(length * textScale);
    }
    function statusColor(status: int): color {
        return status === Status.Ok ? ok : status === Status.Warn ? warn : status === Status.Bad ? bad : idle;
    }
}
