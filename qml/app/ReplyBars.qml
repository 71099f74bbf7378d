// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* The last replies: time to the first token inside the whole time. */
Item {
    id: root

    required property RepliesModel replies
    readonly property int count: bars.count
    readonly property int gap: Theme.s1
    readonly property int barWidth: Math.max(Theme.s1, Math.min(Theme.px(17), Math.floor((width + gap) / Math.max(1, count)) - gap))

    implicitHeight: Theme.px(84)
    Accessible.role: Accessible.Graphic
    Accessible.name: qsTr("Time of the last %n replies", "", count)

    UiText {
        text: qsTr("Last %n replies, s", "", root.count)
        role: UiText.Small
        tone: UiText.Secondary
    }
    Row {
        anchors.right: parent.right
        spacing: Theme.s3

        LegendKey {
            label: qsTr("first token")
            block: true
        }
        LegendKey {
            label: qsTr("total")
            block: true
            color: Theme.series1Soft
        }
    }
    Row {
        anchors.bottom: parent.bottom
        height: Theme.px(56)
        spacing: root.gap

        Repeater {
            id: bars
            model: root.replies

            Item {
                id: bar
                required property real firstTokenS
                required property real totalS
                required property string spoken
                required property bool live
                readonly property real perSecond: root.replies.longestS > 0 ? height / root.replies.longestS : 0

                width: root.barWidth
                height: parent ? parent.height : 0
                Accessible.role: Accessible.StaticText
                Accessible.name: spoken

                Rectangle {
                    anchors.bottom: parent.bottom
                    width: parent.width
                    height: Math.max(Theme.focusGap, bar.totalS * bar.perSecond)
                    radius: Theme.radiusTiny
                    color: Theme.series1Soft
                    border.width: bar.live ? Theme.hair : 0
                    border.color: Theme.accent
                }
                Rectangle {
                    anchors.bottom: parent.bottom
                    width: parent.width
                    height: Math.max(Theme.radiusTiny, bar.firstTokenS * bar.perSecond)
                    radius: Theme.hair
                    color: Theme.series1
                }
            }
        }
    }
}
