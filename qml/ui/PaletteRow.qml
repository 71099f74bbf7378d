// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import "Words.js" as Words

/* One row of the command palette. */
Item {
    id: root

    required property int index
    required property string glyph
    required property string title
    required property string detail
    required property string keysText
    required property string riskText
    required property bool available
    required property string reason
    required property string spoken
    property bool current: false

    signal tapped

    Accessible.role: Accessible.ListItem
    Accessible.name: spoken === "" ? Words.sentence(title, detail, reason) : spoken
    Accessible.onPressAction: root.tapped()

    Rectangle {
        visible: root.current
        anchors.fill: parent
        radius: Theme.radius
        color: Theme.selected
    }
    Icon {
        id: mark
        x: Theme.s3 - Theme.hair * 2
        anchors.verticalCenter: parent.verticalCenter
        text: Icons.named(root.glyph)
        color: root.available ? Theme.text2 : Theme.disabled
    }
    UiText {
        id: what
        anchors.left: mark.right
        anchors.leftMargin: Theme.s3 - Theme.hair * 2
        width: Math.min(implicitWidth, root.width * 0.6)
        height: parent.height
        text: root.title
        tone: root.available ? UiText.Primary : UiText.Disabled
        Accessible.ignored: true
    }
    UiText {
        anchors.left: what.right
        anchors.leftMargin: Theme.s3 - Theme.hair * 2
        anchors.right: tail.left
        anchors.rightMargin: Theme.s2
        height: parent.height
        text: root.available ? root.detail : root.reason
        role: UiText.Small
        tone: UiText.Tertiary
        Accessible.ignored: true
    }
    Row {
        id: tail
        anchors.right: parent.right
        anchors.rightMargin: Theme.s3 - Theme.hair * 2
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.s2

        StatusMark {
            visible: root.riskText !== ""
            anchors.verticalCenter: parent.verticalCenter
            status: Status.Warn
            word: root.riskText
            role: UiText.Caption
        }
        KeyHint {
            visible: root.keysText !== ""
            anchors.verticalCenter: parent.verticalCenter
            keys: root.keysText
        }
    }
    TapHandler {
        onTapped: root.tapped()
    }
}
