// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick

/*
    Where one reply spent its time: one bar, and under it the phases in words with their times.
    `phases` is a list model with the roles name, atMs, lengthMs, lengthText, kind (Waterfall.Kind) and live.
*/
Item {
    id: root

    enum Kind { Wait, Work, Stream, Store }

    property alias phases: bars.model
    property real totalMs: 0
    property string totalText

    function inkOf(kind: int): color {
        return [Theme.waitInk, Theme.series1, Theme.series1Soft, Theme.series3][kind];
    }
    function placeOf(ms: real): int {
        return totalMs > 0 ? Math.round(width * Math.min(1, ms / totalMs)) : 0;
    }

    implicitHeight: bar.height + Theme.tight + words.implicitHeight
    Accessible.role: Accessible.Graphic
    Accessible.name: qsTr("Time of this reply: %1").arg(totalText)

    Rectangle {
        id: bar
        width: parent.width
        height: Theme.px(8)
        radius: Theme.radiusTiny
        color: Theme.pressed
    }
    Repeater {
        id: bars

        Rectangle {
            required property real atMs
            required property real lengthMs
            required property int kind

            x: root.placeOf(atMs)
            width: Math.max(Theme.radiusTiny, root.placeOf(atMs + lengthMs) - x - Theme.hair)
            height: bar.height
            radius: Theme.radiusTiny
            color: root.inkOf(kind)
        }
    }
    Flow {
        id: words
        anchors.left: parent.left
        anchors.right: total.left
        anchors.rightMargin: Theme.s3
        y: bar.height + Theme.tight
        spacing: Theme.s4

        Repeater {
            model: root.phases

            Row {
                id: phase
                required property string name
                required property string lengthText
                required property int kind
                required property bool live

                spacing: Theme.tight - Theme.hair
                Accessible.role: Accessible.StaticText
                Accessible.name: name + " " + lengthText

                Rectangle {
                    width: Theme.px(6)
                    height: Theme.px(6)
                    radius: Theme.hair
                    anchors.verticalCenter: parent.verticalCenter
                    color: root.inkOf(phase.kind)
                }
                UiText {
                    text: phase.name
                    role: UiText.Caption
                    tone: UiText.Tertiary
                    Accessible.ignored: true
                }
                UiText {
                    text: phase.lengthText
                    role: UiText.Caption
                    strong: true
                    tone: phase.live ? UiText.Accent : UiText.Primary
                    Accessible.ignored: true
                }
            }
        }
    }
    UiText {
        id: total
        anchors.right: parent.right
        y: words.y
        text: root.totalText
        role: UiText.Caption
        tone: UiText.Tertiary
        Accessible.ignored: true
    }
}
