// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui

/* Something that a task may do only when a person says yes: what, for whom, with what, and how long it waits. */
Rectangle {
    id: root

    required property int index
    required property string what
    required property string parametersText
    required property string whoText
    required property string leftText
    required property real leftShare
    required property string busyText
    required property bool available
    required property string reason
    required property string spoken

    signal approved
    signal refused
    signal opened

    implicitHeight: Math.max(Theme.px(64), words.implicitHeight + Theme.s3 * 2)
    radius: Theme.radius
    color: Theme.warnTint
    border.width: Theme.hair
    border.color: Theme.warnEdge
    Accessible.role: Accessible.ListItem
    Accessible.name: spoken

    Icon {
        id: mark
        x: Theme.s4
        anchors.verticalCenter: parent.verticalCenter
        size: Theme.markSize
        text: Icons.stateWarn
        color: Theme.warn
    }
    Column {
        id: words
        anchors.left: mark.right
        anchors.leftMargin: Theme.s3
        anchors.right: time.left
        anchors.rightMargin: Theme.s3
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.radiusTiny

        UiText {
            width: parent.width
            text: root.what
            strong: true
            Accessible.ignored: true
        }
        UiText {
            width: parent.width
            text: root.whoText
            role: UiText.Small
            tone: UiText.Secondary
            Accessible.ignored: true
        }
        UiText {
            visible: text !== ""
            width: parent.width
            text: root.parametersText
            role: UiText.Mono
            tone: UiText.Secondary
            wrapMode: Text.Wrap
            maximumLineCount: 12
            Accessible.ignored: true
        }
    }
    UiText {
        id: time
        anchors.right: buttons.left
        anchors.rightMargin: Theme.s4
        anchors.verticalCenter: parent.verticalCenter
        text: root.leftText
        role: UiText.Small
        tone: UiText.Warn
        Accessible.ignored: true
    }
    Row {
        id: buttons
        anchors.right: parent.right
        anchors.rightMargin: Theme.s3
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.s2

        UiButton {
            small: true
            kind: UiButton.Quiet
            text: qsTr("Show")
            onTriggered: root.opened()
        }
        UiButton {
            small: true
            text: qsTr("Refuse")
            available: root.available && root.busyText === ""
            reason: root.reason
            onTriggered: root.refused()
        }
        UiButton {
            small: true
            kind: UiButton.Danger
            text: root.busyText === "" ? qsTr("Approve") : root.busyText
            glyph: root.busyText === "" ? "" : Icons.statePending
            available: root.available && root.busyText === ""
            reason: root.reason
            onTriggered: root.approved()
        }
    }
    Rectangle {
        x: Theme.tight
        y: parent.height - Theme.focusGap
        width: (parent.width - Theme.tight * 2) * root.leftShare
        height: Theme.selectionEdge
        radius: Theme.hair
        color: Theme.warn
    }
}
