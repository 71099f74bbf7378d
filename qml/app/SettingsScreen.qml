// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* Servers, how the console looks, its keys, and what it is made of. */
ScreenPage {
    id: root

    readonly property int column: Math.min(width - Theme.s5 * 2, Theme.px(860))

    ScreenHeader {
        id: head
        width: parent.width
        title: qsTr("Settings")
    }
    ScrollPane {
        name: qsTr("Settings")
        anchors.top: head.bottom
        anchors.bottom: parent.bottom
        width: parent.width
        focus: true
        contentHeight: page.height + Theme.s8

        Column {
            id: page
            x: Theme.s5
            width: root.column
            spacing: Theme.s8

            ServersPanel {
                width: parent.width
                console: root.console
            }
            PreferencesPanel {
                width: parent.width
                preferences: root.console.preferences
            }
            KeysPanel {
                width: parent.width
                keymap: root.console.keymap
            }
            Column {
                width: parent.width
                spacing: Theme.s2

                SectionHeader {
                    width: parent.width
                    title: qsTr("About")
                    note: root.console.versionText

                    UiButton {
                        small: true
                        text: qsTr("Copy diagnostics")
                        glyph: Icons.copy
                        onTriggered: root.console.copy(root.console.diagnostics())
                    }
                }
                UiText {
                    width: parent.width
                    text: root.console.licencesText
                    role: UiText.Small
                    tone: UiText.Secondary
                    wrapMode: Text.WordWrap
                    lineHeight: Theme.leading
                }
                UiText {
                    width: parent.width
                    text: qsTr("The console sends nothing to anybody but the servers named above.")
                    role: UiText.Small
                    tone: UiText.Tertiary
                    wrapMode: Text.WordWrap
                }
            }
        }
    }
}
