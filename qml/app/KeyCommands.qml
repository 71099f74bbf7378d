// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Console

/*
    The global keys, from the key map. A key without Ctrl or Alt does nothing while something is typed, and none works under a sheet.
    Keys of rows, texts and sheets are not here: whoever has the focus handles them.
*/
Item {
    id: root

    required property Console console
    required property Keymap keymap
    property ScreenPage page: null
    property bool typing: false
    property bool covered: false
    readonly property bool onChat: console.navigation.screen === Navigation.Chat

    signal paletteWanted
    signal keysWanted
    signal paneWanted(int by)
    signal tablesWanted

    function isGlobal(command: int): bool {
        return command !== Keymap.Back && command !== Keymap.CopyRows && command !== Keymap.MarkRow && command !== Keymap.MarkAll;
    }
    function run(command: int) {
        if (command >= Keymap.Screen1 && command <= Keymap.Screen8)
            console.navigation.open(command - Keymap.Screen1 + 1, "", "");
        else if (!runTime(command) && !runPage(command))
            runFrame(command);
    }
    function runTime(command: int): bool {
        switch (command) {
        case Keymap.Pause: console.range.paused = !console.range.paused; return true;
        case Keymap.Shorter: console.range.shorter(); return true;
        case Keymap.Longer: console.range.longer(); return true;
        case Keymap.GoLive: console.range.goLive(); return true;
        case Keymap.FaultsOnly: console.overview.faultsOnly = !console.overview.faultsOnly; return true;
        case Keymap.ChartTable: tablesWanted(); return true;
        }
        return false;
    }
    function runPage(command: int): bool {
        switch (page ? command : -1) {
        case Keymap.FocusFilter: page.focusFilter(); return true;
        case Keymap.Inspector: page.toggleInspector(); return true;
        case Keymap.ExportCsv: page.exportRows(); return true;
        case Keymap.CopyId: copyId(); return true;
        case Keymap.Send: if (onChat) console.chat.sendAction.trigger(); return true;
        case Keymap.Stop: if (onChat) console.chat.stopAction.trigger(); return true;
        }
        return false;
    }
    function runFrame(command: int) {
        switch (command) {
        case Keymap.Palette: paletteWanted(); break;
        case Keymap.Keys: keysWanted(); break;
        case Keymap.Settings: console.navigation.open(Navigation.Settings, "", ""); break;
        case Keymap.Undo: console.actions.undo(); break;
        case Keymap.CopyLink: console.navigation.copyLink(); break;
        case Keymap.Refresh: console.link.refresh(); break;
        case Keymap.NextPane: paneWanted(1); break;
        case Keymap.PreviousPane: paneWanted(-1); break;
        }
    }
    function copyId() {
        const id = page.idToCopy();
        if (id !== "")
            console.copy(id);
    }

    Instantiator {
        model: root.keymap
        delegate: Shortcut {
            required property int command
            required property string keys
            required property bool bare

            sequence: keys
            context: Qt.WindowShortcut
            enabled: keys !== "" && root.isGlobal(command) && !root.covered && !(bare && root.typing)
            onActivated: root.run(command)
        }
    }
}
