// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui

Item {
    ScreenHeader {
        width: parent.width
        title: "Controls"
        note: "states that the screens do not show"
    }
    Column {
        x: Theme.s5
        y: 60
        width: 560
        spacing: 28

        Column {
            spacing: 12
            SectionHeader { width: 540; title: "Buttons" }
            Row {
                spacing: 8
                UiButton { text: "Apply…"; kind: UiButton.Primary; keys: "Ctrl S" }
                UiButton { text: "Probe now" }
                UiButton { text: "Columns"; kind: UiButton.Quiet; glyph: Icons.columns }
                UiButton { text: "Close 12…"; kind: UiButton.Danger }
                UiButton { text: "Force…"; available: false; reason: "prod is read-only" }
                UiButton { glyph: Icons.more; tip: "More" }
                UiButton { text: "Focused"; focus: true; Component.onCompleted: forceActiveFocus(Qt.TabFocusReason) }
            }
        }
        Column {
            spacing: 12
            SectionHeader { width: 540; title: "State"; note: "shape, word, colour" }
            Row {
                spacing: 24
                StatusMark { status: Status.Ok; word: "Closed (passing)" }
                StatusMark { status: Status.Warn; word: "Half-open" }
                StatusMark { status: Status.Bad; word: "Open (refusing)" }
                StatusMark { status: Status.Idle; word: "No calls yet" }
                StatusMark { status: Status.Pending; word: "Applying 0.8 s" }
            }
            Row {
                spacing: 24
                StatusMark { status: Status.Ok; word: "Live 0.4 s" }
                StatusMark { status: Status.Warn; word: "Stale 7 s" }
                StatusMark { status: Status.Bad; word: "Lost" }
                StatusMark { status: Status.Pending; word: "Loading 1\u202f240 items" }
                StatusMark { status: Status.Idle; word: "No server" }
            }
        }
        Column {
            spacing: 12
            SectionHeader { width: 540; title: "Chips, keys" }
            Row {
                spacing: 6
                Chip { label: "state"; value: "active"; removable: true }
                Chip { value: "idle >60s"; negated: true; removable: true }
                Chip { label: "trace"; value: "c4417e"; mono: true; link: true }
                Chip { label: "level"; value: "2 Lean"; status: Status.Warn }
                KeyHint { keys: "Ctrl K"; anchors.verticalCenter: parent.verticalCenter }
                KeyHint { keys: "/"; anchors.verticalCenter: parent.verticalCenter }
            }
        }
        Column {
            spacing: 8
            width: 540
            SectionHeader { width: 540; title: "Placeholder: loading" }
            Placeholder { width: 540; height: 112; kind: Placeholder.Loading }
        }
        Row {
            spacing: 32
            Placeholder {
                width: 254
                kind: Placeholder.Filtered
                headline: "0 of 412 match"
                detail: "state:closing user:ann leaves nothing. The table itself is not empty."
                UiButton { small: true; text: "Clear filter"; keys: "Esc" }
            }
            Placeholder {
                width: 254
                kind: Placeholder.Failed
                headline: "Could not load breakers"
                detail: "The server answered that its registry is not ready. It usually takes a few seconds."
                code: "UNAVAILABLE  req 71c0e2"
                UiButton { small: true; text: "Try again" }
                UiButton { small: true; kind: UiButton.Quiet; text: "Copy"; glyph: Icons.copy }
            }
        }
        Toast { width: 380; message: "stream_merge is off for 412 clients"; undoKeys: "Ctrl Z"; remaining: 0.7 }
    }
    CommandPalette {
        x: 620
        y: 60
        width: 500
        query: "v2"
        currentRow: 1
        rows: ListModel {
            ListElement { glyph: "flags"; title: "v2_api"; detail: "flag, canary at 25 %"; keysText: "Enter"; riskText: ""; available: true; reason: ""; spoken: "" }
            ListElement { glyph: "undo"; title: "Roll back v2_api"; detail: "to 0 %, at once, with undo"; keysText: "Ctrl ⇧ B"; riskText: ""; available: true; reason: ""; spoken: "" }
            ListElement { glyph: "flags"; title: "Advance v2_api to 50 %…"; detail: ""; keysText: ""; riskText: "disruptive"; available: true; reason: ""; spoken: "" }
            ListElement { glyph: "connections"; title: "Connections on API v2"; detail: "364"; keysText: ""; riskText: ""; available: true; reason: ""; spoken: "" }
            ListElement { glyph: "close"; title: "Close all v2 connections…"; detail: ""; keysText: ""; riskText: ""; available: false; reason: "prod is read-only"; spoken: "" }
        }
    }
    ConfirmSheet {
        x: 620
        y: 322
        width: 500
        title: "Close 12 connections?"
        effect: "Their clients get code 4007 and do not come back by themselves. 3 replies are streaming now; they go on and are kept for resume."
        verb: "Close 12 connections"
        typeToConfirm: "orchestra-eu1"
        items: ListModel {
            ListElement { status: 2; name: "ben"; key: "c-7f3a19"; detail: "842 KiB queued" }
            ListElement { status: 2; name: "tove"; key: "c-e19b02"; detail: "391 KiB queued" }
            ListElement { status: 1; name: "ann"; key: "c-60aefb"; detail: "streaming" }
            ListElement { status: 1; name: "dmitri"; key: "c-b47d72"; detail: "idle 40 s" }
            ListElement { status: 1; name: "elif"; key: "c-c9fe80"; detail: "streaming" }
            ListElement { status: 1; name: "farah"; key: "c-4af86b"; detail: "idle 2 min" }
            ListElement { status: 1; name: "goran"; key: "c-ea7e1e"; detail: "idle 9 s" }
            ListElement { status: 1; name: "ivo"; key: "c-b91d33"; detail: "streaming" }
            ListElement { status: 1; name: "jun"; key: "c-b91d34"; detail: "streaming" }
            ListElement { status: 1; name: "kofi"; key: "c-b91d35"; detail: "streaming" }
            ListElement { status: 1; name: "lena"; key: "c-b91d36"; detail: "streaming" }
            ListElement { status: 1; name: "mateo"; key: "c-b91d37"; detail: "streaming" }
        }
    }
}
