// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick

/* A piece of the line or block it names. */
Row {
    id: root

    property string label
    property color color: Theme.series1
    property color ink: Theme.text2
    property bool dashed: false
    property bool block: false

    spacing: Theme.tight - Theme.hair
    Accessible.role: Accessible.StaticText
    Accessible.name: label

    Item {
        width: Theme.markSize
        height: Theme.markSize
        anchors.verticalCenter: parent.verticalCenter

        Rectangle {
            visible: root.block
            anchors.centerIn: parent
            width: Theme.s2
            height: Theme.s2
            radius: Theme.radiusTiny
            color: root.color
        }
        Row {
            visible: !root.block
            anchors.centerIn: parent
            spacing: Theme.radiusTiny

            Repeater {
                model: root.dashed ? 2 : 1

                Rectangle {
                    width: root.dashed ? Theme.s1 + Theme.hair : Theme.markSize
                    height: Theme.radiusTiny
                    color: root.color
                }
            }
        }
    }
    UiText {
        anchors.verticalCenter: parent.verticalCenter
        text: root.label
        role: UiText.Caption
        color: root.ink
        Accessible.ignored: true
    }
}
