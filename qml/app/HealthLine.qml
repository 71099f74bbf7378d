// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui

/* A thing the server depends on, in one line: name, state, what is known of it, what was measured. */
Item {
    id: root

    required property string name
    required property string stateText
    required property int status
    required property string detailText
    required property string spoken
    property string measured
    property bool pressable: false

    signal triggered

    implicitHeight: Theme.rowHeight
    activeFocusOnTab: pressable
    Accessible.role: pressable ? Accessible.Button : Accessible.ListItem
    Accessible.name: spoken === "" ? Words.sentence(name, stateText, detailText) : spoken
    Accessible.onPressAction: if (pressable) triggered()
    Keys.onReturnPressed: if (pressable) triggered()
    Keys.onSpacePressed: if (pressable) triggered()

    Rectangle {
        visible: hover.hovered && root.pressable
        anchors.fill: parent
        color: Theme.hover
    }
    UiText {
        id: what
        width: Math.max(Theme.px(120), Math.min(implicitWidth, parent.width * 0.34))
        height: parent.height
        text: root.name
        role: UiText.Small
        strong: true
        Accessible.ignored: true
    }
    StatusMark {
        id: state
        anchors.left: what.right
        anchors.leftMargin: Theme.s3
        anchors.verticalCenter: parent.verticalCenter
        status: root.status
        word: root.stateText
    }
    UiText {
        anchors.left: state.right
        anchors.leftMargin: Theme.s3
        anchors.right: figures.left
        anchors.rightMargin: Theme.s3
        height: parent.height
        text: root.detailText
        role: UiText.Small
        tone: UiText.Tertiary
        Accessible.ignored: true
    }
    UiText {
        id: figures
        anchors.right: parent.right
        height: parent.height
        text: root.measured
        role: UiText.Small
        tone: UiText.Secondary
        Accessible.ignored: true
    }
    FocusRing {
        visible: root.activeFocus
    }
    HoverHandler {
        id: hover
    }
    TapHandler {
        enabled: root.pressable
        onTapped: root.triggered()
    }
}
