// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml
import Orchestra.Testing

RoleModel {
    names: ["key", "name", "serverText", "stateText", "status", "detailText", "roleText", "callsText", "spoken", "clickable"]

    property string summaryText: "3 tools of 2 servers, 1 changed"
    property int opened: -1

    function open(row: int) { opened = row; }
}
