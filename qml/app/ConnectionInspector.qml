// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* One connection: its queue, who it is, how it got here, what passed last, and what can be done to it. */
Inspector {
    id: root

    required property Console console
    property bool old: false

    readonly property ConnectionsModel rows: console.connections
    readonly property ConnectionDetail detail: rows.detail
    readonly property TimeRange range: console.range
    /// The queue is watched from the moment the connection is chosen: the axis begins there.
    readonly property real firstMs: detail.queue.points.length > 0 ? detail.queue.points[0].x : range.toMs
    readonly property int shortest: 30000
    readonly property color queueInk: detail.queueStatus === Status.Warn || detail.queueStatus === Status.Bad ? Theme.statusColor(detail.queueStatus) : Theme.series1

    status: detail.status
    title: detail.title
    subtitle: detail.subtitle
    tabs: [qsTr("Facts"), qsTr("Frames"), qsTr("Links"), qsTr("Raw")]
    lockReason: console.access.lockReason
    onCopied: console.copy(detail.key)
    footer: [
        DeedButton {
            deed: root.rows.closeAction
        },
        DeedButton {
            visible: text !== ""
            deed: root.rows.closeUserAction
        },
        DeedButton {
            deed: root.rows.openChatAction
        }
    ]

    ScrollPane {
        name: qsTr("Facts")
        anchors.fill: parent
        visible: root.tab === 0
        contentHeight: facts.height

        Column {
            id: facts
            width: root.contentWidth
            spacing: Theme.s3

            Column {
                width: parent.width

                Item {
                    width: parent.width
                    height: Theme.px(16)

                    UiText {
                        text: qsTr("Send queue")
                        role: UiText.Small
                        tone: UiText.Secondary
                    }
                    UiText {
                        anchors.right: parent.right
                        text: root.detail.queueText
                        role: UiText.Small
                        strong: true
                        tone: toneOf(root.detail.queueStatus)
                    }
                }
                TimeChart {
                    width: parent.width
                    height: Theme.px(98)
                    rightGutter: Theme.px(52)
                    intervals: 2
                    fromMs: Math.max(root.range.fromMs, Math.min(root.range.toMs - root.shortest, root.firstMs))
                    toMs: root.range.toMs
                    cutMs: root.range.cutMs
                    utcOffsetSeconds: root.range.utcOffsetSeconds
                    cursorMs: root.range.cursorMs
                    guard: root.detail.queueBound
                    guardText: guardFar ? "" : qsTr("closes")
                    stale: root.old
                    spoken: qsTr("Send queue %1").arg(root.detail.queueText)
                    onCursorMoved: ms => root.range.cursorMs = ms

                    TimeSeries {
                        name: root.detail.queue.name
                        points: root.detail.queue.points
                        endLabel: root.detail.queue.valueText
                        color: root.queueInk
                        labelColor: root.queueInk
                    }
                }
            }
            Column {
                width: parent.width

                Repeater {
                    model: root.detail.facts

                    FactRow {
                        required name
                        required value
                        required mono
                        required property int status
                        required property string target

                        width: facts.width
                        link: target !== ""
                        tone: status >= Status.Warn ? (status === Status.Bad ? UiText.Bad : UiText.Warn) : UiText.Primary
                        onFollowed: root.console.navigation.openLink(target)
                    }
                }
            }
            UiText {
                text: qsTr("Timeline")
                role: UiText.Small
                tone: UiText.Secondary
            }
            StepTimeline {
                width: parent.width
                steps: root.detail.timeline
            }
        }
    }
    Column {
        anchors.fill: parent
        visible: root.tab === 1
        spacing: Theme.s2

        UiText {
            visible: text !== ""
            width: root.contentWidth
            text: root.detail.framesNote
            role: UiText.Caption
            tone: UiText.Tertiary
            wrapMode: Text.WordWrap
        }
        FrameList {
            width: parent.width
            height: parent.height - y
            frames: root.detail.frames
            margin: 0
            active: root.tab === 1
        }
    }
    Column {
        anchors.fill: parent
        visible: root.tab === 2

        Repeater {
            model: root.tab === 2 ? root.detail.links : null

            FactRow {
                required name
                required value
                required mono
                required property string target

                width: facts.width
                link: target !== ""
                onFollowed: root.console.navigation.openLink(target)
            }
        }
    }
    RawText {
        anchors.fill: parent
        visible: root.tab === 3
        name: qsTr("This connection as JSON")
        text: visible ? root.detail.raw : ""
    }
}
