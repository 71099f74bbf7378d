// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui
import Orchestra.App
import Orchestra.Console
import "../fake"

/* The whole window, screen by screen. */
Main {
    id: root

    property int scheme: Theme.Dark
    property real scale: 1
    property string shot

    console: MockConsole {
        preferences.scheme: root.scheme
        preferences.textScale: root.scale * 100
    }
    onShotChanged: {
        const mock = root.console as MockConsole;
        const screens = { overview: 1, below: 1, connections: 2, chat: 3, breakers: 4, tasks: 6, settings: 8, lost: 1, sheet: 2, review: 1, small: 2, smallchat: 3 };
        mock.navigation.open(screens[shot] ?? 1, "", "");
        if (shot === "connections")
            mock.connections.select(0);
        if (shot === "tasks")
            mock.tasks.select(0);
        if (shot === "settings")
            mock.servers.test(0);
        if (shot === "lost")
            mock.lose();
        mock.review.shown = shot === "review";
        mock.review.name = "files/read";
        if (shot === "sheet") {
            mock.ask();
            mock.tell("stream_merge is off for 412 clients", true);
        }
        if (shot.startsWith("small")) {
            mock.actions.confirmation = null;
            root.width = 960;
            root.height = 600;
        }
    }
}
