// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

/* The ring round what the keyboard has: 2 px of accent, 3 px outside. */
Rectangle {
    property int around: Theme.radius

    anchors.fill: parent
    anchors.margins: -Theme.focusGap
    radius: around + Theme.focusGap
    color: "transparent"
    border.width: Theme.focusRing
    border.color: Theme.accent
}
