// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

/* A tool call on the thread of a turn: name, arguments, time. One line; opens to the whole of arguments and result. */
Item {
    id: root

    property string name
    property string parameters
    property string tookText
    property string result
    property int status: Status.Ok
    property bool open: false

    readonly property bool well: status === Status.Ok
    readonly property int lineHeight: Theme.px(26)

    implicitHeight: lineHeight + (open ? more.implicitHeight + Theme.s2 : 0)
    activeFocusOnTab: true
    Accessible.role: Accessible.Button
    Accessible.name: qsTr("Tool %1, %2").arg(name).arg(tookText)
    Accessible.description: parameters
    Accessible.onPressAction: root.open = !root.open
    Keys.onReturnPressed: open = !open
    Keys.onSpacePressed: open = !open

    Rectangle {
        x: Theme.tight - Theme.hair
        width: Theme.hair
        height: parent.height
        color: Theme.lineStrong
    }
    Item {
        id: line
        width: parent.width
        height: root.lineHeight

        Icon {
            id: mark
            x: Theme.s5
            anchors.verticalCenter: parent.verticalCenter
            size: Theme.iconSmall
            text: Icons.tool
            color: Theme.text3
        }
        UiText {
            id: what
            anchors.left: mark.right
            anchors.leftMargin: Theme.s2
            height: parent.height
            text: root.name
            role: UiText.Mono
            Accessible.ignored: true
        }
        UiText {
            anchors.left: what.right
            anchors.leftMargin: Theme.s3 - Theme.hair * 2
            anchors.right: outcome.left
            anchors.rightMargin: Theme.s2
            height: parent.height
            text: root.parameters
            role: UiText.Mono
            tone: UiText.Tertiary
            maximumLineCount: 1
            Accessible.ignored: true
        }
        Row {
            id: outcome
            anchors.right: parent.right
            height: parent.height
            spacing: Theme.tight

            Icon {
                visible: !root.well
                anchors.verticalCenter: parent.verticalCenter
                size: Theme.markSmall
                text: Icons.ofStatus(root.status)
                color: Theme.statusColor(root.status)
            }
            UiText {
                anchors.verticalCenter: parent.verticalCenter
                text: root.tookText
                role: UiText.Small
                tone: root.well ? UiText.Tertiary : toneOf(root.status)
                Accessible.ignored: true
            }
        }
        TapHandler {
            onTapped: root.open = !root.open
        }
    }
    Column {
        id: more
        visible: root.open
        x: Theme.s5 + Theme.iconSmall + Theme.s2
        y: root.lineHeight
        width: parent.width - x
        spacing: Theme.s1

        UiText {
            width: parent.width
            wrapMode: Text.WrapAnywhere
            elide: Text.ElideNone
            text: root.parameters
            role: UiText.MonoSmall
            tone: UiText.Secondary
        }
        UiText {
            width: parent.width
            wrapMode: Text.WrapAnywhere
            elide: Text.ElideNone
            text: root.result
            role: UiText.MonoSmall
            tone: root.well ? UiText.Secondary : toneOf(root.status)
        }
    }
    FocusRing {
        visible: root.activeFocus
        anchors.margins: 0
    }
}
