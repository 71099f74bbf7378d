// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui

/*
    One lane a thing, its states over time. What is well is a thin quiet line; only trouble has mass. `lanes` is a list model
    with the roles name, nowText, status, spans (from x to y in ms), spanStatus, spanTexts and spoken.
*/
FocusScope {
    id: root

    property alias lanes: repeater.model
    property alias fromMs: area.fromMs
    property alias toMs: area.toMs
    property alias utcOffsetSeconds: area.utcOffsetSeconds
    property real cutMs: NaN
    property real cursorMs: NaN
    property int leftGutter: Theme.px(160)
    property int rightGutter: Theme.px(88)
    property bool stale: false
    property string name

    readonly property int laneHeight: Theme.px(20)

    signal cursorMoved(real ms)

    function moveCursor(by: real) {
        const from = area.shows(cursorMs) ? cursorMs : isNaN(cutMs) ? toMs : cutMs;
        cursorMoved(Math.max(fromMs, Math.min(toMs, from + by * (toMs - fromMs))));
    }

    implicitHeight: repeater.count * laneHeight + Theme.px(20)
    activeFocusOnTab: true
    Accessible.role: Accessible.List
    Accessible.name: name
    Keys.onLeftPressed: moveCursor(-0.01)
    Keys.onRightPressed: moveCursor(0.01)
    Keys.onEscapePressed: event => {
        event.accepted = area.shows(root.cursorMs);
        root.cursorMoved(NaN);
    }

    PlotArea {
        id: area
        x: root.leftGutter
        y: 0
        width: Math.max(1, root.width - root.leftGutter - root.rightGutter)
        height: Math.max(1, repeater.count * root.laneHeight)
        rightGutter: root.rightGutter
    }
    Repeater {
        model: area.time.ticks

        Item {
            id: tick
            required property real modelData
            required property int index

            Rectangle {
                x: Math.round(area.xOf(tick.modelData))
                width: Theme.hair
                height: area.height
                color: Theme.gridLine
            }
            UiText {
                x: Math.round(Math.max(0, Math.min(root.width - width, area.xOf(tick.modelData) - width / 2)))
                y: root.height - height
                height: Theme.px(14)
                text: area.time.labels[tick.index] ?? ""
                role: UiText.Caption
                tone: UiText.Tertiary
                Accessible.ignored: true
            }
        }
    }
    ChartGap {
        visible: !isNaN(root.cutMs) && root.cutMs < root.toMs
        plot: area
        fromMs: root.cutMs
        text: ""
    }
    Repeater {
        id: repeater

        Item {
            id: lane
            required property int index
            required property string name
            required property string nowText
            required property int status
            required property list<point> spans
            required property list<int> spanStatus
            required property list<string> spanTexts
            required property string spoken

            y: index * root.laneHeight
            width: root.width
            height: root.laneHeight
            Accessible.role: Accessible.ListItem
            Accessible.name: spoken

            UiText {
                width: root.leftGutter - Theme.s3
                height: parent.height
                text: lane.name
                role: UiText.Small
                tone: UiText.Secondary
                Accessible.ignored: true
            }
            Repeater {
                model: lane.spans.length

                Rectangle {
                    id: span
                    required property int index
                    readonly property point at: lane.spans[index] ?? Qt.point(0, 0)
                    readonly property int level: lane.spanStatus[index] ?? Status.Idle
                    readonly property bool heavy: level === Status.Warn || level === Status.Bad

                    x: Math.round(area.xOf(Math.max(root.fromMs, at.x)))
                    width: Math.max(Theme.focusGap, Math.round(area.xOf(Math.min(root.toMs, at.y))) - x)
                    anchors.verticalCenter: parent.verticalCenter
                    height: heavy ? Theme.px(14) : level === Status.Idle ? Theme.hair : Theme.focusGap
                    radius: heavy ? Theme.radiusTiny : 0
                    color: !heavy ? (level === Status.Idle ? Theme.lineStrong : Theme.okSoft) : level === Status.Bad ? Theme.badTint : Theme.warnTint
                    border.width: heavy ? Theme.hair : 0
                    border.color: level === Status.Bad ? Theme.badEdge : Theme.warnEdge

                    UiText {
                        visible: implicitWidth < parent.width - Theme.s3
                        x: Theme.tight
                        anchors.verticalCenter: parent.verticalCenter
                        text: lane.spanTexts[span.index] ?? ""
                        role: UiText.Caption
                        strong: true
                        color: Theme.statusColor(span.level)
                        Accessible.ignored: true
                    }
                }
            }
            UiText {
                anchors.right: parent.right
                width: root.rightGutter - Theme.s3
                height: parent.height
                horizontalAlignment: Text.AlignRight
                text: lane.nowText
                role: UiText.Caption
                tone: lane.status === Status.Bad ? UiText.Bad : lane.status === Status.Warn ? UiText.Warn : UiText.Secondary
                Accessible.ignored: true
            }
        }
    }
    ChartCursor {
        plot: area
        ms: root.cursorMs
    }
    HoverHandler {
        onPointChanged: if (hovered) root.cursorMoved(area.msAt(point.position.x))
        onHoveredChanged: if (!hovered) root.cursorMoved(NaN)
    }
    FocusRing {
        visible: root.activeFocus
    }
}
