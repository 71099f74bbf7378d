// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic

/* A short list to choose from, under the button that opened it. The current one has a tick. */
Popup {
    id: root

    property list<string> options
    property int current: -1
    property string name

    signal chosen(int index)

    function take(index: int) {
        if (index >= 0 && index < options.length)
            chosen(index);
        close();
    }

    y: parent ? parent.height + Theme.s1 : 0
    width: Math.max(parent ? parent.width : 0, Theme.px(160))
    height: Math.min(list.contentHeight, Theme.px(360)) + Theme.tight * 2
    padding: Theme.tight
    focus: true
    closePolicy: Popup.CloseOnEscape | Popup.CloseOnPressOutside
    onOpened: list.currentIndex = Math.max(0, current)

    background: Sheet {
        corner: Theme.radius
    }
    ListView {
        id: list
        anchors.fill: parent
        focus: true
        clip: true
        model: root.options
        boundsBehavior: Flickable.StopAtBounds
        highlightMoveDuration: 0
        Accessible.role: Accessible.PopupMenu
        Accessible.name: root.name
        Keys.onReturnPressed: root.take(currentIndex)
        Keys.onSpacePressed: root.take(currentIndex)
        delegate: Item {
            id: row
            required property string modelData
            required property int index

            width: ListView.view.width
            height: Theme.controlHeight
            Accessible.role: Accessible.MenuItem
            Accessible.name: modelData
            Accessible.onPressAction: root.take(index)

            Rectangle {
                visible: row.ListView.isCurrentItem || hover.hovered
                anchors.fill: parent
                radius: Theme.radiusSmall
                color: row.ListView.isCurrentItem ? Theme.selected : Theme.hover
            }
            Icon {
                x: Theme.tight
                visible: row.index === root.current
                anchors.verticalCenter: parent.verticalCenter
                size: Theme.iconSmall
                text: Icons.check
                color: Theme.accent
            }
            UiText {
                x: Theme.iconSmall + Theme.s3
                width: parent.width - x - Theme.s2
                height: parent.height
                text: row.modelData
                role: UiText.Small
                Accessible.ignored: true
            }
            HoverHandler {
                id: hover
            }
            TapHandler {
                onTapped: root.take(row.index)
            }
        }
    }
}
