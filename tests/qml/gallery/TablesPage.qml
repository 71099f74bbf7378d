// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui
import Orchestra.Testing
import "../fake/samples.js" as Samples

Item {
    id: root

    readonly property real main: width - Theme.inspectorWidth

    RowModel {
        id: rows
        columns: 8
        Component.onCompleted: {
            const names = ["ben", "tove", "ann", "dmitri", "uma", "kofi", "sami", "priya", "quinn", "rosa", "elif", "oskar", "lena", "ivo", "tess", "vik", "farah", "goran", "hana", "jun", "mateo", "nia"];
            for (let at = 0; at < 400; ++at) {
                const queue = at === 0 ? 842 : at === 1 ? 391 : Math.max(0, 90 - at * 6);
                const status = at < 2 ? Status.Warn : at === 8 ? Status.Idle : at === 18 ? Status.Pending : Status.Ok;
                const word = at < 2 ? "Slow" : at === 8 ? "Closing" : at === 18 ? "Initializing" : "Active";
                add("c-" + at, [word, names[at % names.length], "c-7f3a" + (10 + at % 90), "v2", (at * 7 % 13 / 10).toFixed(1), String(queue), String(48213 - at * 77), (at * 3) + " min"], status, queue / 1024);
            }
            setMarked(4, true);
            setMarked(5, true);
        }
    }
    ScreenHeader {
        width: root.main
        title: "Connections"
        note: "412 of 1\u202f000, limit 5 a client"
        UiButton { text: "Columns"; glyph: Icons.columns; kind: UiButton.Quiet }
        UiButton { text: "Export"; glyph: Icons.download; kind: UiButton.Quiet }
    }
    FilterBar {
        x: 20
        y: 64
        z: 1
        width: root.main - 40
        countText: "38 of 412"
        heldMoves: 5
        chips: ListModel {
            ListElement { label: "role"; value: "client"; negated: false }
            ListElement { label: ""; value: "idle >60s"; negated: true }
        }
        UiButton { text: "Save"; glyph: Icons.bookmark }
    }
    DataTable {
        y: 100
        width: root.main
        height: root.height - y
        name: "Connections"
        model: rows
        currentRow: 0
        sortSection: 5
        sortDescending: true
        DataColumn { section: 0; title: "State"; kind: DataColumn.Mark; width: 116 }
        DataColumn { section: 1; title: "User"; lead: true; width: 84 }
        DataColumn { section: 2; title: "Client"; kind: DataColumn.Mono; width: 92 }
        DataColumn { section: 3; title: "API"; width: 48 }
        DataColumn { section: 4; title: "In/s"; kind: DataColumn.Figure; width: 56 }
        DataColumn { section: 5; title: "Send queue, KiB"; kind: DataColumn.Bar; width: 140; stretches: true }
        DataColumn { section: 6; title: "Seq"; kind: DataColumn.Figure; width: 72 }
        DataColumn { section: 7; title: "Up"; kind: DataColumn.Figure; width: 72 }
    }
    Inspector {
        x: root.main
        width: Theme.inspectorWidth
        height: root.height
        status: Status.Warn
        title: "ben"
        subtitle: "Slow reader, active for 41 min"
        lockReason: "prod is read-only; unlock in the strip to close or limit"
        tabs: ["Facts", "Frames", "Links", "Raw"]
        footer: [
            UiButton { text: "Close…"; kind: UiButton.Danger; available: false; reason: "prod is read-only" },
            UiButton { text: "Limit ben…"; available: false; reason: "prod is read-only" },
            UiButton { text: "Open chat"; glyph: Icons.eye }
        ]
        Column {
            width: parent.width
            TimeChart {
                width: parent.width
                height: 110
                rightGutter: 56
                intervals: 2
                fromMs: Samples.start
                toMs: Samples.end
                guard: 1024
                guardText: "closes"
                spoken: "Send queue 842 of 1024 KiB"
                TimeSeries { name: "queue"; color: Theme.warn; labelColor: Theme.warn; points: Samples.walk(61, 30, 5, 0.3, 812); endLabel: "842" }
            }
            FactRow { width: parent.width; name: "Client"; value: "c-7f3a19"; mono: true }
            FactRow { width: parent.width; name: "Session"; value: "s-20c4e811"; mono: true; link: true }
            FactRow { width: parent.width; name: "Address"; value: "10.4.2.118:50122" }
            FactRow { width: parent.width; name: "Last ack"; value: "offset 18\u202f204, 1 min 9 s ago"; tone: UiText.Warn }
            Item { width: 1; height: 16 }
            StepTimeline {
                width: parent.width
                steps: ListModel {
                    ListElement { name: "Connecting"; tookText: "3 ms"; whyText: "13:22:10"; status: 1 }
                    ListElement { name: "Authenticating"; tookText: "11 ms"; whyText: "token, role client"; status: 1 }
                    ListElement { name: "Initializing"; tookText: "0.4 s"; whyText: "2 services on demand"; status: 1 }
                    ListElement { name: "Active"; tookText: "41 min"; whyText: "resumed at 16\u202f990"; status: 1 }
                    ListElement { name: "Slow"; tookText: "1 min 9 s"; whyText: "above 128 KiB unsent"; status: 2 }
                }
            }
            Item { width: 1; height: 16 }
            Turn {
                width: parent.width
                who: "operations"
                atText: "14:03:19"
                liveText: "streaming"
                UiText { width: parent.width; wrapMode: Text.WordWrap; lineHeight: Theme.leadingLoose; text: "The n8n breaker opened at 13:59:10 after 12 of its last 20 calls failed." }
            }
        }
    }
}
