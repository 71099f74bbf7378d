// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui

/* A label and what it is for. */
Item {
    id: root

    property string label
    default property alias field: slot.data

    implicitHeight: Math.max(Theme.controlHeight, slot.childrenRect.height)

    UiText {
        id: words
        width: Theme.px(116)
        height: Theme.controlHeight
        text: root.label
        role: UiText.Small
        tone: UiText.Secondary
        Accessible.ignored: true
    }
    Item {
        id: slot
        anchors.left: words.right
        anchors.right: parent.right
        height: parent.height
    }
}
