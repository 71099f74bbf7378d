// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml
import Orchestra.Testing

RoleModel {
    names: ["direction", "sequenceText", "typeText", "bytesText", "deltaText", "isToken", "spoken"]

    enum Direction { Received, Sent, Gap }

    property int exports: 0

    function raw(row: int): string { return "{\n  \"type\": \"" + get(row).typeText + "\"\n}"; }
    function exportJsonl() { exports += 1; }
}
