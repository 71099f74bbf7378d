// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui

/* One problem: what it is, since when, and the one step that helps. */
Item {
    id: root

    required property int index
    required property int status
    required property string title
    required property string detail
    required property string ageText
    required property string actionText
    required property bool actionAvailable
    required property string actionReason
    required property string busyText

    signal acted

    implicitHeight: Theme.px(52)
    Accessible.role: Accessible.ListItem
    Accessible.name: title + ", " + detail + ", " + ageText

    Hairline {
        visible: root.index > 0
        x: Theme.s6
        width: parent.width - x
    }
    Icon {
        x: Theme.radiusTiny
        y: words.y + Theme.radiusTiny
        size: Theme.markSize
        text: Icons.ofStatus(root.status)
        color: Theme.statusColor(root.status)
    }
    Column {
        id: words
        x: Theme.s6
        anchors.verticalCenter: parent.verticalCenter
        width: age.x - x - Theme.s3
        spacing: Theme.radiusTiny

        UiText {
            width: parent.width
            text: root.title
            strong: true
            Accessible.ignored: true
        }
        UiText {
            width: parent.width
            text: root.detail
            role: UiText.Small
            tone: UiText.Secondary
            Accessible.ignored: true
        }
    }
    UiText {
        id: age
        anchors.right: step.left
        anchors.rightMargin: Theme.s4
        anchors.verticalCenter: parent.verticalCenter
        text: root.ageText
        role: UiText.Small
        tone: UiText.Tertiary
        Accessible.ignored: true
    }
    UiButton {
        id: step
        visible: text !== ""
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        width: visible ? Math.max(implicitWidth, Theme.px(100)) : 0
        small: true
        text: root.busyText === "" ? root.actionText : root.busyText
        glyph: root.busyText === "" ? "" : Icons.statePending
        available: root.actionAvailable && root.busyText === ""
        reason: root.actionReason
        onTriggered: root.acted()
    }
}
