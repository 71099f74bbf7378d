// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick

/*
    One box over everything that can be opened or done. What cannot be done now stays, with its reason.
    `rows` is a list model, ranked already, with the roles glyph (a name of Icons), title, detail, keysText, riskText, available,
    reason and spoken.
*/
Sheet {
    id: root

    property alias rows: list.model
    property alias query: field.text
    property alias currentRow: list.currentIndex
    property int most: 10

    readonly property int rowHeight: Theme.px(36)

    signal queryEdited(string text)
    signal ran(int row)
    signal completed(int row)
    signal dismissed

    implicitWidth: Theme.px(520)
    implicitHeight: field.height + Theme.hair + Theme.tight * 2 + Math.max(1, Math.min(most, list.count)) * rowHeight
    Accessible.role: Accessible.Dialog
    Accessible.name: qsTr("Command palette")

    UiField {
        id: field
        width: parent.width
        height: Theme.px(48)
        leftPadding: Theme.s4 + Theme.iconSize + Theme.s3
        rightPadding: Theme.s4
        bare: true
        focus: true
        font.pixelSize: Theme.textLead
        placeholderText: qsTr("Go to or run…   > commands   @ things")
        name: qsTr("Go to or run")
        Accessible.description: list.currentItem ? (list.currentItem as PaletteRow).spoken : qsTr("Nothing found")
        onTextEdited: root.queryEdited(text)
        onAccepted: root.ran(list.currentIndex)
        Keys.onEscapePressed: root.dismissed()
        Keys.onUpPressed: list.decrementCurrentIndex()
        Keys.onDownPressed: list.incrementCurrentIndex()
        Keys.onTabPressed: root.completed(list.currentIndex)

        Icon {
            x: Theme.s4
            anchors.verticalCenter: parent.verticalCenter
            text: Icons.search
            color: Theme.text3
        }
    }
    Hairline {
        y: field.height
        width: parent.width
    }
    ListView {
        id: list
        anchors.fill: parent
        anchors.topMargin: field.height + Theme.hair + Theme.tight
        anchors.bottomMargin: Theme.tight
        anchors.leftMargin: Theme.tight
        anchors.rightMargin: Theme.tight
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        highlightMoveDuration: 0
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Results")
        delegate: PaletteRow {
            width: ListView.view.width
            height: root.rowHeight
            current: ListView.isCurrentItem
            onTapped: {
                list.currentIndex = index;
                root.ran(index);
            }
        }
    }
    UiText {
        visible: list.count === 0
        x: field.leftPadding
        y: field.height + Theme.tight
        height: root.rowHeight
        text: qsTr("Nothing found")
        tone: UiText.Tertiary
    }
}
