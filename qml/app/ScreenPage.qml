// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Console

/* What every screen has and can be asked for; a screen answers what concerns it. */
FocusScope {
    id: root

    required property Console console
    /// The data are not live: ink steps back, nothing claims to be now.
    property bool old: false
    /// Charts show their points as tables (key T).
    property bool chartsAsTables: false
    /// What the status line says about this screen.
    property list<string> facts

    /// How much of the header band a banner may cover, from the left.
    property int bannerWidth: width

    function focusFilter() {
    }
    function toggleInspector() {
    }
    function exportRows() {
    }
    function idToCopy(): string {
        return "";
    }
    /// One step back inside the screen; false when there is none.
    function stepBack(): bool {
        return false;
    }
}
