// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Console

/* Makes its screen when it is first visited and keeps it, so that coming back finds it as it was. */
Repeater {
    id: root

    required property Navigation navigation
    required property int screen
    readonly property bool here: navigation.screen === screen
    property bool seen: false

    model: seen ? 1 : 0
    onHereChanged: seen = seen || here
    Component.onCompleted: seen = here
}
