// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

/* A key as text, "Ctrl K". Quiet on purpose: it teaches, it does not shout. */
Rectangle {
    id: root

    property string keys
    property bool inverted: false

    implicitWidth: label.implicitWidth + Theme.s2
    implicitHeight: Theme.keyHeight
    width: implicitWidth
    height: implicitHeight
    radius: Theme.radiusKey
    color: "transparent"
    border.width: Theme.hair
    border.color: inverted ? Theme.accentInkEdge : Theme.line

    UiText {
        id: label
        anchors.centerIn: parent
        text: root.keys
        role: UiText.Tiny
        color: root.inverted ? Theme.accentInk : Theme.text3
        Accessible.ignored: true
    }
}
