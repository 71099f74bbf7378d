// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    enum Scheme { Dark, Light, Contrast, System }
    enum Density { Compact, Normal, Cosy }

    property int scheme: Preferences.Dark
    property int density: Preferences.Normal
    property int textScale: 100
    property bool reduceMotion: false
    property bool utc: true
    property bool railCollapsed: false
    property bool inspectorOpen: true
    property int windowWidth: 1360
    property int windowHeight: 860
    property bool systemDark: true
    property list<int> hidden: [3, 8, 13, 14]
    signal columnsChanged

    function hiddenColumns(table: string, usual: list<int>): list<int> { return hidden; }
    function setHiddenColumns(table: string, sections: list<int>) { hidden = sections; columnsChanged(); }
}
