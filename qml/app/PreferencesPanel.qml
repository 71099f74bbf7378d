// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* How the console looks, on this machine. */
Column {
    id: root

    required property Preferences preferences
    readonly property list<int> scales: [90, 100, 110, 125, 150, 175, 200]

    spacing: Theme.s2

    SectionHeader {
        width: parent.width
        title: qsTr("Look")
    }
    FormLine {
        width: parent.width
        label: qsTr("Theme")

        Segmented {
            name: qsTr("Theme")
            options: [qsTr("Dark"), qsTr("Light"), qsTr("High contrast"), qsTr("As the system")]
            current: root.preferences.scheme
            onChosen: index => root.preferences.scheme = index
        }
    }
    FormLine {
        width: parent.width
        label: qsTr("Rows")

        Segmented {
            name: qsTr("Rows")
            options: [qsTr("Compact"), qsTr("Normal"), qsTr("Cosy")]
            current: root.preferences.density
            onChosen: index => root.preferences.density = index
        }
    }
    FormLine {
        width: parent.width
        label: qsTr("Text")

        Segmented {
            name: qsTr("Text size in percent")
            options: ["90", "100", "110", "125", "150", "175", "200"]
            current: Words.placeOf(root.scales, root.preferences.textScale)
            onChosen: index => root.preferences.textScale = root.scales[index]
        }
    }
    FormLine {
        width: parent.width
        label: qsTr("Time")

        Segmented {
            name: qsTr("Time zone")
            options: [qsTr("UTC"), qsTr("Local")]
            current: root.preferences.utc ? 0 : 1
            onChosen: index => root.preferences.utc = index === 0
        }
    }
    FormLine {
        width: parent.width
        label: qsTr("Motion")

        UiSwitch {
            text: qsTr("Reduce motion")
            on: root.preferences.reduceMotion
            onToggleWanted: root.preferences.reduceMotion = !root.preferences.reduceMotion
        }
    }
}
