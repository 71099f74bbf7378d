// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic

/* A page longer than its window. What gets the focus by keyboard is scrolled into sight. */
Flickable {
    id: root

    property string name
    readonly property Item focused: Window.activeFocusItem

    function holds(item: Item): bool {
        for (let up = item; up; up = up.parent)
            if (up === contentItem)
                return true;
        return false;
    }
    function reveal(item: Item) {
        const top = item.mapToItem(contentItem, 0, 0).y - Theme.s4;
        const bottom = top + item.height + Theme.s8;
        if (top < contentY)
            contentY = Math.max(0, top);
        else if (bottom > contentY + height)
            contentY = Math.max(0, Math.min(top, bottom - height));
    }

    boundsBehavior: Flickable.StopAtBounds
    Accessible.role: Accessible.Pane
    Accessible.name: name
    flickableDirection: Flickable.VerticalFlick
    clip: true
    onFocusedChanged: if (focused && focused.height < height && holds(focused)) reveal(focused)
    Keys.onPressed: event => {
        const page = height - Theme.s8;
        const by = event.key === Qt.Key_PageDown ? page : event.key === Qt.Key_PageUp ? -page : 0;
        contentY = Math.max(0, Math.min(contentHeight - height, contentY + by));
        event.accepted = by !== 0;
    }

    ScrollBar.vertical: UiScrollBar {}
}
