// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* What passed on the tester's own connection, and how long the last replies took. */
FocusScope {
    id: root

    required property Console console
    readonly property ChatTester chat: console.chat
    property int opened: -1

    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Frames")

    Rectangle {
        anchors.fill: parent
        color: Theme.canvas
    }
    Hairline {
        height: parent.height
    }
    Item {
        id: head
        width: parent.width
        height: Theme.headerHeight

        UiText {
            id: title
            x: Theme.s4
            y: Theme.s3 - Theme.hair * 2
            text: qsTr("Frames")
            role: UiText.Lead
            Accessible.role: Accessible.Heading
            Accessible.name: text
        }
        UiText {
            anchors.top: title.bottom
            x: Theme.s4
            width: parent.width - Theme.s8
            text: root.chat.framesText
            role: UiText.Small
            tone: UiText.Tertiary
        }
        Hairline {
            anchors.bottom: parent.bottom
            width: parent.width
        }
    }
    ReplyBars {
        id: replies
        visible: count > 0
        anchors.top: head.bottom
        anchors.topMargin: Theme.s2
        x: Theme.s4
        width: parent.width - Theme.s4 * 2
        height: visible ? implicitHeight : 0
        replies: root.chat.replies
    }
    FrameList {
        id: list
        anchors.top: replies.bottom
        anchors.topMargin: Theme.s2
        anchors.bottom: foot.top
        width: parent.width
        visible: root.opened < 0
        focus: true
        frames: root.chat.frames
        onOpened: row => root.opened = row
    }
    RawText {
        anchors.fill: list
        anchors.margins: Theme.s3
        visible: root.opened >= 0
        name: qsTr("This frame as JSON")
        text: root.opened >= 0 ? root.chat.frames.raw(root.opened) : ""
        Keys.onEscapePressed: root.opened = -1
    }
    Item {
        id: foot
        anchors.bottom: parent.bottom
        width: parent.width
        height: Theme.px(36)

        Hairline {
            width: parent.width
        }
        Row {
            x: Theme.s3
            height: parent.height
            spacing: Theme.s1

            UiButton {
                anchors.verticalCenter: parent.verticalCenter
                small: true
                kind: UiButton.Quiet
                text: qsTr("Tokens")
                glyph: root.chat.showTokens ? Icons.check : Icons.stateIdle
                tip: root.chat.showTokens ? qsTr("Hide token frames") : qsTr("Show token frames")
                onTriggered: root.chat.showTokens = !root.chat.showTokens
            }
            UiButton {
                anchors.verticalCenter: parent.verticalCenter
                small: true
                kind: UiButton.Quiet
                text: root.opened >= 0 ? qsTr("List") : qsTr("Raw")
                keys: root.opened >= 0 ? qsTr("Esc") : qsTr("Enter")
                available: root.opened >= 0 || list.currentIndex >= 0
                reason: qsTr("Choose a frame first")
                onTriggered: root.opened = root.opened >= 0 ? -1 : list.currentIndex
            }
        }
        UiButton {
            anchors.right: parent.right
            anchors.rightMargin: Theme.s3
            anchors.verticalCenter: parent.verticalCenter
            small: true
            kind: UiButton.Quiet
            glyph: Icons.download
            text: qsTr("JSONL")
            tip: qsTr("Export the frames, one JSON object a line")
            onTriggered: root.chat.frames.exportJsonl()
        }
    }
}
