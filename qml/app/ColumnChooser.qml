// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import Orchestra.Ui

/* Which columns a table shows, by group. */
Popup {
    id: root

    required property TableLayout layout

    signal toggleWanted(int section)

    width: Theme.px(220)
    height: Math.min(list.contentHeight + Theme.s4, Theme.px(460))
    padding: Theme.s2
    focus: true
    closePolicy: Popup.CloseOnEscape | Popup.CloseOnPressOutside
    background: Sheet {
        corner: Theme.radius
    }

    ListView {
        id: list
        anchors.fill: parent
        clip: true
        focus: true
        boundsBehavior: Flickable.StopAtBounds
        model: root.layout.count
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Columns")
        delegate: Column {
            id: entry
            required property int index
            readonly property DataColumn column: root.layout.at(index)
            readonly property bool opensGroup: index === 0 || root.layout.at(index - 1).group !== column.group

            width: ListView.view.width

            UiText {
                visible: entry.opensGroup && text !== ""
                height: Theme.controlSmall
                text: entry.column.group
                role: UiText.Caption
                tone: UiText.Tertiary
            }
            UiSwitch {
                width: parent.width
                text: entry.column.title
                on: root.layout.widths[entry.index] > 0
                onToggleWanted: root.toggleWanted(entry.column.section)
            }
        }
    }
}
