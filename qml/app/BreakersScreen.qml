// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* What stands between the server and each thing it depends on: state now, states over time, and an operator's word over them. */
ScreenPage {
    id: root

    readonly property BreakerPanel panel: console.breakers
    readonly property TimeRange range: console.range
    readonly property bool inspecting: panel.currentKey !== "" && console.preferences.inspectorOpen
    readonly property bool floating: width < Theme.px(1040)
    readonly property int main: inspecting && !floating ? width - Theme.inspectorWidth : width
    readonly property int inner: main - Theme.s5 * 2
    readonly property int perRow: Math.max(1, Math.min(4, Math.floor((inner + Theme.s3) / Theme.px(264))))
    readonly property int cardWidth: Math.floor((inner - Theme.s3 * (perRow - 1)) / perRow)

    bannerWidth: main
    facts: panel.currentKey === "" ? [qsTr("No selection")] : [panel.currentKey]

    function toggleInspector() {
        console.preferences.inspectorOpen = !console.preferences.inspectorOpen;
    }
    function idToCopy(): string {
        return panel.currentKey;
    }
    function stepBack(): bool {
        if (!inspecting)
            return false;
        console.preferences.inspectorOpen = false;
        return true;
    }
    /// To another card, `by` places on; the focus goes with it.
    function move(by: int) {
        const next = Math.max(0, Math.min(cards.count - 1, panel.currentRow + by));
        panel.select(next);
        const card = cards.itemAt(next);
        if (card)
            card.forceActiveFocus(Qt.TabFocusReason);
    }

    ScreenHeader {
        id: head
        width: root.main
        title: qsTr("Breakers")
        note: root.panel.headText

        DeedButton {
            deed: root.panel.probeAction
        }
    }
    ContentNote {
        anchors.top: head.bottom
        x: Theme.s5
        width: root.inner
        height: loading ? root.height - head.height : implicitHeight
        console: root.console
        content: root.panel.content
    }
    ScrollPane {
        name: qsTr("Breakers")
        anchors.top: head.bottom
        anchors.bottom: parent.bottom
        width: root.main
        visible: root.panel.content.kind === Content.Ready
        focus: true
        contentHeight: page.height + Theme.s6

        Column {
            id: page
            x: Theme.s5
            width: root.inner
            spacing: Theme.s5

            Flow {
                width: parent.width
                spacing: Theme.s3

                Repeater {
                    id: cards
                    model: root.panel.cards

                    BreakerCard {
                        required property int index
                        required name
                        required stateText
                        required status
                        required sinceText
                        required outcomes
                        required rateText
                        required thresholdText
                        required causeText
                        required nextText
                        required extraText
                        required dayText
                        required spoken
                        required current

                        width: root.cardWidth
                        stale: root.old
                        onTriggered: {
                            root.panel.select(index);
                            root.console.preferences.inspectorOpen = true;
                        }
                        onActiveFocusChanged: if (activeFocus) root.panel.select(index)
                        Keys.onLeftPressed: root.move(-1)
                        Keys.onRightPressed: root.move(1)
                        Keys.onUpPressed: root.move(-root.perRow)
                        Keys.onDownPressed: root.move(root.perRow)
                    }
                }
            }
            Column {
                width: parent.width
                spacing: Theme.s2

                SectionHeader {
                    width: parent.width
                    title: qsTr("State over time")

                    StatusMark {
                        status: Status.Ok
                        word: qsTr("closed")
                        role: UiText.Caption
                    }
                    StatusMark {
                        status: Status.Warn
                        word: qsTr("half-open")
                        role: UiText.Caption
                        quietWord: true
                    }
                    StatusMark {
                        status: Status.Bad
                        word: qsTr("open")
                        role: UiText.Caption
                        quietWord: true
                    }
                }
                Swimlanes {
                    width: parent.width
                    name: qsTr("State of each breaker over time")
                    lanes: root.panel.lanes
                    fromMs: root.range.fromMs
                    toMs: root.range.toMs
                    cutMs: root.range.cutMs
                    utcOffsetSeconds: root.range.utcOffsetSeconds
                    cursorMs: root.range.cursorMs
                    stale: root.old
                    onCursorMoved: ms => root.range.cursorMs = ms
                }
            }
            Column {
                width: parent.width

                SectionHeader {
                    width: parent.width
                    title: qsTr("Error rate")
                    note: qsTr("% of turns")
                }
                TimeChart {
                    width: parent.width
                    height: Theme.px(140)
                    leftGutter: Theme.px(160)
                    rightGutter: Theme.px(88)
                    intervals: 2
                    fromMs: root.range.fromMs
                    toMs: root.range.toMs
                    cutMs: root.range.cutMs
                    utcOffsetSeconds: root.range.utcOffsetSeconds
                    cursorMs: root.range.cursorMs
                    marks: root.console.marks
                    guard: root.panel.errorGuard
                    guardText: qsTr("guard %1 %").arg(root.panel.errorGuard)
                    stale: root.old
                    asTable: root.chartsAsTables
                    spoken: root.panel.errorSpoken
                    onCursorMoved: ms => root.range.cursorMs = ms
                    onZoomed: (fromMs, toMs) => root.range.zoom(fromMs, toMs)

                    TimeSeries {
                        name: root.panel.errorRate.name
                        points: root.panel.errorRate.points
                        endLabel: root.panel.errorRate.valueText
                        color: Theme.series1
                        labelColor: Theme.series1
                    }
                }
            }
        }
    }
    BreakerInspector {
        visible: root.inspecting
        x: root.width - width
        z: 2
        width: Theme.inspectorWidth
        height: parent.height
        console: root.console
        onClosed: root.toggleInspector()
    }

    Binding {
        target: root.panel
        property: "active"
        value: root.visible
    }
}
