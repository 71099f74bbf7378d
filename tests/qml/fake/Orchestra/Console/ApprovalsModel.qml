// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml
import Orchestra.Testing

RoleModel {
    names: ["key", "what", "parametersText", "whoText", "leftText", "leftShare", "busyText", "available", "reason", "spoken"]

    property int approved: -1
    property int refused: -1
    property int opened: -1

    function approve(row: int) { approved = row; }
    function refuse(row: int) { refused = row; }
    function open(row: int) { opened = row; }
}
