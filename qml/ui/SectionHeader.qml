// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

/* The title of a block on the canvas: words, a dim note (often the unit), room for small tools on the right. */
Item {
    id: root

    property string title
    property string note
    default property alias tools: slot.data

    implicitHeight: Theme.controlSmall
    Accessible.role: Accessible.Heading
    Accessible.name: title + (note === "" ? "" : ", " + note)

    UiText {
        id: words
        anchors.verticalCenter: parent.verticalCenter
        text: root.title
        font.weight: Font.DemiBold
        Accessible.ignored: true
    }
    UiText {
        anchors.left: words.right
        anchors.leftMargin: Theme.s2
        anchors.right: slot.left
        anchors.rightMargin: Theme.s2
        anchors.baseline: words.baseline
        text: root.note
        role: UiText.Small
        tone: UiText.Tertiary
        Accessible.ignored: true
    }
    Row {
        id: slot
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.s3
    }
}
