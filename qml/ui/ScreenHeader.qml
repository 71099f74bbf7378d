// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

/* Title, one dim sentence, actions on the right. The link banner covers this band, so nothing below it ever moves. */
Item {
    id: root

    property string title
    property string note
    default property alias actions: slot.data

    implicitHeight: Theme.headerHeight
    Accessible.role: Accessible.Heading
    Accessible.name: title + (note === "" ? "" : ", " + note)

    UiText {
        id: words
        x: Theme.s5
        anchors.verticalCenter: parent.verticalCenter
        text: root.title
        role: UiText.Title
        Accessible.ignored: true
    }
    UiText {
        anchors.left: words.right
        anchors.leftMargin: Theme.s3
        anchors.right: slot.left
        anchors.rightMargin: Theme.s3
        anchors.baseline: words.baseline
        text: root.note
        tone: UiText.Tertiary
        Accessible.ignored: true
    }
    Row {
        id: slot
        anchors.right: parent.right
        anchors.rightMargin: Theme.s5
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.s2
    }
}
