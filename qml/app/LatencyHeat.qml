// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* Where replies lie between fast and slow, over time; under a chart, with the same gutters. */
Item {
    id: root

    required property HeatGrid grid
    required property TimeRange range
    property int leftGutter: Theme.px(36)
    property int rightGutter: Theme.px(64)
    property bool old: false

    implicitHeight: Theme.px(76)
    Accessible.role: Accessible.Graphic
    Accessible.name: qsTr("Distribution of the time to the first token")

    TimeScale {
        id: times
        fromMs: root.range.fromMs
        toMs: root.range.toMs
        utcOffsetSeconds: root.range.utcOffsetSeconds
        most: Math.max(1, Math.floor(strip.width / Theme.px(80)))
    }
    HeatStrip {
        id: strip
        x: root.leftGutter
        width: root.width - root.leftGutter - root.rightGutter
        height: Theme.px(56)
        opacity: root.old ? Theme.staleInk : 1
        rows: root.grid.rows
        columns: root.grid.columns
        cells: root.grid.cells
        color: Theme.heat
        faintest: Theme.heatFaintest
        strongest: Theme.heatStrongest
    }
    Repeater {
        model: root.grid.rowLabels

        UiText {
            required property string modelData
            required property int index

            width: root.leftGutter - Theme.s2
            y: Math.round(index * (strip.height - height / 2) / Math.max(1, root.grid.rowLabels.length - 1)) - Theme.s1
            height: Theme.px(14)
            horizontalAlignment: Text.AlignRight
            text: modelData
            role: UiText.Caption
            tone: UiText.Tertiary
        }
    }
    Repeater {
        model: times.ticks

        UiText {
            required property real modelData
            required property int index

            x: Math.round(strip.x + strip.width * (modelData - root.range.fromMs) / (root.range.toMs - root.range.fromMs) - width / 2)
            y: root.height - height
            height: Theme.px(14)
            text: times.labels[index] ?? ""
            role: UiText.Caption
            tone: UiText.Tertiary
        }
    }
    Column {
        x: strip.x + strip.width + Theme.s2
        spacing: Theme.radiusTiny

        UiText {
            text: qsTr("replies")
            role: UiText.Caption
            tone: UiText.Tertiary
        }
        Row {
            spacing: Theme.hair

            Repeater {
                model: 5

                Rectangle {
                    required property int index

                    width: Theme.px(9)
                    height: Theme.px(8)
                    color: Theme.alpha(Theme.heat, Theme.heatFaintest + (Theme.heatStrongest - Theme.heatFaintest) * index / 4)
                }
            }
        }
        UiText {
            visible: root.grid.maximumText !== ""
            text: qsTr("0 to %1").arg(root.grid.maximumText)
            role: UiText.Caption
            tone: UiText.Tertiary
        }
    }
}
