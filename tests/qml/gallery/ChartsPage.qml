// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui
import "../fake/samples.js" as Samples

Item {
    id: root

    readonly property real half: (width - 40 - 40) / 2

    ListModel {
        id: changes
        Component.onCompleted: {
            append({ atMs: Samples.end - 362000, markText: "v2_api 5→25 %", status: 0 });
            append({ atMs: Samples.end - 252000, markText: "n8n open", status: 3 });
        }
    }
    Row {
        x: 20
        y: 12
        Repeater {
            model: [
                { label: "Active clients", value: "412", unit: "of 1\u202f000", change: "+3 %", trend: 1, note: "", status: 0, base: 401, guard: NaN },
                { label: "Messages", value: "39.4", unit: "/s", change: "−2 %", trend: -1, note: "", status: 0, base: 39, guard: NaN },
                { label: "First token p95", value: "407", unit: "ms", change: "+18 %", trend: 1, note: "guard 500", status: 0, base: 407, guard: 500 },
                { label: "Breakers not closed", value: "2", unit: "of 8", change: "", trend: 0, note: "n8n open, redis half-open", status: 3, base: 2, guard: NaN },
                { label: "Tasks running", value: "29", unit: "", change: "+4", trend: 1, note: "1 over deadline", status: 2, base: 29, guard: NaN },
                { label: "Uptime", value: "—", unit: "", change: "", trend: 0, note: "not measured", status: 0, base: 0, guard: NaN }
            ]
            Item {
                required property var modelData
                required property int index
                width: (root.width - 40) / 6
                height: 100
                Hairline { visible: parent.index > 0; height: 100 }
                StatTile {
                    x: parent.index > 0 ? 16 : 0
                    width: parent.width - 32
                    height: 100
                    label: parent.modelData.label
                    value: parent.modelData.value
                    unit: parent.modelData.unit
                    changeText: parent.modelData.change
                    trend: parent.modelData.trend
                    note: parent.modelData.note
                    status: parent.modelData.status
                    points: parent.modelData.base > 0 ? Samples.walk(parent.index + 3, parent.modelData.base, parent.modelData.base / 30) : []
                    guard: parent.modelData.guard
                    low: parent.modelData.base * 0.7
                    high: parent.modelData.base * 1.3
                }
            }
        }
    }
    TimeChart {
        x: 20
        y: 140
        width: root.half
        height: 180
        fromMs: Samples.start
        toMs: Samples.end
        marks: changes
        spoken: "Throughput, out 105 and in 39 messages a second"
        TimeSeries { name: "out"; color: Theme.series1; labelColor: Theme.series1; points: Samples.walk(22, 112, 5, 0.7, -18); endLabel: "out 105" }
        TimeSeries { name: "in"; color: Theme.seriesQuiet; labelColor: Theme.text2; points: Samples.hole(Samples.walk(21, 36, 2.4), 0.4, 0.5); endLabel: "in 39" }
    }
    TimeChart {
        x: 60 + root.half
        y: 140
        width: root.half
        height: 180
        fromMs: Samples.start
        toMs: Samples.end
        marks: changes
        guard: 500
        guardText: "guard 500"
        cursorMs: Samples.end - 500000
        focus: true
        spoken: "First token p95 407 milliseconds, guard 500 not breached"
        TimeSeries { name: "p99"; color: Theme.seriesQuiet; labelColor: Theme.text2; dashed: true; lineWidth: 1.2; points: Samples.walk(5, 520, 46, 0.62, 150); endLabel: "p99 667" }
        TimeSeries { name: "p95"; color: Theme.series1; labelColor: Theme.series1; lineWidth: 1.8; points: Samples.walk(9, 318, 18, 0.62, 92); endLabel: "p95 407" }
        TimeSeries { name: "p50"; color: Theme.seriesQuiet; labelColor: Theme.text2; lineWidth: 1.2; points: Samples.walk(4, 148, 7); endLabel: "p50 159" }
    }
    TimeChart {
        x: 20
        y: 340
        width: root.half
        height: 120
        fromMs: Samples.start
        toMs: Samples.end + 130000
        cutMs: Samples.end
        stale: true
        spoken: "Link lost at 14:03:22"
        TimeSeries { name: "tokens"; color: Theme.series1; labelColor: Theme.series1; points: Samples.walk(23, 1180, 70); endLabel: "1\u202f172" }
    }
    TimeChart {
        x: 60 + root.half
        y: 340
        width: 336
        height: 120
        rightGutter: 84
        stacked: true
        intervals: 2
        fromMs: Samples.start
        toMs: Samples.end
        spoken: "Connections by state"
        TimeSeries { name: "idle"; color: Theme.seriesQuietSoft; labelColor: Theme.text2; points: Samples.walk(41, 104, 2); endLabel: "idle 104" }
        TimeSeries { name: "active"; color: Theme.series1Soft; labelColor: Theme.series1; points: Samples.walk(42, 302, 3); endLabel: "active 302" }
        TimeSeries { name: "starting"; color: Theme.series3; labelColor: Theme.series3; points: Samples.walk(43, 6, 1.4); endLabel: "starting 6" }
    }
    TimeChart {
        x: 60 + root.half + 350
        y: 340
        width: 190
        height: 120
        asTable: true
        fromMs: Samples.start
        toMs: Samples.end
        spoken: "The same as a table"
        TimeSeries { name: "in"; points: Samples.walk(21, 36, 2.4) }
    }
    SectionHeader { x: 20; y: 476; width: root.half; title: "Distribution"; note: "log ms" }
    HeatStrip { x: 56; y: 504; width: root.half - 100; height: 56; rows: 9; columns: 91; cells: Samples.heat(91, 9); color: Theme.heat }
    Column {
        x: 60 + root.half
        y: 476
        spacing: 12
        width: root.half
        Waterfall {
            width: parent.width
            totalMs: 3000
            totalText: "2.71 s so far"
            phases: ListModel {
                ListElement { name: "queued"; atMs: 0; lengthMs: 6; lengthText: "6 ms"; kind: 0; live: false }
                ListElement { name: "tools"; atMs: 6; lengthMs: 221; lengthText: "221 ms"; kind: 3; live: false }
                ListElement { name: "first token"; atMs: 227; lengthMs: 409; lengthText: "409 ms"; kind: 1; live: false }
                ListElement { name: "stream"; atMs: 636; lengthMs: 2074; lengthText: "71 tokens"; kind: 2; live: true }
            }
        }
        Row {
            spacing: 16
            LegendKey { label: "first token"; block: true }
            LegendKey { label: "total"; block: true; color: Theme.series1Soft }
            LegendKey { label: "control"; dashed: true; color: Theme.seriesQuiet }
            LegendKey { label: "cohort" }
        }
    }
    Row {
        x: 20
        y: 590
        spacing: 16
        BreakerCard {
            width: 268
            name: "n8n"; stateText: "Open (refusing)"; status: Status.Bad; sinceText: "4 min 12 s"; outcomes: "oosofsfofffsfffsffff"
            rateText: "60 % failed"; thresholdText: "trips at 50 %"; nextText: "Probe in 12 s"; extraText: "7 refused / min"; current: true
        }
        BreakerCard {
            width: 268
            name: "redis"; stateText: "Half-open (2 of 5 probes)"; status: Status.Warn; sinceText: "38 s"; outcomes: "ooffsfofofffffrrooro"
            rateText: "50 % failed"; thresholdText: "trips at 40 %"; nextText: "3 more to close"; extraText: "0.4 calls/s"
        }
        BreakerCard {
            width: 268
            name: "ollama"; stateText: "Closed (passing)"; status: Status.Ok; sinceText: "6 h 12 min"; outcomes: "ooooosoooooooosooooo"
            rateText: "0 % failed"; thresholdText: "trips at 50 %"; nextText: "p95 318 ms"; extraText: "14.2 calls/s"
        }
        BreakerCard {
            width: 268
            name: "embedder"; stateText: "No calls yet"; status: Status.Idle; sinceText: "—"; outcomes: "                    "; nextText: "Registered, never called"
        }
    }
    Column {
        x: 20
        y: 756
        width: root.half
        spacing: 0
        ToolCall { width: parent.width; name: "breaker_state"; parameters: "name: \"n8n\""; tookText: "3 ms" }
        ToolCall { width: parent.width; name: "workflow_run"; parameters: "id: \"notify\""; tookText: "refused"; status: Status.Bad }
    }
    LinkBanner {
        x: 60 + root.half
        y: 752
        width: root.half
        headline: "As of 14:03:22"
        detail: "Lost 2 min 10 s ago. You can read, filter and export what is here; actions wait for the link."
        UiButton { small: true; kind: UiButton.Quiet; text: "Why?" }
    }
    PendingBar {
        x: 60 + root.half
        y: 800
        width: root.half
        headline: "Closing 12 connections"
        preview: "in 4 s"
        remaining: 0.8
        UiButton { text: "Cancel"; keys: "Esc" }
    }
}
