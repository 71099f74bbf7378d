// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui

/* Three or four round values across the plot, whole minutes under it; the ground line is a little stronger. */
Item {
    id: root

    required property PlotArea plot
    property bool showTimes: true

    Repeater {
        model: root.plot.values.ticks

        Item {
            id: tick
            required property real modelData
            required property int index
            readonly property int at: Math.round(root.plot.yOf(modelData))

            Rectangle {
                x: root.plot.x
                y: tick.at
                width: root.plot.width
                height: Theme.hair
                color: tick.index === 0 ? Theme.line : Theme.gridLine
            }
            UiText {
                width: root.plot.x - Theme.s2
                y: tick.at - Math.round(height / 2)
                height: Theme.px(14)
                horizontalAlignment: Text.AlignRight
                text: root.plot.values.labels[tick.index] ?? ""
                role: UiText.Caption
                tone: UiText.Tertiary
                Accessible.ignored: true
            }
        }
    }
    Repeater {
        model: root.showTimes ? root.plot.time.ticks : []

        UiText {
            required property real modelData
            required property int index

            x: Math.round(Math.max(0, Math.min(root.width - width, root.plot.xOf(modelData) - width / 2)))
            y: root.height - height
            height: Theme.px(14)
            text: root.plot.time.labels[index] ?? ""
            role: UiText.Caption
            tone: UiText.Tertiary
            Accessible.ignored: true
        }
    }
}
