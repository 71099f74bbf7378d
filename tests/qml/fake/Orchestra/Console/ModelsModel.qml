// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml
import Orchestra.Testing

RoleModel {
    names: ["key", "name", "stateText", "status", "detailText", "firstTokenText", "loadText", "spoken", "clickable"]

    property string summaryText: "3 models on 2 servers; lab does not answer"
    property int opened: -1

    function open(row: int) { opened = row; }
}
