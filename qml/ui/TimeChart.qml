// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import QtCharts

/*
    Lines over time. Qt Charts draws the lines and nothing else, and only this file imports it; grid, axis labels, guard, marks,
    end labels and crosshair are plain items on the same scale, so they sit on whole pixels and follow the theme.
    All times are milliseconds since the epoch. `marks` is a list model with the roles atMs, markText and status.
*/
FocusScope {
    id: root

    default property list<TimeSeries> series
    property alias marks: markRow.model
    property alias fromMs: timeScale.fromMs
    property alias toMs: timeScale.toMs
    property alias utcOffsetSeconds: timeScale.utcOffsetSeconds
    property alias intervals: valueScale.intervals
    property alias fromZero: valueScale.fromZero
    /// No data from here on; NaN while they flow.
    property real cutMs: NaN
    property string cutText: qsTr("no data")
    property real guard: NaN
    property string guardText
    /// The shared crosshair, NaN for none.
    property real cursorMs: NaN
    property int leftGutter: Theme.px(36)
    property int rightGutter: Theme.px(64)
    property bool showTimes: true
    property bool showMarkTexts: true
    property bool showGuardInside: false
    property bool stacked: false
    property bool stale: false
    property bool asTable: false
    /// The sentence for who cannot see the picture.
    property string spoken

    readonly property int topPad: markRow.count > 0 && showMarkTexts ? Theme.px(18) : Theme.tight
    readonly property int plotX: leftGutter
    readonly property int plotW: Math.max(1, width - leftGutter - rightGutter)
    readonly property int plotH: Math.max(1, height - topPad - (showTimes ? Theme.px(20) : Theme.radiusTiny))
    readonly property bool cut: !isNaN(cutMs) && cutMs < toMs
    readonly property bool hasGuard: !isNaN(guard)
    readonly property int timeWidth: Theme.px(64)
    readonly property int valueWidth: Theme.px(68)
    readonly property bool hasCursor: !isNaN(cursorMs) && cursorMs >= fromMs && cursorMs <= toMs

    signal cursorMoved(real ms)
    signal zoomed(real fromMs, real toMs)

    function yOf(value: real): real {
        return topPad + plotH * (1 - (value - valueScale.minimum) / (valueScale.maximum - valueScale.minimum));
    }
    function xOf(ms: real): real {
        return toMs > fromMs ? plotX + plotW * (ms - fromMs) / (toMs - fromMs) : plotX;
    }
    function msAt(x: real): real {
        return fromMs + (toMs - fromMs) * Math.max(0, Math.min(1, (x - plotX) / plotW));
    }
    function highest(): real {
        let high = NaN;
        for (let at = 0; at < series.length; ++at) {
            const one = series[at].maximum;
            high = isNaN(high) ? one : isNaN(one) ? high : stacked ? high + one : Math.max(high, one);
        }
        return high;
    }
    function lowest(): real {
        let low = NaN;
        for (let at = 0; at < series.length; ++at)
            low = isNaN(low) ? series[at].minimum : Math.min(low, isNaN(series[at].minimum) ? low : series[at].minimum);
        return low;
    }
    /// Where the label of each line wants to be; the guard's is the last and stays.
    function labelAnchors(): list<real> {
        const wanted = [];
        let floor = 0;
        for (let at = 0; at < series.length; ++at) {
            const last = series[at].last;
            wanted.push(series[at].endLabel === "" ? NaN : stacked ? yOf(floor + last / 2) : yOf(last));
            floor += isNaN(last) ? 0 : last;
        }
        wanted.push(hasGuard && !showGuardInside ? yOf(guard) : NaN);
        return wanted;
    }
    function cursorTexts(): string {
        const words = [timeScale.textOf(cursorMs)];
        for (let at = 0; at < series.length; ++at)
            words.push((series[at].name + " " + series[at].textAt(cursorMs)).trim());
        return words.join("   ");
    }
    function moveCursor(by: real) {
        const from = hasCursor ? cursorMs : isNaN(cutMs) ? toMs : cutMs;
        cursorMoved(Math.max(fromMs, Math.min(toMs, from + by * (toMs - fromMs))));
    }
    function scrollTable(by: int): bool {
        const end = Math.max(0, tableRows.contentHeight - tableRows.height);
        tableRows.contentY = Math.max(0, Math.min(end, tableRows.contentY + by * Theme.px(22)));
        return asTable;
    }
    function list() {
        for (let at = 0; at < series.length; ++at)
            seriesTable.add(series[at]);
    }
    function grow(feed: LineFeed) {
        while (feed.adopted < feed.wanted)
            feed.adopt(view.createSeries(stacked ? ChartView.SeriesTypeArea : ChartView.SeriesTypeLine, "", timeAxis, valueAxis));
    }

    activeFocusOnTab: true
    Accessible.role: Accessible.Chart
    Accessible.name: spoken
    Accessible.description: hasCursor ? cursorTexts() : ""
    Keys.onUpPressed: event => event.accepted = root.scrollTable(-1)
    Keys.onDownPressed: event => event.accepted = root.scrollTable(1)
    Keys.onLeftPressed: moveCursor(-0.01)
    Keys.onRightPressed: moveCursor(0.01)
    Keys.onEscapePressed: event => {
        event.accepted = root.hasCursor;
        root.cursorMoved(NaN);
    }

    TimeScale {
        id: timeScale
        most: Math.max(1, Math.floor(root.plotW / Theme.px(80)))
    }
    ValueScale {
        id: valueScale
        low: root.lowest()
        high: root.highest()
        guard: root.guard
    }
    LabelSpread {
        id: spread
        anchors: root.labelAnchors()
        fixed: root.series.length
        gap: Theme.px(14)
        low: root.topPad
        high: root.topPad + root.plotH - Theme.s1
    }
    Instantiator {
        id: feeds
        model: root.series.length
        delegate: LineFeed {
            required property int index

            series: root.series[index]
            filled: root.stacked
            below: root.stacked && index > 0 ? feeds.objectAt(index - 1) as LineFeed : null
            onWantedChanged: root.grow(this)
        }
    }

    Item {
        anchors.fill: parent
        visible: !root.asTable

        Repeater {
            model: valueScale.ticks

            Item {
                id: tick
                required property real modelData
                required property int index
                readonly property int at: Math.round(root.yOf(modelData))

                Rectangle {
                    x: root.plotX
                    y: tick.at
                    width: root.plotW
                    height: Theme.hair
                    color: tick.index === 0 ? Theme.line : Theme.gridLine
                }
                UiText {
                    width: root.leftGutter - Theme.s2
                    y: tick.at - Math.round(height / 2)
                    height: Theme.px(14)
                    horizontalAlignment: Text.AlignRight
                    text: valueScale.labels[tick.index] ?? ""
                    role: UiText.Caption
                    tone: UiText.Tertiary
                    Accessible.ignored: true
                }
            }
        }
        Repeater {
            model: root.showTimes ? timeScale.ticks : []

            UiText {
                required property real modelData
                required property int index

                x: Math.round(Math.max(0, Math.min(root.width - width, root.xOf(modelData) - width / 2)))
                y: root.height - height
                height: Theme.px(14)
                text: timeScale.labels[index] ?? ""
                role: UiText.Caption
                tone: UiText.Tertiary
                Accessible.ignored: true
            }
        }
        Repeater {
            id: markRow

            Item {
                id: mark
                required property int index
                required property real atMs
                required property string markText
                required property int status

                readonly property Item before: index > 0 ? markRow.itemAt(index - 1) : null
                readonly property Item after: index + 1 < markRow.count ? markRow.itemAt(index + 1) : null
                readonly property real room: (after ? after.x : root.plotX + root.plotW + root.rightGutter) - x
                readonly property real needed: label.implicitWidth + Theme.markSmall + Theme.s4
                readonly property bool fitsRight: room > needed
                readonly property bool fitsLeft: x - (before ? before.x : root.plotX) > needed

                x: Math.round(root.xOf(atMs))
                visible: atMs >= root.fromMs && atMs <= root.toMs

                Column {
                    y: root.topPad - Theme.s1
                    spacing: Theme.focusGap

                    Repeater {
                        model: Math.max(0, Math.floor((root.plotH + Theme.s1) / (Theme.radiusTiny + Theme.focusGap)))

                        Rectangle {
                            width: Theme.hair
                            height: Theme.radiusTiny
                            color: Theme.markLine
                        }
                    }
                }
                Row {
                    id: words
                    visible: root.showMarkTexts && (mark.fitsRight || mark.fitsLeft)
                    x: mark.fitsRight ? -Theme.s1 : Theme.s1 - width
                    layoutDirection: mark.fitsRight ? Qt.LeftToRight : Qt.RightToLeft
                    spacing: Theme.s1

                    Icon {
                        anchors.verticalCenter: parent.verticalCenter
                        size: Theme.markSmall
                        text: mark.status > Status.Idle ? Icons.ofStatus(mark.status) : Icons.down
                        color: mark.status > Status.Idle ? Theme.statusColor(mark.status) : Theme.text3
                    }
                    UiText {
                        id: label
                        anchors.verticalCenter: parent.verticalCenter
                        text: mark.markText
                        role: UiText.Caption
                        tone: UiText.Secondary
                    }
                }
            }
        }
        Rectangle {
            visible: root.cut
            x: root.cut ? Math.round(Math.max(root.plotX, root.xOf(root.cutMs))) : 0
            y: root.topPad
            width: root.plotX + root.plotW - x
            height: root.plotH
            color: Theme.gapFill

            Rectangle {
                width: Theme.hair
                height: parent.height
                color: Theme.gapEdge
            }
            UiText {
                visible: parent.width > implicitWidth + Theme.s1
                anchors.horizontalCenter: parent.horizontalCenter
                y: parent.height - height - Theme.tight
                text: root.cutText
                role: UiText.Caption
                tone: UiText.Secondary
            }
        }
        ChartView {
            id: view
            // Eight pixels round the plot, so that round caps are not cut.
            x: root.plotX - Theme.s2
            y: root.topPad - Theme.s2
            width: root.plotW + Theme.s2 * 2
            height: root.plotH + Theme.s2 * 2
            plotArea: Qt.rect(Theme.s2, Theme.s2, root.plotW, root.plotH)
            opacity: root.stale ? Theme.staleInk : 1
            margins.left: 0
            margins.right: 0
            margins.top: 0
            margins.bottom: 0
            backgroundColor: "transparent"
            plotAreaColor: "transparent"
            dropShadowEnabled: false
            backgroundRoundness: 0
            legend.visible: false
            antialiasing: true
            animationOptions: ChartView.NoAnimation
            Accessible.ignored: true

            ValuesAxis {
                id: timeAxis
                min: root.fromMs
                max: root.toMs
                visible: false
                gridVisible: false
                labelsVisible: false
                lineVisible: false
            }
            ValuesAxis {
                id: valueAxis
                min: valueScale.minimum
                max: valueScale.maximum
                visible: false
                gridVisible: false
                labelsVisible: false
                lineVisible: false
            }
        }
        Item {
            id: guardLine
            visible: root.hasGuard
            y: root.hasGuard ? Math.round(root.yOf(root.guard)) : 0

            Row {
                x: root.plotX
                spacing: Theme.s1

                Repeater {
                    model: root.hasGuard ? Math.max(0, Math.floor(root.plotW / (Theme.tight + Theme.s1))) : 0

                    Rectangle {
                        width: Theme.tight
                        height: Theme.hair
                        color: Theme.guardLine
                    }
                }
            }
            UiText {
                x: root.plotX + root.plotW + (root.showGuardInside ? -width : Theme.s2)
                y: root.showGuardInside ? -height - Theme.hair : -Math.round(height / 2)
                height: Theme.px(14)
                text: root.guardText
                role: UiText.Caption
                tone: UiText.Warn
                Accessible.ignored: true
            }
        }
        Repeater {
            model: root.series.length

            Item {
                id: end
                required property int index
                readonly property TimeSeries line: root.series[index]
                readonly property bool known: !isNaN(line.last)
                readonly property real labelY: spread.placed[index] ?? NaN

                visible: known

                Rectangle {
                    visible: !root.stacked && !root.cut
                    x: Math.round(root.xOf(end.line.lastAt)) - Theme.radiusTiny
                    y: end.known ? Math.round(root.yOf(end.line.last)) - Theme.radiusTiny : 0
                    width: Theme.radiusTiny * 2 + Theme.hair
                    height: width
                    radius: width / 2
                    color: end.line.labelColor
                }
                UiText {
                    visible: !isNaN(end.labelY)
                    x: root.plotX + root.plotW + Theme.s2
                    y: isNaN(end.labelY) ? 0 : Math.round(end.labelY) - Math.round(height / 2)
                    width: root.rightGutter - Theme.s2
                    height: Theme.px(14)
                    text: end.line.endLabel
                    role: UiText.Caption
                    strong: true
                    color: end.line.labelColor
                    Accessible.ignored: true
                }
            }
        }
        Item {
            visible: root.hasCursor
            x: root.hasCursor ? Math.round(root.xOf(root.cursorMs)) : 0

            Rectangle {
                y: root.topPad
                width: Theme.hair
                height: root.plotH
                color: Theme.text2
            }
            Rectangle {
                id: bubble
                visible: root.showMarkTexts && (pointer.hovered || root.activeFocus)
                x: Math.round(Math.max(-parent.x, Math.min(root.width - parent.x - width, -width / 2)))
                y: -Theme.focusGap
                width: tip.implicitWidth + Theme.s3
                height: Theme.px(18)
                radius: Theme.radiusSmall
                color: Theme.pressed

                UiText {
                    id: tip
                    anchors.centerIn: parent
                    text: bubble.visible ? root.cursorTexts() : ""
                    role: UiText.Caption
                    strong: true
                    Accessible.ignored: true
                }
            }
        }
        Rectangle {
            visible: zoom.active
            x: Math.min(zoom.startX, zoom.endX)
            y: root.topPad
            width: Math.abs(zoom.endX - zoom.startX)
            height: root.plotH
            color: Theme.zoomFill
        }
        HoverHandler {
            id: pointer
            onPointChanged: if (hovered) root.cursorMoved(root.msAt(point.position.x))
            onHoveredChanged: if (!hovered) root.cursorMoved(NaN)
        }
        DragHandler {
            id: zoom
            readonly property real startX: Math.max(root.plotX, Math.min(root.plotX + root.plotW, centroid.pressPosition.x))
            readonly property real endX: Math.max(root.plotX, Math.min(root.plotX + root.plotW, centroid.position.x))
            property real pickedFrom: 0
            property real pickedTo: 0

            target: null
            yAxis.enabled: false
            onCentroidChanged: if (active) {
                pickedFrom = root.msAt(Math.min(startX, endX));
                pickedTo = root.msAt(Math.max(startX, endX));
            }
            onActiveChanged: if (!active && pickedTo - pickedFrom > 0)
                root.zoomed(pickedFrom, pickedTo)
        }
        FocusRing {
            visible: root.activeFocus
        }
    }

    Item {
        anchors.fill: parent
        visible: root.asTable

        SeriesTable {
            id: seriesTable
            active: root.asTable
            scale: timeScale
            Component.onCompleted: root.list()
        }
        Row {
            id: tableHead
            height: Theme.headRowHeight
            spacing: Theme.s3

            Repeater {
                model: seriesTable.heads

                UiText {
                    required property string modelData
                    required property int index

                    width: index === 0 ? root.timeWidth : root.valueWidth
                    height: tableHead.height
                    horizontalAlignment: index === 0 ? Text.AlignLeft : Text.AlignRight
                    text: modelData
                    role: UiText.Caption
                    tone: UiText.Tertiary
                }
            }
        }
        ListView {
            id: tableRows
            anchors.fill: parent
            anchors.topMargin: tableHead.height
            clip: true
            boundsBehavior: Flickable.StopAtBounds
            model: seriesTable
            Accessible.role: Accessible.Table
            Accessible.name: root.spoken
            delegate: Row {
                id: line
                required property string timeText
                required property list<string> values
                required property string spoken

                height: Theme.px(22)
                spacing: Theme.s3
                Accessible.role: Accessible.Row
                Accessible.name: spoken

                UiText {
                    width: root.timeWidth
                    height: line.height
                    text: line.timeText
                    role: UiText.Small
                    tone: UiText.Tertiary
                    Accessible.ignored: true
                }
                Repeater {
                    model: line.values

                    UiText {
                        required property string modelData

                        width: root.valueWidth
                        height: line.height
                        horizontalAlignment: Text.AlignRight
                        text: modelData
                        role: UiText.Small
                        tone: UiText.Secondary
                        Accessible.ignored: true
                    }
                }
            }
        }
    }
}
