// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    enum Screen { Overview = 1, Connections, Chat, Breakers, Flags, Tasks, Traces, Settings }

    property int screen: Navigation.Overview
    property ScreensModel screens: ScreensModel {}
    property string deepLink: "orchestra://prod/overview?range=15m"
    property int copies: 0
    property int childOpened: -1
    property int backs: 0

    onScreenChanged: mark()
    function mark() {
        for (let row = 0; row < screens.count; ++row)
            screens.setProperty(row, "current", !screens.get(row).child && screens.get(row).screenId === screen);
    }
    function open(screen: int, key: string, filter: string) { this.screen = screen; }
    function openChild(row: int) { childOpened = row; }
    function back(): bool { backs += 1; return true; }
    function copyLink() { copies += 1; }
    function openLink(link: string) {}
}
