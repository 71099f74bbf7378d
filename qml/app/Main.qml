// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import Orchestra.Ui
import Orchestra.Console

/* The frame: band, strip, rail, one screen, status line; above them banner, palette, sheets and notices. */
ApplicationWindow {
    id: root

    required property Console console

    readonly property Link link: console.link
    readonly property Preferences preferences: console.preferences
    readonly property Navigation navigation: console.navigation
    readonly property bool old: link.phase !== Link.Live && link.phase !== Link.Syncing
    readonly property bool narrow: width < Theme.px(1180)
    readonly property bool typing: (activeFocusItem as TextInput) !== null || (activeFocusItem as TextEdit) !== null
    readonly property bool covered: sheets.covered
    readonly property bool showsBanner: link.hasData && (link.phase === Link.Lost || link.phase === Link.Denied || link.phase === Link.Connecting)
    property ScreenPage page: null
    property bool chartsAsTables: false

    function focusPage() {
        if (page && !covered)
            page.forceActiveFocus(Qt.OtherFocusReason);
    }
    function nextPane(by: int) {
        const at = strip.activeFocus ? 0 : rail.activeFocus ? 1 : bar.activeFocus ? 3 : 2;
        const next = [strip, rail, stage, bar][(at + by + 4) % 4];
        if (next === stage)
            focusPage();
        else
            next.nextItemInFocusChain(true).forceActiveFocus(Qt.TabFocusReason);
    }
    function stepBack() {
        if (page && !page.stepBack())
            navigation.back();
    }

    visible: true
    title: link.serverName === "" ? qsTr("AI Orchestra") : qsTr("%1 – AI Orchestra").arg(link.serverName)
    width: preferences.windowWidth
    height: preferences.windowHeight
    minimumWidth: 960
    minimumHeight: 600
    color: Theme.canvas
    onWidthChanged: if (visibility === Window.Windowed) preferences.windowWidth = width
    onHeightChanged: if (visibility === Window.Windowed) preferences.windowHeight = height
    onPageChanged: focusPage()
    onCoveredChanged: focusPage()
    Component.onCompleted: {
        // From here on the size is the user's: bindings would set one length back while the other is being changed.
        width = preferences.windowWidth;
        height = preferences.windowHeight;
    }

    SystemPalette {
        id: system
    }
    LookBinding {
        preferences: root.preferences
        systemIsDark: system.window.hslLightness < 0.5
    }
    KeyCommands {
        keymap: root.console.keymap
        typing: root.typing
        covered: root.covered
        console: root.console
        page: root.page
        onPaletteWanted: sheets.openPalette()
        onKeysWanted: sheets.openKeys()
        onPaneWanted: by => root.nextPane(by)
        onTablesWanted: root.chartsAsTables = !root.chartsAsTables
    }

    FocusScope {
        anchors.fill: parent
        focus: true
        Keys.onEscapePressed: root.stepBack()

        Rectangle {
            id: band
            width: parent.width
            height: Theme.bandHeight
            color: root.link.environment === Link.Production ? Theme.envProduction : root.link.environment === Link.Staging ? Theme.envStaging : Theme.envDevelopment
        }
        StatusStrip {
            id: strip
            anchors.top: band.bottom
            width: parent.width
            console: root.console
            indent: rail.width
            onPaletteWanted: sheets.openPalette()
        }
        Rail {
            id: rail
            anchors.top: strip.bottom
            anchors.bottom: bar.top
            width: implicitWidth
            console: root.console
            forced: root.narrow
            collapsed: root.narrow || root.preferences.railCollapsed
        }
        FocusScope {
            id: stage
            anchors.top: strip.bottom
            anchors.bottom: bar.top
            anchors.left: rail.right
            anchors.right: parent.right
            focus: true

            Visited {
                navigation: root.navigation
                screen: Navigation.Overview

                OverviewScreen {
                    id: overviewScreen
                    anchors.fill: parent
                    visible: root.navigation.screen === Navigation.Overview
                    console: root.console
                    old: root.old
                    chartsAsTables: root.chartsAsTables
                    onVisibleChanged: if (visible) root.page = overviewScreen
                    Component.onCompleted: if (visible) root.page = overviewScreen

                    Binding {
                        target: root.console.overview
                        property: "active"
                        value: overviewScreen.visible
                    }
                }
            }
            Visited {
                navigation: root.navigation
                screen: Navigation.Connections

                ConnectionsScreen {
                    id: connectionsScreen
                    anchors.fill: parent
                    visible: root.navigation.screen === Navigation.Connections
                    console: root.console
                    old: root.old
                    chartsAsTables: root.chartsAsTables
                    onVisibleChanged: if (visible) root.page = connectionsScreen
                    Component.onCompleted: if (visible) root.page = connectionsScreen
                }
            }
            Visited {
                navigation: root.navigation
                screen: Navigation.Chat

                ChatScreen {
                    id: chatScreen
                    anchors.fill: parent
                    visible: root.navigation.screen === Navigation.Chat
                    console: root.console
                    old: root.old
                    onVisibleChanged: if (visible) root.page = chatScreen
                    Component.onCompleted: if (visible) root.page = chatScreen
                }
            }
            Visited {
                navigation: root.navigation
                screen: Navigation.Breakers

                BreakersScreen {
                    id: breakersScreen
                    anchors.fill: parent
                    visible: root.navigation.screen === Navigation.Breakers
                    console: root.console
                    old: root.old
                    chartsAsTables: root.chartsAsTables
                    onVisibleChanged: if (visible) root.page = breakersScreen
                    Component.onCompleted: if (visible) root.page = breakersScreen
                }
            }
            Visited {
                navigation: root.navigation
                screen: Navigation.Tasks

                TasksScreen {
                    id: tasksScreen
                    anchors.fill: parent
                    visible: root.navigation.screen === Navigation.Tasks
                    console: root.console
                    old: root.old
                    onVisibleChanged: if (visible) root.page = tasksScreen
                    Component.onCompleted: if (visible) root.page = tasksScreen
                }
            }
            Visited {
                navigation: root.navigation
                screen: Navigation.Settings

                SettingsScreen {
                    id: settingsScreen
                    anchors.fill: parent
                    visible: root.navigation.screen === Navigation.Settings
                    console: root.console
                    old: root.old
                    onVisibleChanged: if (visible) root.page = settingsScreen
                    Component.onCompleted: if (visible) root.page = settingsScreen
                }
            }
        }
        LinkBanner {
            visible: root.showsBanner
            readonly property int room: root.page ? root.page.bannerWidth : stage.width
            readonly property int margin: room < Theme.px(400) ? Theme.s3 : Theme.s5

            x: stage.x + margin
            width: room - margin * 2
            anchors.top: stage.top
            anchors.topMargin: Theme.s2
            headline: qsTr("As of %1").arg(root.link.asOfText)
            detail: root.link.bannerText

            UiButton {
                small: true
                kind: UiButton.Quiet
                text: qsTr("Why?")
                onTriggered: sheets.openWhy()
            }
            UiButton {
                visible: root.link.phase === Link.Denied
                small: true
                text: qsTr("Servers")
                onTriggered: root.navigation.open(Navigation.Settings, "", "")
            }
        }
        StatusBar {
            id: bar
            anchors.bottom: parent.bottom
            width: parent.width
            console: root.console
            facts: root.page ? root.page.facts : []
            onKeysWanted: sheets.openKeys()
        }
        Notices {
            anchors.left: parent.left
            anchors.leftMargin: Theme.s3
            anchors.bottom: bar.top
            anchors.bottomMargin: Theme.s4
            console: root.console
            onEmptied: root.focusPage()
        }
    }

    FrameSheets {
        id: sheets
        anchors.fill: parent
        console: root.console
    }
}
