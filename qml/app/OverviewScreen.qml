// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* Is it well, and since when? Numbers, shape over time, problems with their next step, what changed. */
ScreenPage {
    id: root

    readonly property Overview overview: console.overview
    readonly property TimeRange range: console.range
    readonly property int inner: width - Theme.s5 * 2
    readonly property bool wide: inner >= Theme.px(820)
    readonly property int half: wide ? Math.floor((inner - Theme.s10) / 2) : inner
    readonly property int tileColumns: inner >= Theme.px(960) ? 6 : 3

    facts: overview.faultsOnly ? [qsTr("Faults only")] : [qsTr("No selection")]

    ScreenHeader {
        id: head
        width: parent.width
        title: qsTr("Overview")
        note: root.overview.compareText

        UiButton {
            kind: UiButton.Quiet
            text: root.overview.faultsOnly ? qsTr("Show all") : qsTr("Faults only")
            keys: root.console.keymap.keysFor(Keymap.FaultsOnly)
            onTriggered: root.overview.faultsOnly = !root.overview.faultsOnly
        }
        UiButton {
            kind: UiButton.Quiet
            text: qsTr("Copy link")
            glyph: Icons.link
            onTriggered: root.console.navigation.copyLink()
        }
    }
    ContentNote {
        anchors.top: head.bottom
        x: Theme.s5
        width: root.inner
        height: loading ? root.height - head.height : implicitHeight
        console: root.console
        content: root.overview.content
    }
    ScrollPane {
        id: pane
        name: qsTr("Overview")
        anchors.top: head.bottom
        anchors.bottom: parent.bottom
        width: parent.width
        visible: root.overview.content.kind === Content.Ready
        focus: true
        contentHeight: page.height + Theme.s6

        Column {
            id: page
            x: Theme.s5
            width: root.inner

            StartupPanel {
                visible: root.overview.startup.running
                width: parent.width
                startup: root.overview.startup
            }
            Grid {
                id: tiles
                width: parent.width
                columns: root.tileColumns
                rowSpacing: Theme.s3
                bottomPadding: Theme.s3

                Repeater {
                    model: root.overview.tiles

                    Item {
                        id: slot
                        required property int index
                        required property string label
                        required property string value
                        required property string unit
                        required property string changeText
                        required property int trend
                        required property string note
                        required property int status
                        required property list<point> points
                        required property real low
                        required property real high
                        required property real guard
                        required property string spoken
                        required property bool clickable

                        readonly property bool first: index % root.tileColumns === 0

                        width: Math.floor(tiles.width / root.tileColumns)
                        height: Theme.px(104)

                        Hairline {
                            visible: !slot.first
                            height: Theme.px(100)
                        }
                        StatTile {
                            x: slot.first ? 0 : Theme.s4
                            width: parent.width - x - Theme.s4
                            height: Theme.px(100)
                            label: slot.label
                            value: slot.value
                            unit: slot.unit
                            changeText: slot.changeText
                            trend: slot.trend
                            note: slot.note
                            status: slot.status
                            points: slot.points
                            fromMs: root.range.fromMs
                            toMs: root.range.toMs
                            low: slot.low
                            high: slot.high
                            guard: slot.guard
                            spoken: slot.spoken
                            clickable: slot.clickable
                            stale: root.old
                            onTriggered: root.overview.tiles.open(slot.index)
                        }
                    }
                }
            }
            Hairline {
                width: parent.width
            }
            Grid {
                width: parent.width
                columns: root.wide ? 2 : 1
                columnSpacing: Theme.s10
                topPadding: Theme.s4
                bottomPadding: Theme.s4
                rowSpacing: Theme.s5

                ThroughputCharts {
                    width: root.half
                    console: root.console
                    old: root.old
                    asTables: root.chartsAsTables
                }
                LatencyCharts {
                    width: root.half
                    console: root.console
                    old: root.old
                    asTables: root.chartsAsTables
                }
            }
            Hairline {
                width: parent.width
            }
            Grid {
                width: parent.width
                columns: root.wide ? 2 : 1
                columnSpacing: Theme.s10
                topPadding: Theme.s3
                rowSpacing: Theme.s5

                Column {
                    id: now
                    width: root.wide ? Math.floor(root.inner * 0.56) : root.inner
                    Accessible.role: Accessible.List
                    Accessible.name: qsTr("Now")

                    SectionHeader {
                        width: parent.width
                        title: qsTr("Now")
                        note: root.overview.problems.summaryText
                    }
                    Repeater {
                        model: root.overview.problems

                        ProblemRow {
                            width: now.width
                            onActed: root.overview.problems.act(index)
                        }
                    }
                }
                ChangesColumn {
                    width: root.wide ? root.inner - now.width - Theme.s10 : root.inner
                    overview: root.overview
                }
            }
            Item {
                width: parent.width
                height: Theme.s5
            }
            Hairline {
                width: parent.width
            }
            ModelsPanel {
                width: parent.width
                topPadding: Theme.s3
                overview: root.overview
            }
            DependenciesPanel {
                width: parent.width
                overview: root.overview
                navigation: root.console.navigation
            }
        }
    }
}
