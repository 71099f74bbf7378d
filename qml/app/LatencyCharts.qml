// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* Time to the first token: three percentiles with the guard, and where the replies lie between fast and slow. */
Column {
    id: root

    required property Console console
    property bool old: false
    property bool asTables: false

    readonly property Overview overview: console.overview
    readonly property TimeRange range: console.range
    /// Has room for the name of a guard that is out of sight.
    readonly property int gutter: Theme.px(76)
    readonly property bool hasHeat: overview.latencyHeat.columns > 0

    SectionHeader {
        width: parent.width
        height: Theme.px(26)
        title: qsTr("First token")
        note: qsTr("ms")
    }
    TimeChart {
        width: parent.width
        height: root.hasHeat ? Theme.px(162) : Theme.px(266)
        rightGutter: root.gutter
        fromMs: root.range.fromMs
        toMs: root.range.toMs
        cutMs: root.range.cutMs
        utcOffsetSeconds: root.range.utcOffsetSeconds
        cursorMs: root.range.cursorMs
        marks: root.console.marks
        guard: root.overview.firstTokenGuard
        guardText: isNaN(guard) ? "" : qsTr("guard %1").arg(guard)
        showTimes: !root.hasHeat
        stale: root.old
        asTable: root.asTables
        spoken: root.overview.latencySpoken
        onCursorMoved: ms => root.range.cursorMs = ms
        onZoomed: (fromMs, toMs) => root.range.zoom(fromMs, toMs)

        TimeSeries {
            name: root.overview.p99.name
            points: root.overview.p99.points
            endLabel: root.overview.p99.lastText
            color: Theme.seriesQuiet
            labelColor: Theme.text2
            dashed: true
            lineWidth: Theme.lineQuiet
        }
        TimeSeries {
            name: root.overview.p95.name
            points: root.overview.p95.points
            endLabel: root.overview.p95.lastText
            color: Theme.series1
            labelColor: Theme.series1
            lineWidth: Theme.lineLead
        }
        TimeSeries {
            name: root.overview.p50.name
            points: root.overview.p50.points
            endLabel: root.overview.p50.lastText
            color: Theme.seriesQuiet
            labelColor: Theme.text2
            lineWidth: Theme.lineQuiet
        }
    }
    UiText {
        visible: root.hasHeat
        leftPadding: Theme.px(36)
        height: Theme.px(28)
        text: qsTr("distribution, log ms")
        role: UiText.Caption
        tone: UiText.Tertiary
    }
    LatencyHeat {
        visible: root.hasHeat
        width: parent.width
        grid: root.overview.latencyHeat
        rightGutter: root.gutter
        range: root.range
        old: root.old
    }
}
