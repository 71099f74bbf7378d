// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import Orchestra.Ui
import Orchestra.Console

/* Test sessions first, then what the role may see of others. */
FocusScope {
    id: root

    required property ConversationsModel conversations

    function focusFilter() {
        field.forceActiveFocus(Qt.ShortcutFocusReason);
    }

    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Conversations")

    UiText {
        id: title
        x: Theme.s5
        height: Theme.headerHeight
        text: qsTr("Live chat")
        role: UiText.Title
        Accessible.role: Accessible.Heading
        Accessible.name: text
    }
    UiButton {
        anchors.right: parent.right
        anchors.rightMargin: Theme.s3
        anchors.verticalCenter: title.verticalCenter
        kind: UiButton.Quiet
        glyph: Icons.plus
        tip: qsTr("New test session")
        onTriggered: root.conversations.startNew()
    }
    UiField {
        id: field
        anchors.top: title.bottom
        x: Theme.s3
        width: parent.width - Theme.s3 * 2
        glyph: Icons.filter
        placeholderText: qsTr("Filter conversations")
        onTextEdited: root.conversations.filterText = text
        Keys.onEscapePressed: event => {
            event.accepted = text !== "";
            clear();
            root.conversations.filterText = "";
        }
        Keys.onDownPressed: list.forceActiveFocus()

        KeyHint {
            visible: !field.activeFocus
            anchors.right: parent.right
            anchors.rightMargin: Theme.tight
            anchors.verticalCenter: parent.verticalCenter
            keys: "/"
        }
    }
    ListView {
        id: list
        anchors.top: field.bottom
        anchors.topMargin: Theme.s3
        anchors.bottom: parent.bottom
        width: parent.width
        clip: true
        focus: true
        activeFocusOnTab: true
        model: root.conversations
        boundsBehavior: Flickable.StopAtBounds
        currentIndex: root.conversations.currentRow
        highlightMoveDuration: 0
        ScrollBar.vertical: UiScrollBar {}
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Conversations")
        Keys.onUpPressed: root.conversations.select(Math.max(0, currentIndex - 1))
        Keys.onDownPressed: root.conversations.select(Math.min(count - 1, currentIndex + 1))
        delegate: Item {
            id: row
            required property int index
            required property string user
            required property bool synthetic
            required property string title
            required property string ageText
            required property int status
            required property bool current

            width: ListView.view.width
            height: Theme.px(52)
            Accessible.role: Accessible.ListItem
            Accessible.name: Words.sentence(user, title, ageText)
            Accessible.onPressAction: root.conversations.select(index)

            Rectangle {
                visible: row.current || hover.hovered
                anchors.fill: parent
                color: row.current ? Theme.selected : Theme.hover
            }
            Rectangle {
                visible: row.current
                width: Theme.selectionEdge
                height: parent.height
                color: Theme.accent
            }
            FocusRing {
                visible: row.current && list.activeFocus
                anchors.margins: Theme.focusRing
            }
            Icon {
                id: mark
                x: Theme.s4 + Theme.radiusTiny
                y: Theme.s3
                size: Theme.markSmall
                text: Icons.ofStatus(row.status)
                color: row.status === Status.Pending ? Theme.accent : Theme.statusColor(row.status)
            }
            UiText {
                id: who
                anchors.left: mark.right
                anchors.leftMargin: Theme.s2
                y: Theme.s2
                width: Math.min(implicitWidth, age.x - x - Theme.s2 - (chip.visible ? chip.width + Theme.s2 : 0))
                text: row.user
                role: UiText.Small
                strong: true
                Accessible.ignored: true
            }
            Chip {
                id: chip
                visible: row.synthetic
                anchors.left: who.right
                anchors.leftMargin: Theme.s2
                anchors.verticalCenter: who.verticalCenter
                height: Theme.keyHeight
                label: qsTr("synthetic")
            }
            UiText {
                anchors.left: who.left
                anchors.right: parent.right
                anchors.rightMargin: Theme.s4
                anchors.top: who.bottom
                anchors.topMargin: Theme.radiusTiny
                text: row.title
                role: UiText.Small
                tone: UiText.Secondary
                Accessible.ignored: true
            }
            UiText {
                id: age
                anchors.right: parent.right
                anchors.rightMargin: Theme.s4
                anchors.verticalCenter: who.verticalCenter
                text: row.ageText
                role: UiText.Caption
                tone: UiText.Tertiary
                Accessible.ignored: true
            }
            HoverHandler {
                id: hover
            }
            TapHandler {
                onTapped: root.conversations.select(row.index)
            }
        }
    }
    Hairline {
        anchors.right: parent.right
        height: parent.height
    }
    Connections {
        target: root.conversations
        function onFilterChanged() {
            if (field.text !== root.conversations.filterText)
                field.text = root.conversations.filterText;
        }
    }
}
