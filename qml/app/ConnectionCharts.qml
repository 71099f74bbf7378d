// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* Three small pictures of all connections: what they are doing, what waits for them, who has most. */
Item {
    id: root

    required property Console console
    property bool old: false
    property bool asTables: false

    readonly property ConnectionsModel rows: console.connections
    readonly property TimeRange range: console.range
    readonly property bool roomForUsers: width - bars.x - bars.width > Theme.px(180)
    readonly property bool roomForBars: width > Theme.px(560)
    /// As many connections of one user are drawn one by one; the figure beside them says all.
    readonly property int cells: 5

    /// What the states were before this screen was opened nobody kept: the axis begins where the data do.
    readonly property real firstMs: rows.idleClients.points.length > 0 ? rows.idleClients.points[0].x : range.toMs
    readonly property int shortest: 30000

    implicitHeight: Theme.px(124)

    UiText {
        text: qsTr("By state")
        role: UiText.Small
        tone: UiText.Secondary
    }
    TimeChart {
        id: byState
        y: Theme.px(18)
        width: Math.min(root.width, Theme.px(336))
        height: Theme.px(106)
        rightGutter: Theme.px(84)
        stacked: true
        intervals: 2
        fromMs: Math.max(root.range.fromMs, Math.min(root.range.toMs - root.shortest, root.firstMs))
        toMs: root.range.toMs
        cutMs: root.range.cutMs
        utcOffsetSeconds: root.range.utcOffsetSeconds
        cursorMs: root.range.cursorMs
        stale: root.old
        asTable: root.asTables
        spoken: qsTr("Connections by state: %1, %2, %3").arg(root.rows.activeClients.lastText).arg(root.rows.idleClients.lastText).arg(root.rows.startingClients.lastText)
        onCursorMoved: ms => root.range.cursorMs = ms
        onZoomed: (fromMs, toMs) => root.range.zoom(fromMs, toMs)

        TimeSeries {
            name: root.rows.idleClients.name
            points: root.rows.idleClients.points
            endLabel: root.rows.idleClients.lastText
            color: Theme.seriesQuietSoft
            labelColor: Theme.text2
        }
        TimeSeries {
            name: root.rows.activeClients.name
            points: root.rows.activeClients.points
            endLabel: root.rows.activeClients.lastText
            color: Theme.series1Soft
            labelColor: Theme.series1
        }
        TimeSeries {
            name: root.rows.startingClients.name
            points: root.rows.startingClients.points
            endLabel: root.rows.startingClients.lastText
            color: Theme.series3
            labelColor: Theme.series3
        }
    }
    Column {
        id: bars
        visible: root.roomForBars
        x: byState.width + Theme.s8
        width: histogram.implicitWidth
        spacing: Theme.s1

        UiText {
            text: qsTr("Send queue, connections by KiB")
            role: UiText.Small
            tone: UiText.Secondary
        }
        Row {
            id: histogram
            spacing: Theme.tight
            Accessible.role: Accessible.Graphic
            Accessible.name: qsTr("Connections by the size of their send queue")

            Repeater {
                model: root.rows.queueHistogram

                Item {
                    id: bar
                    required property string label
                    required property int count
                    required property real fraction
                    required property int status
                    readonly property bool troubled: status === Status.Warn || status === Status.Bad

                    width: Theme.px(22)
                    height: Theme.px(96)
                    Accessible.role: Accessible.StaticText
                    Accessible.name: qsTr("from %1 KiB: %2").arg(label).arg(count)

                    UiText {
                        anchors.horizontalCenter: parent.horizontalCenter
                        anchors.bottom: column.top
                        height: Theme.px(14)
                        text: bar.count
                        role: UiText.Tiny
                        tone: bar.troubled ? toneOf(bar.status) : UiText.Tertiary
                        Accessible.ignored: true
                    }
                    Rectangle {
                        id: column
                        anchors.bottom: foot.top
                        anchors.bottomMargin: Theme.s1
                        width: parent.width
                        height: Math.max(Theme.radiusTiny, Theme.px(58) * bar.fraction)
                        radius: Theme.radiusTiny
                        color: bar.troubled ? Theme.statusColor(bar.status) : Theme.series1Bar
                    }
                    UiText {
                        id: foot
                        anchors.horizontalCenter: parent.horizontalCenter
                        anchors.bottom: parent.bottom
                        height: Theme.px(14)
                        text: bar.label
                        role: UiText.Caption
                        tone: UiText.Tertiary
                        Accessible.ignored: true
                    }
                }
            }
        }
    }
    Column {
        visible: root.roomForUsers && users.count > 0
        x: bars.x + bars.width + Theme.s8
        width: root.width - x

        UiText {
            height: Theme.px(22)
            verticalAlignment: Text.AlignTop
            text: qsTr("Most connections")
            role: UiText.Small
            tone: UiText.Secondary
        }
        Repeater {
            id: users
            model: root.rows.topUsers

            Item {
                id: row
                required property string user
                required property int count
                required property int limit
                required property string noteText
                readonly property bool limited: limit > 0
                readonly property bool full: limited && count >= limit

                width: parent ? parent.width : 0
                height: Theme.px(22)
                Accessible.role: Accessible.StaticText
                Accessible.name: limited ? qsTr("%1: %2 of %3").arg(user).arg(count).arg(limit) : qsTr("%1: %2").arg(user).arg(count)

                UiText {
                    id: who
                    width: Math.max(Theme.px(60), Math.min(Theme.px(120), parent.width - Theme.px(13 * root.cells + 28)))
                    height: parent.height
                    text: row.user
                    role: UiText.Small
                    Accessible.ignored: true
                }
                Row {
                    anchors.left: who.right
                    anchors.verticalCenter: parent.verticalCenter
                    spacing: Theme.focusGap

                    Repeater {
                        model: Math.min(root.cells, row.limited ? row.limit : row.count)

                        Rectangle {
                            required property int index

                            width: Theme.px(10)
                            height: Theme.px(6)
                            radius: Theme.radiusTiny
                            color: index >= row.count ? Theme.pressed : row.full ? Theme.warn : Theme.seriesQuiet
                        }
                    }
                }
                UiText {
                    anchors.right: parent.right
                    height: parent.height
                    text: row.noteText !== "" ? row.noteText : row.count
                    role: UiText.Caption
                    tone: row.full ? UiText.Warn : UiText.Tertiary
                    Accessible.ignored: true
                }
            }
        }
    }
}
