// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* Carries the preferences into the theme. */
Item {
    id: root

    required property Preferences preferences
    property bool systemIsDark: true

    readonly property int scheme: preferences.scheme === Preferences.Light ? Theme.Light : preferences.scheme === Preferences.Contrast ? Theme.Contrast : preferences.scheme === Preferences.System && !systemIsDark ? Theme.Light : Theme.Dark
    readonly property int density: preferences.density === Preferences.Compact ? Theme.Compact : preferences.density === Preferences.Cosy ? Theme.Cosy : Theme.Normal

    Binding {
        target: Theme
        property: "scheme"
        value: root.scheme
    }
    Binding {
        target: Theme
        property: "density"
        value: root.density
    }
    Binding {
        target: Theme
        property: "textScale"
        value: Math.max(90, Math.min(200, root.preferences.textScale)) / 100
    }
    Binding {
        target: Theme
        property: "reduceMotion"
        value: root.preferences.reduceMotion
    }
}
