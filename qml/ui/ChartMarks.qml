// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui

/* What happened while the lines went on: a dotted line each, with its word above the plot where there is room. */
Item {
    id: root

    required property PlotArea plot
    property alias model: marks.model
    property bool showTexts: true
    readonly property alias count: marks.count

    Repeater {
        id: marks

        Item {
            id: mark
            required property int index
            required property real atMs
            required property string markText
            required property int status

            readonly property Item before: index > 0 ? marks.itemAt(index - 1) : null
            readonly property Item after: index + 1 < marks.count ? marks.itemAt(index + 1) : null
            readonly property real room: (after ? after.x : root.plot.right + root.plot.rightGutter) - x
            readonly property real needed: label.implicitWidth + Theme.markSmall + Theme.s4
            readonly property bool fitsRight: room > needed
            readonly property bool fitsLeft: x - (before ? before.x : root.plot.x) > needed

            x: Math.round(root.plot.xOf(atMs))
            visible: root.plot.shows(atMs)

            Column {
                y: root.plot.y - Theme.s1
                spacing: Theme.focusGap

                Repeater {
                    model: Math.max(0, Math.floor((root.plot.height + Theme.s1) / (Theme.radiusTiny + Theme.focusGap)))

                    Rectangle {
                        width: Theme.hair
                        height: Theme.radiusTiny
                        color: Theme.markLine
                    }
                }
            }
            Row {
                visible: root.showTexts && (mark.fitsRight || mark.fitsLeft)
                x: mark.fitsRight ? -Theme.s1 : Theme.s1 - width
                layoutDirection: mark.fitsRight ? Qt.LeftToRight : Qt.RightToLeft
                spacing: Theme.s1

                Icon {
                    anchors.verticalCenter: parent.verticalCenter
                    size: Theme.markSmall
                    text: mark.status > Status.Idle ? Icons.ofStatus(mark.status) : Icons.down
                    color: mark.status > Status.Idle ? Theme.statusColor(mark.status) : Theme.text3
                }
                UiText {
                    id: label
                    anchors.verticalCenter: parent.verticalCenter
                    text: mark.markText
                    role: UiText.Caption
                    tone: UiText.Secondary
                }
            }
        }
    }
}
