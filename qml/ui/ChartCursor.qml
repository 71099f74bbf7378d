// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui

/* The crosshair that all charts of a screen share; the chart one looks at says the values, in the row of the marks. */
Item {
    id: root

    required property PlotArea plot
    property real ms: NaN
    /// What the values are at that moment; empty in charts that only follow.
    property string words

    visible: plot.shows(ms)
    x: visible ? Math.round(plot.xOf(ms)) : 0

    Rectangle {
        y: root.plot.y
        width: Theme.hair
        height: root.plot.height
        color: Theme.text2
    }
    Rectangle {
        visible: root.words !== ""
        x: Math.round(Math.max(-root.x, Math.min(root.plot.right + root.plot.rightGutter - root.x - width, -width / 2)))
        y: -Theme.focusGap
        width: tip.implicitWidth + Theme.s3
        height: Theme.px(18)
        radius: Theme.radiusSmall
        color: Theme.pressed

        UiText {
            id: tip
            anchors.centerIn: parent
            text: root.words
            role: UiText.Caption
            strong: true
            Accessible.ignored: true
        }
    }
}
