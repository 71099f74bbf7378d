// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic

/* Shows where one is in a long view; takes no room and no focus. */
ScrollBar {
    id: root

    padding: Theme.radiusTiny
    minimumSize: 0.05
    visible: size < 1
    Accessible.ignored: true
    contentItem: Rectangle {
        implicitWidth: Theme.s1
        implicitHeight: Theme.s1
        radius: width / 2
        color: root.pressed ? Theme.text3 : Theme.lineStrong
    }
    background: Item {}
}
