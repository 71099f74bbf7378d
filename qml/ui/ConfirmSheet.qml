// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import "Words.js" as Words

/*
    Asks before something that cannot be taken back: the exact items, the effect in a sentence, the verb on the button.
    Cancel has the focus. `items` is a list model with the roles status, name, key and detail.
*/
Sheet {
    id: root

    property string title
    property string effect
    property alias items: list.model
    property string verb
    property string typeToConfirm
    property bool reasonNeeded: false
    /// What somebody else changed meanwhile; "" when nothing did.
    property string conflict

    readonly property int shown: Math.min(list.count, 8)
    readonly property int more: list.count - shown
    readonly property bool named: typeToConfirm === "" || nameField.text.trim() === typeToConfirm
    readonly property bool reasoned: !reasonNeeded || reasonField.text.trim() !== ""
    readonly property string missing: !named ? qsTr("Type %1 first").arg(typeToConfirm) : !reasoned ? qsTr("Give a reason first") : ""

    signal accepted(string reason)
    signal cancelled

    implicitWidth: Theme.px(440)
    implicitHeight: column.implicitHeight + Theme.s5 * 2
    Accessible.role: Accessible.Dialog
    Accessible.name: title
    Accessible.description: effect
    Keys.onEscapePressed: cancelled()

    function accept() {
        if (missing === "")
            accepted(reasonField.text.trim());
    }

    Column {
        id: column
        x: Theme.s5
        y: Theme.s5
        width: parent.width - Theme.s5 * 2
        spacing: Theme.s3

        UiText {
            width: parent.width
            text: root.title
            role: UiText.Lead
            wrapMode: Text.WordWrap
        }
        UiText {
            width: parent.width
            visible: text !== ""
            text: root.effect
            tone: UiText.Secondary
            wrapMode: Text.WordWrap
            lineHeight: Theme.leading
        }
        Column {
            visible: list.count > 0
            width: parent.width

            ListView {
                id: list
                width: parent.width
                height: root.shown * Theme.px(22)
                interactive: false
                clip: true
                delegate: Item {
                    id: row
                    required property int status
                    required property string name
                    required property string key
                    required property string detail

                    width: ListView.view.width
                    height: Theme.px(22)
                    Accessible.role: Accessible.ListItem
                    Accessible.name: Words.sentence(name, key, detail)

                    Icon {
                        id: mark
                        anchors.verticalCenter: parent.verticalCenter
                        size: Theme.markSmall
                        text: Icons.ofStatus(row.status)
                        color: Theme.statusColor(row.status)
                    }
                    UiText {
                        id: who
                        anchors.left: mark.right
                        anchors.leftMargin: Theme.s2
                        width: Theme.px(70)
                        height: parent.height
                        text: row.name
                        role: UiText.Small
                        strong: true
                        Accessible.ignored: true
                    }
                    UiText {
                        anchors.left: who.right
                        anchors.leftMargin: Theme.s2
                        anchors.right: what.left
                        anchors.rightMargin: Theme.s2
                        height: parent.height
                        text: row.key
                        role: UiText.Mono
                        tone: UiText.Secondary
                        Accessible.ignored: true
                    }
                    UiText {
                        id: what
                        anchors.right: parent.right
                        height: parent.height
                        text: row.detail
                        role: UiText.Small
                        tone: UiText.Tertiary
                        Accessible.ignored: true
                    }
                }
            }
            UiText {
                visible: root.more > 0
                x: Theme.markSmall + Theme.s2
                height: Theme.controlSmall
                text: qsTr("and %n more", "", root.more)
                role: UiText.Small
                tone: UiText.Tertiary
            }
        }
        StatusMark {
            visible: root.conflict !== ""
            status: Status.Warn
            word: root.conflict
        }
        UiField {
            id: reasonField
            width: parent.width
            placeholderText: root.reasonNeeded ? qsTr("Reason (needed), goes into the audit log") : qsTr("Reason, goes into the audit log")
            onAccepted: root.accept()
        }
        UiField {
            id: nameField
            width: parent.width
            visible: root.typeToConfirm !== ""
            placeholderText: qsTr("Type %1 to confirm").arg(root.typeToConfirm)
            onAccepted: root.accept()
        }
        Row {
            anchors.right: parent.right
            spacing: Theme.s2

            UiButton {
                id: cancel
                text: qsTr("Cancel")
                keys: qsTr("Esc")
                focus: true
                onTriggered: root.cancelled()

                // Here the focus is shown in any case: nobody should have to guess what Enter does.
                FocusRing {
                    visible: cancel.activeFocus && !cancel.visualFocus
                }
            }
            UiButton {
                text: root.verb
                kind: UiButton.Danger
                available: root.missing === ""
                reason: root.missing
                onTriggered: root.accept()
            }
        }
    }
}
