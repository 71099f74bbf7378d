// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* Why there is no link, in full. */
Sheet {
    id: root

    required property Link link

    signal copyWanted(string text)
    signal dismissed

    implicitHeight: words.implicitHeight + Theme.s5 * 2
    Accessible.role: Accessible.Dialog
    Accessible.name: qsTr("Why the link is down")
    Accessible.description: link.whyText
    Keys.onEscapePressed: dismissed()

    Column {
        id: words
        x: Theme.s5
        y: Theme.s5
        width: parent.width - Theme.s5 * 2
        spacing: Theme.s3

        UiText {
            width: parent.width
            text: root.link.word + ", " + root.link.ageText
            role: UiText.Lead
        }
        UiText {
            width: parent.width
            text: root.link.whyText
            tone: UiText.Secondary
            wrapMode: Text.WordWrap
            lineHeight: Theme.leading
        }
        Row {
            anchors.right: parent.right
            spacing: Theme.s2

            UiButton {
                text: qsTr("Copy")
                glyph: Icons.copy
                kind: UiButton.Quiet
                onTriggered: root.copyWanted(root.link.whyText)
            }
            UiButton {
                text: qsTr("Close")
                keys: qsTr("Esc")
                focus: true
                onTriggered: root.dismissed()
            }
        }
    }
}
