// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml
import Orchestra.Testing

RoleModel {
    names: ["key", "glyph", "title", "detail", "keysText", "risk", "riskText", "available", "reason", "spoken"]

    property string query
    property int currentRow: 0
    property int ran: -1
    property int completed: -1
    property int resets: 0

    function run(row: int): bool { ran = row; return get(row).available; }
    function complete(row: int) { completed = row; }
    function reset() { query = ""; resets += 1; }

    Component.onCompleted: {
        append({ key: "1", glyph: "connections", title: "Connections", detail: "412", keysText: "Ctrl 2", risk: 0, riskText: "", available: true, reason: "", spoken: "" });
        append({ key: "2", glyph: "close", title: "Close all v2 connections…", detail: "", keysText: "", risk: 3, riskText: "disruptive", available: false, reason: "prod is read-only", spoken: "" });
    }
}
