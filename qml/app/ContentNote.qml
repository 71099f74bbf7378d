// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* What stands where the content of a screen is not, with the step that helps. */
Placeholder {
    id: root

    required property Console console
    required property Content content
    property Filter filter: null
    /// Another role, or another server, could help.
    property bool offersServers: true

    kind: content.kind
    headline: content.headline
    detail: content.detail
    code: content.code

    UiButton {
        visible: root.kind === Placeholder.Filtered && root.filter !== null
        small: true
        text: qsTr("Clear filter")
        keys: qsTr("Esc")
        onTriggered: root.filter.clear()
    }
    UiButton {
        visible: root.kind === Placeholder.Failed
        small: true
        text: qsTr("Try again")
        onTriggered: root.content.retry()
    }
    UiButton {
        visible: root.kind === Placeholder.Failed
        small: true
        kind: UiButton.Quiet
        text: qsTr("Copy")
        glyph: Icons.copy
        onTriggered: root.console.copy(root.headline + "\n" + root.detail + "\n" + root.code)
    }
    UiButton {
        visible: root.offersServers && (root.kind === Placeholder.Disconnected || root.kind === Placeholder.NoPermission)
        small: true
        text: qsTr("Servers")
        glyph: Icons.settings
        onTriggered: root.console.navigation.open(Navigation.Settings, "", "")
    }
}
