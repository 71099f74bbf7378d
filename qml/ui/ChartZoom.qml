// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui

/* Dragging across the plot picks a stretch of time. */
Item {
    id: root

    required property PlotArea plot

    signal picked(real fromMs, real toMs)

    Rectangle {
        visible: drag.active
        x: Math.min(drag.startX, drag.endX)
        y: root.plot.y
        width: Math.abs(drag.endX - drag.startX)
        height: root.plot.height
        color: Theme.zoomFill
    }
    DragHandler {
        id: drag
        readonly property real startX: Math.max(root.plot.x, Math.min(root.plot.right, centroid.pressPosition.x))
        readonly property real endX: Math.max(root.plot.x, Math.min(root.plot.right, centroid.position.x))
        property real fromMs: 0
        property real toMs: 0

        target: null
        yAxis.enabled: false
        onCentroidChanged: if (active) {
            fromMs = root.plot.msAt(Math.min(startX, endX));
            toMs = root.plot.msAt(Math.max(startX, endX));
        }
        onActiveChanged: if (!active && toMs - fromMs > 0)
            root.picked(fromMs, toMs)
    }
}
