// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui

/* The points of a chart as rows: the same facts for who cannot or will not read lines. */
Item {
    id: root

    required property list<TimeSeries> series
    required property TimeScale time
    property bool active: false
    property string spoken

    readonly property int timeWidth: Theme.px(64)
    readonly property int valueWidth: Theme.px(68)
    readonly property int rowHeight: Theme.px(22)

    function scroll(by: int) {
        const end = Math.max(0, rows.contentHeight - rows.height);
        rows.contentY = Math.max(0, Math.min(end, rows.contentY + by * rowHeight));
    }
    function list() {
        for (let at = 0; at < series.length; ++at)
            points.add(series[at]);
    }

    SeriesTable {
        id: points
        active: root.active
        scale: root.time
        Component.onCompleted: root.list()
    }
    Row {
        id: heads
        height: Theme.headRowHeight
        spacing: Theme.s3

        Repeater {
            model: points.heads

            UiText {
                required property string modelData
                required property int index

                width: index === 0 ? root.timeWidth : root.valueWidth
                height: heads.height
                horizontalAlignment: index === 0 ? Text.AlignLeft : Text.AlignRight
                text: modelData
                role: UiText.Caption
                tone: UiText.Tertiary
            }
        }
    }
    ListView {
        id: rows
        anchors.fill: parent
        anchors.topMargin: heads.height
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        model: points
        Accessible.role: Accessible.Table
        Accessible.name: root.spoken
        delegate: Row {
            id: line
            required property string timeText
            required property list<string> values
            required property string spoken

            height: root.rowHeight
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
