// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic

/* A short explanation beside the pointer or the focus. */
ToolTip {
    id: root

    delay: Theme.tipDelay
    leftPadding: Theme.s2
    rightPadding: Theme.s2
    topPadding: Theme.s1
    bottomPadding: Theme.s1
    contentItem: UiText {
        text: root.text
        role: UiText.Small
        wrapMode: Text.WordWrap
    }
    background: Rectangle {
        radius: Theme.radiusSmall
        color: Theme.pressed
        border.width: Theme.hair
        border.color: Theme.lineStrong
    }
}
