// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* The servers this console knows: use, test, change. */
Column {
    id: root

    required property Console console
    readonly property ServersModel servers: console.servers

    spacing: Theme.s3

    SectionHeader {
        width: parent.width
        title: qsTr("Servers")
        note: root.servers.tokenStoreText

        UiButton {
            small: true
            text: qsTr("Add…")
            glyph: Icons.plus
            onTriggered: root.servers.edit(-1)
        }
    }
    Placeholder {
        visible: cards.count === 0 && !root.servers.draft.open
        width: parent.width
        kind: Placeholder.Empty
        headline: qsTr("No server yet")
        detail: qsTr("Add one with its address and an operator token. A server on this machine that runs under your name is found by itself.")
    }
    Repeater {
        id: cards
        model: root.servers

        ServerCard {
            width: root.width
            tested: root.servers.testRow === index
            steps: root.servers.testSteps
            testText: root.servers.testText
            onUseWanted: root.servers.use(index)
            onTestWanted: root.servers.test(index)
            onEditWanted: root.servers.edit(index)
            onForgetWanted: root.servers.forget(index)
        }
    }
    ServerForm {
        visible: root.servers.draft.open
        width: parent.width
        draft: root.servers.draft
    }
}
