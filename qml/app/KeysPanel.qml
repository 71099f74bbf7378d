// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* Every key can be changed: choose one, then press the new combination. */
Column {
    id: root

    required property Keymap keymap
    property int recording: -1

    SectionHeader {
        width: parent.width
        height: Theme.px(32)
        title: qsTr("Keys")
        note: root.recording < 0 ? qsTr("Press one to change it") : qsTr("Press the new keys, or Esc to keep the old ones")

        UiButton {
            small: true
            kind: UiButton.Quiet
            text: qsTr("Reset all")
            onTriggered: root.keymap.resetAll()
        }
    }
    Repeater {
        model: root.keymap

        Item {
            id: row
            required property int index
            required property string title
            required property string keysText
            required property string group
            required property string clash
            readonly property bool records: root.recording === index

            width: root.width
            height: Theme.rowHeight

            UiText {
                id: what
                width: Theme.px(200)
                height: parent.height
                text: row.title
                role: UiText.Small
                Accessible.ignored: true
            }
            UiText {
                id: where
                anchors.left: what.right
                width: Theme.px(110)
                height: parent.height
                text: row.group
                role: UiText.Small
                tone: UiText.Tertiary
                Accessible.ignored: true
            }
            StatusMark {
                visible: row.clash !== ""
                anchors.left: where.right
                anchors.right: keys.left
                anchors.rightMargin: Theme.s3
                anchors.verticalCenter: parent.verticalCenter
                status: Status.Warn
                word: qsTr("also: %1").arg(row.clash)
            }
            UiButton {
                id: keys
                anchors.right: undo.left
                anchors.rightMargin: Theme.s1
                anchors.verticalCenter: parent.verticalCenter
                width: Theme.px(120)
                small: true
                text: row.records ? qsTr("Press keys…") : row.keysText === "" ? qsTr("none") : row.keysText
                Accessible.name: qsTr("%1: %2").arg(row.title).arg(row.keysText)
                onTriggered: root.recording = row.index

                KeyRecorder {
                    active: row.records
                    onRecorded: sequence => {
                        root.keymap.rebind(row.index, sequence);
                        root.recording = -1;
                        keys.forceActiveFocus(Qt.TabFocusReason);
                    }
                    onGivenUp: {
                        root.recording = -1;
                        keys.forceActiveFocus(Qt.TabFocusReason);
                    }
                }
            }
            UiButton {
                id: undo
                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                small: true
                kind: UiButton.Quiet
                glyph: Icons.undo
                tip: qsTr("Back to the default: %1").arg(row.title)
                onTriggered: root.keymap.reset(row.index)
            }
        }
    }
}
