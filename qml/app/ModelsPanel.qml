// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* Which models can be asked and which tools can be used, and how each of them fares. */
Grid {
    id: root

    required property Overview overview
    readonly property bool wide: width >= Theme.px(1040) && tools.count > 0
    readonly property int half: wide ? Math.floor((width - Theme.s10) / 2) : width

    columns: wide ? 2 : 1
    columnSpacing: Theme.s10
    rowSpacing: Theme.s3

    Column {
        width: root.half
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Models")

        SectionHeader {
            width: parent.width
            title: qsTr("Models")
            note: root.overview.models.summaryText
        }
        Repeater {
            model: root.overview.models

            HealthLine {
                required property int index
                required property string firstTokenText
                required property string loadText
                required property bool clickable

                width: root.half
                measured: loadText === "" ? firstTokenText : firstTokenText + ", " + loadText
                pressable: clickable
                onTriggered: root.overview.models.open(index)
            }
        }
    }
    Column {
        visible: tools.count > 0
        width: root.half
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Tools")

        SectionHeader {
            width: parent.width
            title: qsTr("Tools")
            note: root.overview.tools.summaryText
        }
        Repeater {
            id: tools
            model: root.overview.tools

            HealthLine {
                required property int index
                required property bool clickable
                required property string serverText
                required property string roleText
                required property string callsText

                width: root.half
                measured: callsText === "" ? serverText + ", " + roleText : callsText
                pressable: clickable
                onTriggered: root.overview.tools.open(index)
            }
        }
    }
}
