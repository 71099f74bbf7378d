// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

/* Something that is about to happen: what changes, whom it touches, and the ways out. `remaining` above 0 shows a countdown. */
Rectangle {
    id: root

    property string headline
    property string preview
    property real remaining: 0
    default property alias actions: slot.data

    implicitHeight: Theme.px(56)
    radius: Theme.radius
    color: Theme.selected
    border.width: Theme.hair
    border.color: Theme.accentEdge
    Accessible.role: Accessible.Grouping
    Accessible.name: headline
    Accessible.description: preview

    Column {
        anchors.left: parent.left
        anchors.leftMargin: Theme.s4
        anchors.right: slot.left
        anchors.rightMargin: Theme.s3
        anchors.verticalCenter: parent.verticalCenter

        UiText {
            width: parent.width
            height: Theme.px(20)
            text: root.headline
            strong: true
        }
        UiText {
            visible: text !== ""
            width: parent.width
            height: Theme.px(18)
            text: root.preview
            role: UiText.Small
            tone: UiText.Secondary
        }
    }
    Row {
        id: slot
        anchors.right: parent.right
        anchors.rightMargin: Theme.s3
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.s2
    }
    Rectangle {
        visible: root.remaining > 0
        x: Theme.tight
        y: parent.height - Theme.focusGap
        width: (parent.width - Theme.tight * 2) * Math.min(1, root.remaining)
        height: Theme.selectionEdge
        radius: Theme.hair
        color: Theme.accent
    }
}
