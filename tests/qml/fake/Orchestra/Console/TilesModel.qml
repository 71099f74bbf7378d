// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml
import Orchestra.Testing

RoleModel {
    names: ["label", "value", "unit", "changeText", "trend", "note", "status", "points", "low", "high", "guard", "spoken", "clickable"]

    property string opened

    function open(row: int) { opened = get(row).label; }
}
