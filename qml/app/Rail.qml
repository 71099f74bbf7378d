// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* The screens that work, saved filters under theirs; settings and who I am at the foot. */
FocusScope {
    id: root

    required property Console console
    property bool collapsed: false
    /// The window is too narrow for the wide rail.
    property bool forced: false

    implicitWidth: collapsed ? Theme.railCollapsed : Theme.railWidth
    Accessible.role: Accessible.PageTabList
    Accessible.name: qsTr("Screens")

    Rectangle {
        anchors.fill: parent
        color: Theme.chrome
    }
    Column {
        y: Theme.s2
        width: parent.width

        Repeater {
            model: root.console.navigation.screens

            RailEntry {
                required property int index
                required property int screenId
                required title
                required glyph
                required keyText
                required problems
                required problemStatus
                required child
                required current

                width: root.width
                height: screenId === Navigation.Settings ? 0 : implicitHeight
                visible: height > 0
                collapsed: root.collapsed
                onTriggered: child ? root.console.navigation.openChild(index) : root.console.navigation.open(screenId, "", "")
            }
        }
    }
    Column {
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.s2
        width: parent.width

        RailEntry {
            width: root.width
            title: qsTr("Settings")
            glyph: "settings"
            keyText: root.collapsed ? "" : "8"
            current: root.console.navigation.screen === Navigation.Settings
            collapsed: root.collapsed
            onTriggered: root.console.navigation.open(Navigation.Settings, "", "")
        }
        RailEntry {
            visible: root.console.access.user !== ""
            width: root.width
            title: root.console.access.user === root.console.access.roleText ? root.console.access.user : root.console.access.user + ", " + root.console.access.roleText
            glyph: "user"
            collapsed: root.collapsed
            onTriggered: root.console.navigation.open(Navigation.Settings, "", "")
        }
        RailEntry {
            visible: !root.forced
            width: root.width
            title: root.collapsed ? qsTr("Wider") : qsTr("Narrower")
            glyph: root.collapsed ? "chevronRight" : "collapse"
            collapsed: root.collapsed
            onTriggered: root.console.preferences.railCollapsed = !root.console.preferences.railCollapsed
        }
    }
    Hairline {
        anchors.right: parent.right
        height: parent.height
    }
}
