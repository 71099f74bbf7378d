// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* Messages in and out, and tokens under them: two units, so two plots that share the time. */
Column {
    id: root

    required property Console console
    property bool old: false
    property bool asTables: false

    readonly property Overview overview: console.overview
    readonly property TimeRange range: console.range

    SectionHeader {
        width: parent.width
        height: Theme.px(26)
        title: qsTr("Throughput")
        note: qsTr("messages/s")
    }
    TimeChart {
        width: parent.width
        height: Theme.px(162)
        fromMs: root.range.fromMs
        toMs: root.range.toMs
        cutMs: root.range.cutMs
        utcOffsetSeconds: root.range.utcOffsetSeconds
        cursorMs: root.range.cursorMs
        marks: root.console.marks
        showTimes: false
        stale: root.old
        asTable: root.asTables
        spoken: root.overview.throughputSpoken
        onCursorMoved: ms => root.range.cursorMs = ms
        onZoomed: (fromMs, toMs) => root.range.zoom(fromMs, toMs)

        TimeSeries {
            name: root.overview.messagesOut.name
            points: root.overview.messagesOut.points
            endLabel: root.overview.messagesOut.lastText
            color: Theme.series1
            labelColor: Theme.series1
        }
        TimeSeries {
            name: root.overview.messagesIn.name
            points: root.overview.messagesIn.points
            endLabel: root.overview.messagesIn.lastText
            color: Theme.seriesQuiet
            labelColor: Theme.text2
        }
    }
    UiText {
        leftPadding: Theme.px(36)
        height: Theme.px(22)
        text: qsTr("tokens/s")
        role: UiText.Caption
        tone: UiText.Tertiary
    }
    TimeChart {
        width: parent.width
        height: Theme.px(82)
        intervals: 1
        fromMs: root.range.fromMs
        toMs: root.range.toMs
        cutMs: root.range.cutMs
        cutText: ""
        utcOffsetSeconds: root.range.utcOffsetSeconds
        cursorMs: root.range.cursorMs
        marks: root.console.marks
        showMarkTexts: false
        stale: root.old
        asTable: root.asTables
        spoken: qsTr("Tokens a second: %1").arg(root.overview.tokens.valueText)
        onCursorMoved: ms => root.range.cursorMs = ms
        onZoomed: (fromMs, toMs) => root.range.zoom(fromMs, toMs)

        TimeSeries {
            name: root.overview.tokens.name
            points: root.overview.tokens.points
            endLabel: root.overview.tokens.valueText
            color: Theme.series1
            labelColor: Theme.series1
        }
    }
}
