// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick

/*
    What is typed becomes chips; the count says what is left. The language is parsed elsewhere.
    `chips` is a list model with the roles label, value and negated.
*/
FocusScope {
    id: root

    property alias chips: chipRow.model
    property alias text: field.text
    property string hint: qsTr("field:value, -not, >200ms")
    property string name: qsTr("Filter")
    property string countText
    /// Rows that would move if the pointer or focus were not in the table.
    property int heldMoves: 0
    property string error
    property list<string> completions
    property bool on: chipRow.count > 0
    default property alias tools: slot.data

    readonly property bool completing: field.activeFocus && completions.length > 0 && field.text !== ""

    signal edited(string text)
    signal committed
    signal chipRemoved(int index)
    signal cleared
    signal completed(int index)
    signal orderWanted
    /// Escape with nothing to clear.
    signal leaving

    function stepBack() {
        if (field.text !== "") {
            field.clear();
            edited("");
        } else if (on)
            cleared();
        else
            leaving();
    }

    implicitHeight: Theme.controlHeight

    Rectangle {
        id: box
        anchors.left: parent.left
        anchors.right: slot.left
        anchors.rightMargin: slot.width > 0 ? Theme.s2 : 0
        height: parent.height
        radius: Theme.radius
        color: Theme.raised
        border.width: Theme.hair
        border.color: root.error !== "" ? Theme.badEdge : field.activeFocus ? Theme.accent : Theme.lineStrong
        clip: true

        Icon {
            id: glyph
            x: Theme.s2
            anchors.verticalCenter: parent.verticalCenter
            size: Theme.iconSmall
            text: Icons.filter
            color: Theme.text3
        }
        Row {
            id: chipsBox
            anchors.left: glyph.right
            anchors.leftMargin: Theme.tight
            anchors.verticalCenter: parent.verticalCenter
            spacing: Theme.s1

            Repeater {
                id: chipRow

                Chip {
                    required property int index
                    required label
                    required value
                    required negated

                    removable: true
                    onRemoved: root.chipRemoved(index)
                }
            }
        }
        UiField {
            id: field
            anchors.left: chipsBox.right
            anchors.leftMargin: chipRow.count > 0 ? Theme.s1 : 0
            anchors.right: tail.left
            anchors.rightMargin: Theme.s2
            height: parent.height
            leftPadding: Theme.s1
            bare: true
            focus: true
            name: root.name
            placeholderText: chipRow.count > 0 ? "" : root.hint
            onTextEdited: root.edited(text)
            onAccepted: root.committed()
            Keys.onEscapePressed: root.stepBack()
            Keys.onDownPressed: event => event.accepted = suggestions.step(1)
            Keys.onUpPressed: event => event.accepted = suggestions.step(-1)
            Keys.onTabPressed: event => {
                event.accepted = root.completing;
                if (root.completing)
                    root.completed(Math.max(0, suggestions.currentIndex));
            }
            Keys.onPressed: event => {
                if (event.key === Qt.Key_Backspace && text === "" && chipRow.count > 0)
                    root.chipRemoved(chipRow.count - 1);
            }
        }
        Row {
            id: tail
            anchors.right: parent.right
            anchors.rightMargin: Theme.tight
            anchors.verticalCenter: parent.verticalCenter
            spacing: Theme.s2

            UiButton {
                visible: root.heldMoves > 0
                small: true
                kind: UiButton.Quiet
                text: "+" + root.heldMoves
                tip: qsTr("%n rows wait for their new place until you leave the table. Press to move them now.", "", root.heldMoves)
                onTriggered: root.orderWanted()
            }
            UiText {
                anchors.verticalCenter: parent.verticalCenter
                text: root.error !== "" ? root.error : root.countText
                role: UiText.Small
                tone: root.error !== "" ? UiText.Bad : UiText.Secondary
            }
            KeyHint {
                anchors.verticalCenter: parent.verticalCenter
                keys: "/"
            }
        }
    }
    FocusRing {
        visible: field.activeFocus
        anchors.rightMargin: root.width - box.width - Theme.focusGap
    }
    Sheet {
        z: 1
        visible: root.completing
        x: field.x + box.x
        y: parent.height + Theme.s1
        width: Theme.px(220)
        height: suggestions.contentHeight + Theme.s2
        corner: Theme.radius

        ListView {
            id: suggestions

            function step(by: int): bool {
                if (root.completing)
                    currentIndex = Math.max(0, Math.min(count - 1, currentIndex + by));
                return root.completing;
            }

            anchors.fill: parent
            anchors.margins: Theme.s1
            interactive: false
            currentIndex: -1
            model: root.completions
            Accessible.role: Accessible.List
            Accessible.name: qsTr("Completions")
            delegate: Rectangle {
                id: row
                required property int index
                required property string modelData

                width: ListView.view.width
                height: Theme.controlSmall
                radius: Theme.radiusSmall
                color: ListView.isCurrentItem ? Theme.selected : "transparent"
                Accessible.role: Accessible.ListItem
                Accessible.name: modelData

                UiText {
                    x: Theme.s2
                    width: parent.width - Theme.s4
                    height: parent.height
                    text: row.modelData
                    role: UiText.Mono
                    Accessible.ignored: true
                }
                TapHandler {
                    onTapped: root.completed(row.index)
                }
            }
        }
    }
    Row {
        id: slot
        anchors.right: parent.right
        spacing: Theme.s2
    }
}
