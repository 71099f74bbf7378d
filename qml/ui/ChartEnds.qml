// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui

/* A dot where each line is now and its name and value beside it, pushed apart so that each can be read. */
Item {
    id: root

    required property PlotArea plot
    required property list<TimeSeries> series
    property bool stacked: false
    property bool showDots: true
    /// The middle of a label that stays where it is, NaN for none.
    property real guardY: NaN

    /// Where the label of each line wants to be; the guard's is the last and stays.
    function wanted(): list<real> {
        const places = [];
        let floor = 0;
        for (let at = 0; at < series.length; ++at) {
            const last = series[at].last;
            places.push(series[at].endLabel === "" ? NaN : stacked ? plot.yOf(floor + last / 2) : plot.yOf(last));
            floor += isNaN(last) ? 0 : last;
        }
        places.push(guardY);
        return places;
    }

    LabelSpread {
        id: spread
        anchors: root.wanted()
        fixed: root.series.length
        gap: Theme.px(14)
        low: root.plot.y
        high: root.plot.bottom - Theme.s1
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
                visible: !root.stacked && root.showDots
                x: Math.round(root.plot.xOf(end.line.lastAt)) - Theme.radiusTiny
                y: end.known ? Math.round(root.plot.yOf(end.line.last)) - Theme.radiusTiny : 0
                width: Theme.radiusTiny * 2 + Theme.hair
                height: width
                radius: width / 2
                color: end.line.labelColor
            }
            UiText {
                visible: !isNaN(end.labelY)
                x: root.plot.right + Theme.s2
                y: isNaN(end.labelY) ? 0 : Math.round(end.labelY) - Math.round(height / 2)
                width: root.plot.rightGutter - Theme.s2
                height: Theme.px(14)
                text: end.line.endLabel
                role: UiText.Caption
                strong: true
                color: end.line.labelColor
                Accessible.ignored: true
            }
        }
    }
}
