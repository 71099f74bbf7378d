// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* A button for one action of the console: its words, its key, whether it can be done now and, if not, why. */
UiButton {
    id: root

    required property Action deed

    text: deed.busyText === "" ? deed.title : deed.busyText
    glyph: deed.busyText === "" ? "" : Icons.statePending
    keys: deed.keysText
    available: deed.available && deed.busyText === ""
    reason: deed.reason
    kind: deed.risk >= 2 ? UiButton.Danger : UiButton.Plain
    onTriggered: deed.trigger()
}
