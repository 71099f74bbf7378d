// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* What is selected, the last error, the revision shown, the clock and the way to the keys. */
FocusScope {
    id: root

    required property Console console
    property list<string> facts

    signal keysWanted

    implicitHeight: Theme.statusHeight
    Accessible.role: Accessible.StatusBar
    Accessible.name: qsTr("Status line")

    Rectangle {
        anchors.fill: parent
        color: Theme.chrome
    }
    Hairline {
        width: parent.width
    }
    Item {
        anchors.left: parent.left
        anchors.leftMargin: Theme.s4
        anchors.right: tail.left
        anchors.rightMargin: Theme.s4
        height: parent.height
        clip: true

        Row {
            height: parent.height
            spacing: Theme.s5

            Repeater {
                model: root.facts

                UiText {
                    required property string modelData

                    height: parent ? parent.height : 0
                    text: modelData
                    role: UiText.Caption
                    tone: UiText.Secondary
                }
            }
        }
    }
    Row {
        id: tail
        anchors.right: parent.right
        anchors.rightMargin: Theme.s3
        height: parent.height
        spacing: Theme.s4

        UiText {
            anchors.verticalCenter: parent.verticalCenter
            width: Math.min(implicitWidth, root.width * 0.3)
            text: root.console.lastErrorText === "" ? qsTr("No errors") : qsTr("Last error: %1").arg(root.console.lastErrorText)
            role: UiText.Caption
            tone: UiText.Tertiary
        }
        UiText {
            visible: text !== ""
            anchors.verticalCenter: parent.verticalCenter
            text: root.console.revisionText
            role: UiText.Caption
            tone: UiText.Tertiary
        }
        UiButton {
            anchors.verticalCenter: parent.verticalCenter
            small: true
            kind: UiButton.Faint
            text: root.console.clockText
            tip: root.console.preferences.utc ? qsTr("Show local time") : qsTr("Show UTC")
            onTriggered: root.console.preferences.utc = !root.console.preferences.utc
        }
        UiButton {
            anchors.verticalCenter: parent.verticalCenter
            small: true
            kind: UiButton.Faint
            text: qsTr("Keys")
            keys: root.console.keymap.keysFor(Keymap.Keys)
            onTriggered: root.keysWanted()
        }
    }
}
