// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui

/*
    Lines over time. ChartLines draws the lines; grid, axis labels, guard, marks, end labels and crosshair are plain items on the
    same PlotArea, so they sit on whole pixels and follow the theme.
    All times are milliseconds since the epoch. `marks` is a list model with the roles atMs, markText and status.
*/
FocusScope {
    id: root

    default property list<TimeSeries> series
    property alias marks: markRow.model
    property alias fromMs: area.fromMs
    property alias toMs: area.toMs
    property alias utcOffsetSeconds: area.utcOffsetSeconds
    property alias intervals: area.intervals
    property alias fromZero: area.fromZero
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

    readonly property PlotArea plot: area
    readonly property bool cut: !isNaN(cutMs) && cutMs < toMs
    /// The lines keep well below the guard, so the axis is theirs.
    readonly property bool guardFar: highest() < guard * 0.4
    readonly property bool hasCursor: area.shows(cursorMs)

    signal cursorMoved(real ms)
    signal zoomed(real fromMs, real toMs)

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
    function cursorTexts(): string {
        const words = [area.time.textOf(cursorMs)];
        for (let at = 0; at < series.length; ++at)
            words.push((series[at].name + " " + series[at].textAt(cursorMs)).trim());
        return words.join("   ");
    }
    function moveCursor(by: real) {
        const from = hasCursor ? cursorMs : isNaN(cutMs) ? toMs : cutMs;
        cursorMoved(Math.max(fromMs, Math.min(toMs, from + by * (toMs - fromMs))));
    }
    function scrollTable(by: int): bool {
        table.scroll(by);
        return asTable;
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

    PlotArea {
        id: area
        x: root.leftGutter
        y: markRow.count > 0 && root.showMarkTexts ? Theme.px(18) : Theme.tight
        width: Math.max(1, root.width - root.leftGutter - root.rightGutter)
        height: Math.max(1, root.height - y - (root.showTimes ? Theme.px(20) : Theme.radiusTiny))
        rightGutter: root.rightGutter
        low: root.lowest()
        high: root.highest()
        guard: root.guardFar ? NaN : root.guard
    }
    Item {
        anchors.fill: parent
        visible: !root.asTable

        ChartGrid {
            anchors.fill: parent
            plot: area
            showTimes: root.showTimes
        }
        ChartMarks {
            id: markRow
            plot: area
            showTexts: root.showMarkTexts
        }
        ChartGap {
            visible: root.cut
            plot: area
            fromMs: root.cutMs
            text: root.cutText
        }
        ChartLines {
            plot: area
            series: root.series // qmllint disable type
            stacked: root.stacked
            opacity: root.stale ? Theme.staleInk : 1
        }
        ChartGuard {
            id: guardLine
            plot: area
            value: root.guard
            text: root.guardText
            inside: root.showGuardInside
            far: root.guardFar
        }
        ChartEnds {
            plot: area
            series: root.series // qmllint disable type
            stacked: root.stacked
            showDots: !root.cut
            guardY: guardLine.labelY
        }
        ChartCursor {
            plot: area
            ms: root.cursorMs
            words: root.hasCursor && root.showMarkTexts && (pointer.hovered || root.activeFocus) ? root.cursorTexts() : ""
        }
        ChartZoom {
            anchors.fill: parent
            plot: area
            onPicked: (fromMs, toMs) => root.zoomed(fromMs, toMs)
        }
        HoverHandler {
            id: pointer
            onPointChanged: if (hovered) root.cursorMoved(area.msAt(point.position.x))
            onHoveredChanged: if (!hovered) root.cursorMoved(NaN)
        }
        FocusRing {
            visible: root.activeFocus
        }
    }
    ChartTable {
        id: table
        anchors.fill: parent
        visible: root.asTable
        active: root.asTable
        series: root.series // qmllint disable type
        time: area.time
        spoken: root.spoken
    }
}
