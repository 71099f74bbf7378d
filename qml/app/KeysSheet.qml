// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import Orchestra.Ui
import Orchestra.Console

/* Every key, by group. */
Sheet {
    id: root

    required property Keymap keymap

    signal dismissed

    implicitWidth: Theme.px(560)
    implicitHeight: Theme.px(520)
    Accessible.role: Accessible.Dialog
    Accessible.name: qsTr("Keys")
    Keys.onEscapePressed: dismissed()

    UiText {
        id: title
        x: Theme.s5
        height: Theme.headerHeight
        text: qsTr("Keys")
        role: UiText.Lead
    }
    UiText {
        anchors.left: title.right
        anchors.leftMargin: Theme.s3
        anchors.baseline: title.baseline
        text: qsTr("Change them in Settings")
        role: UiText.Small
        tone: UiText.Tertiary
    }
    UiButton {
        anchors.right: parent.right
        anchors.rightMargin: Theme.s3
        anchors.verticalCenter: title.verticalCenter
        small: true
        kind: UiButton.Quiet
        glyph: Icons.close
        tip: qsTr("Close")
        onTriggered: root.dismissed()
    }
    ListView {
        id: list
        anchors.fill: parent
        anchors.topMargin: title.height
        anchors.bottomMargin: Theme.s3
        clip: true
        focus: true
        activeFocusOnTab: true
        boundsBehavior: Flickable.StopAtBounds
        model: root.keymap
        section.property: "group"
        ScrollBar.vertical: UiScrollBar {}
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Keys")
        Keys.onUpPressed: decrementCurrentIndex()
        Keys.onDownPressed: incrementCurrentIndex()
        delegate: Item {
            id: row
            required property string title
            required property string keysText
            required property string group
            readonly property bool opensGroup: ListView.section !== ListView.previousSection

            width: ListView.view.width
            height: Theme.controlHeight + line.y
            Accessible.role: Accessible.ListItem
            Accessible.name: title + ": " + keysText

            UiText {
                visible: row.opensGroup
                x: Theme.s5
                height: Theme.px(32)
                text: row.group
                role: UiText.Small
                tone: UiText.Tertiary
            }
            Item {
                id: line
                y: row.opensGroup ? Theme.px(32) : 0
                width: parent.width
                height: Theme.controlHeight

                UiText {
                    x: Theme.s5
                    height: parent.height
                    text: row.title
                    role: UiText.Small
                    Accessible.ignored: true
                }
                KeyHint {
                    visible: keys !== ""
                    anchors.right: parent.right
                    anchors.rightMargin: Theme.s5
                    anchors.verticalCenter: parent.verticalCenter
                    keys: row.keysText
                }
            }
        }
    }
}
