// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

/* Takes the focus while active and tells the first combination that is pressed, as "Ctrl+Shift+B". */
FocusScope {
    id: root

    property bool active: false

    signal recorded(string sequence)
    signal givenUp

    /// Names of the keys that have no character of their own.
    function nameOf(key: int, text: string): string {
        const names = {
            [Qt.Key_Space]: "Space", [Qt.Key_Return]: "Return", [Qt.Key_Enter]: "Enter", [Qt.Key_Tab]: "Tab", [Qt.Key_Up]: "Up", [Qt.Key_Down]: "Down",
            [Qt.Key_Left]: "Left", [Qt.Key_Right]: "Right", [Qt.Key_Home]: "Home", [Qt.Key_End]: "End", [Qt.Key_PageUp]: "PgUp", [Qt.Key_PageDown]: "PgDown",
            [Qt.Key_Delete]: "Del", [Qt.Key_Insert]: "Ins", [Qt.Key_Backspace]: "Backspace"
        };
        if (key >= Qt.Key_F1 && key <= Qt.Key_F35)
            return "F" + (key - Qt.Key_F1 + 1);
        return names[key] ?? (key > 32 && key < 256 ? String.fromCharCode(key) : "");
    }
    function sequenceOf(key: int, modifiers: int): string {
        const name = nameOf(key, "");
        if (name === "")
            return "";
        const symbol = name.length === 1 && !/[A-Z0-9]/.test(name);
        let parts = "";
        if (modifiers & Qt.ControlModifier)
            parts += "Ctrl+";
        if (modifiers & Qt.AltModifier)
            parts += "Alt+";
        if ((modifiers & Qt.ShiftModifier) && !symbol)
            parts += "Shift+";
        return parts + name;
    }

    onActiveChanged: if (active) forceActiveFocus()
    onActiveFocusChanged: if (!activeFocus && active) givenUp()
    Keys.onShortcutOverride: event => event.accepted = root.active
    Keys.onPressed: event => {
        event.accepted = true;
        if (event.key === Qt.Key_Escape)
            root.givenUp();
        else if (root.sequenceOf(event.key, event.modifiers) !== "")
            root.recorded(root.sequenceOf(event.key, event.modifiers));
    }
}
