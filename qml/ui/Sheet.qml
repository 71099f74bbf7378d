// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

/* A surface above the screen: palette, confirmation, menus. A strong edge and one soft rectangle instead of a blurred shadow. */
FocusScope {
    id: root

    property int corner: Theme.radiusLarge
    default property alias content: inner.data

    Rectangle {
        anchors.fill: parent
        anchors.topMargin: Theme.radiusTiny
        anchors.bottomMargin: -Theme.tight
        anchors.leftMargin: -Theme.hair
        anchors.rightMargin: -Theme.hair
        radius: root.corner + Theme.focusGap
        color: Theme.shadow
    }
    Rectangle {
        anchors.fill: parent
        radius: root.corner
        color: Theme.raised
        border.width: Theme.hair
        border.color: Theme.lineStrong
    }
    // What floats keeps clicks and wheel from what lies below.
    MouseArea {
        anchors.fill: parent
        hoverEnabled: true
        onWheel: event => event.accepted = true
        Accessible.ignored: true
    }
    Item {
        id: inner
        anchors.fill: parent
    }
}
