// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui

/* The heads of a DataTable: one stop of the Tab key. Left and right choose a head, Return or Space sorts by it. */
FocusScope {
    id: root

    required property TableLayout layout
    property int margin: Theme.s5
    property real offset: 0
    property int sortSection: -1
    property bool descending: false
    property int chosen: 0

    signal sortWanted(int section, bool descending)

    function wantSort(position: int) {
        const column = layout.at(position);
        const largestFirst = column.kind === DataColumn.Figure || column.kind === DataColumn.Bar;
        if (column.sortable)
            sortWanted(column.section, column.section === sortSection ? !descending : largestFirst);
    }
    function step(by: int) {
        let position = chosen + by;
        while (position >= 0 && position < layout.count && layout.widthAt(position) === 0)
            position += by;
        if (position >= 0 && position < layout.count)
            chosen = position;
    }

    implicitHeight: Theme.headRowHeight
    activeFocusOnTab: true
    clip: true
    Accessible.role: Accessible.Row
    Accessible.name: qsTr("Column heads")
    Keys.onLeftPressed: step(-1)
    Keys.onRightPressed: step(1)
    Keys.onReturnPressed: wantSort(chosen)
    Keys.onSpacePressed: wantSort(chosen)

    Row {
        x: root.margin - root.offset
        height: parent.height

        Repeater {
            model: root.layout.count

            Item {
                id: head
                required property int index
                readonly property DataColumn column: root.layout.at(index)
                readonly property bool sorted: column.section === root.sortSection
                readonly property bool rightward: column.kind === DataColumn.Figure

                visible: width > 0
                width: root.layout.widths[index]
                height: root.height
                Accessible.role: Accessible.ColumnHeader
                Accessible.name: column.title
                Accessible.description: sorted ? (root.descending ? qsTr("sorted, largest first") : qsTr("sorted, smallest first")) : column.explanation
                Accessible.onPressAction: root.wantSort(index)

                Row {
                    anchors.verticalCenter: parent.verticalCenter
                    x: head.rightward ? parent.width - width - Theme.s3 : 0
                    spacing: Theme.focusGap

                    UiText {
                        width: Math.min(implicitWidth, head.width - Theme.s3 - (head.sorted ? Theme.markSmall + Theme.focusGap : 0))
                        text: head.column.title
                        role: UiText.Caption
                        strong: head.sorted
                        tone: head.sorted || pointer.hovered ? UiText.Primary : UiText.Tertiary
                        Accessible.ignored: true
                    }
                    Icon {
                        visible: head.sorted
                        anchors.verticalCenter: parent.verticalCenter
                        size: Theme.markSmall
                        text: root.descending ? Icons.down : Icons.up
                    }
                }
                FocusRing {
                    visible: root.activeFocus && head.index === root.chosen
                    anchors.margins: Theme.focusRing
                    anchors.rightMargin: Theme.s2
                    anchors.leftMargin: head.rightward ? Theme.s2 : -Theme.s1
                    around: Theme.hair
                }
                HoverHandler {
                    id: pointer
                    enabled: head.column.sortable
                    cursorShape: Qt.PointingHandCursor
                }
                TapHandler {
                    onTapped: root.wantSort(head.index)
                }
                Instantiator {
                    active: pointer.hovered && head.column.explanation !== ""
                    delegate: Tip {
                        parent: head
                        visible: true
                        text: head.column.explanation
                    }
                }
            }
        }
    }
    Hairline {
        anchors.bottom: parent.bottom
        width: parent.width
    }
}
