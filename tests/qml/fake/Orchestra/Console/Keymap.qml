// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml
import Orchestra.Testing

RoleModel {
    id: root
    names: ["command", "keys", "keysText", "title", "group", "bare", "clash"]

    enum Command { Palette, Screen1, Screen2, Screen3, Screen4, Screen5, Screen6, Screen7, Screen8, FocusFilter, Back, Inspector, Pause, Shorter, Longer, GoLive, FaultsOnly, ChartTable, CopyId, CopyRows, ExportCsv, Undo, CopyLink, Related, Refresh, NextPane, PreviousPane, Settings, Keys, Send, Stop, MarkRow, MarkAll }

    property int rebound: -1

    function keysFor(command: int): string {
        for (let row = 0; row < count; ++row)
            if (get(row).command === command)
                return get(row).keysText;
        return "";
    }
    function rebind(row: int, keys: string): bool {
        rebound = row;
        setProperty(row, "keys", keys);
        setProperty(row, "keysText", keys.replace("+", " "));
        return true;
    }
    function reset(row: int) {}
    function resetAll() {}

    function put(command, keys, title, group) {
        append({ command: command, keys: keys, keysText: keys.replace(/\+/g, " "), title: title, group: group, bare: keys.length === 1, clash: "" });
    }
    Component.onCompleted: {
        put(Keymap.Palette, "Ctrl+K", "Go to or run", "Everywhere");
        put(Keymap.Screen1, "Ctrl+1", "Overview", "Screens");
        put(Keymap.Screen2, "Ctrl+2", "Connections", "Screens");
        put(Keymap.Screen3, "Ctrl+3", "Live chat", "Screens");
        put(Keymap.Screen8, "Ctrl+8", "Settings", "Screens");
        put(Keymap.FocusFilter, "/", "Filter", "Everywhere");
        put(Keymap.Back, "Esc", "One step back", "Everywhere");
        put(Keymap.Inspector, "I", "Inspector", "Everywhere");
        put(Keymap.Pause, "P", "Pause the view", "Time");
        put(Keymap.Shorter, "[", "Shorter range", "Time");
        put(Keymap.Longer, "]", "Longer range", "Time");
        put(Keymap.GoLive, "L", "Live", "Time");
        put(Keymap.FaultsOnly, "F", "Faults only", "Everywhere");
        put(Keymap.ChartTable, "T", "Charts as tables", "Everywhere");
        put(Keymap.CopyId, "C", "Copy id", "Rows");
        put(Keymap.CopyRows, "Ctrl+C", "Copy rows", "Rows");
        put(Keymap.ExportCsv, "Ctrl+E", "Export rows", "Rows");
        put(Keymap.Undo, "Ctrl+Z", "Undo last action", "Everywhere");
        put(Keymap.CopyLink, "Ctrl+L", "Copy link", "Everywhere");
        put(Keymap.Related, "Ctrl+J", "Related", "Everywhere");
        put(Keymap.Refresh, "F5", "Fresh snapshot", "Everywhere");
        put(Keymap.NextPane, "F6", "Next pane", "Everywhere");
        put(Keymap.PreviousPane, "Shift+F6", "Previous pane", "Everywhere");
        put(Keymap.Settings, "Ctrl+,", "Settings", "Screens");
        put(Keymap.Keys, "?", "Keys", "Everywhere");
        put(Keymap.Send, "Ctrl+Return", "Send", "Live chat");
        put(Keymap.Stop, "Ctrl+.", "Stop", "Live chat");
        put(Keymap.MarkRow, "Space", "Mark row", "Rows");
        put(Keymap.MarkAll, "Ctrl+A", "Mark all", "Rows");
    }
}
