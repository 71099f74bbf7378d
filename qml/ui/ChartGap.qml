// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui

/* The strip from the last data to the end of the axis: not zero, but not known. */
Rectangle {
    id: root

    required property PlotArea plot
    property real fromMs: NaN
    property alias text: words.text

    x: isNaN(fromMs) ? 0 : Math.round(Math.max(plot.x, plot.xOf(fromMs)))
    y: plot.y
    width: plot.right - x
    height: plot.height
    color: Theme.gapFill

    Rectangle {
        width: Theme.hair
        height: parent.height
        color: Theme.gapEdge
    }
    UiText {
        id: words
        visible: parent.width > implicitWidth + Theme.s1
        anchors.horizontalCenter: parent.horizontalCenter
        y: parent.height - height - Theme.tight
        role: UiText.Caption
        tone: UiText.Secondary
    }
}
