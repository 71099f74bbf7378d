// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* Adds or changes a server. */
Rectangle {
    id: root

    required property ServerDraft draft
    readonly property int labelWidth: Theme.px(116)

    implicitHeight: form.implicitHeight + Theme.s4 * 2
    radius: Theme.radius
    color: Theme.raised
    border.width: Theme.hair
    border.color: Theme.accentEdge
    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Server")
    Keys.onEscapePressed: draft.discard()
    onVisibleChanged: if (visible) nameField.forceActiveFocus()

    Column {
        id: form
        x: Theme.s4
        y: Theme.s4
        width: parent.width - Theme.s4 * 2
        spacing: Theme.s2

        FormLine {
            width: parent.width
            label: qsTr("Name")

            UiField {
                id: nameField
                width: parent.width
                name: qsTr("Name")
                placeholderText: qsTr("orchestra-eu1")
                invalid: root.draft.errorField === ServerDraft.Name
                text: root.draft.name
                onTextEdited: root.draft.name = text
            }
        }
        FormLine {
            width: parent.width
            label: qsTr("Address")

            UiField {
                width: parent.width
                mono: true
                name: qsTr("Address")
                placeholderText: qsTr("ws://127.0.0.1:8700")
                invalid: root.draft.errorField === ServerDraft.Url
                text: root.draft.url
                onTextEdited: root.draft.url = text
            }
        }
        FormLine {
            width: parent.width
            label: qsTr("Operator token")

            UiField {
                width: parent.width
                mono: true
                name: qsTr("Operator token")
                echoMode: TextInput.Password
                placeholderText: root.draft.hasToken ? qsTr("kept; type to replace it") : qsTr("ork_…")
                invalid: root.draft.errorField === ServerDraft.Token
                onTextEdited: root.draft.token = text
                onVisibleChanged: clear()
            }
        }
        FormLine {
            width: parent.width
            label: qsTr("TLS pin")

            UiField {
                width: parent.width
                mono: true
                name: qsTr("TLS pin")
                placeholderText: qsTr("sha256 of the certificate; empty to trust the system's authorities")
                invalid: root.draft.errorField === ServerDraft.Pin
                text: root.draft.pin
                onTextEdited: root.draft.pin = text
            }
        }
        FormLine {
            width: parent.width
            label: qsTr("Environment")

            Segmented {
                name: qsTr("Environment")
                options: [qsTr("Production"), qsTr("Staging"), qsTr("Development")]
                current: root.draft.environment
                onChosen: index => root.draft.environment = index
            }
        }
        FormLine {
            width: parent.width
            label: ""

            UiSwitch {
                text: qsTr("Open read-only; unlock for 15 minutes when something is to be changed")
                on: root.draft.readOnly
                onToggleWanted: root.draft.readOnly = !root.draft.readOnly
            }
        }
        Row {
            anchors.right: parent.right
            spacing: Theme.s2

            UiText {
                visible: text !== ""
                anchors.verticalCenter: parent.verticalCenter
                text: root.draft.error
                role: UiText.Small
                tone: UiText.Bad
            }
            UiButton {
                text: qsTr("Cancel")
                keys: qsTr("Esc")
                onTriggered: root.draft.discard()
            }
            UiButton {
                text: qsTr("Save")
                kind: UiButton.Primary
                available: root.draft.error === ""
                reason: root.draft.error
                onTriggered: root.draft.save()
            }
        }
    }
}
