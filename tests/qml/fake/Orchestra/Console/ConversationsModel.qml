// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml
import Orchestra.Testing

RoleModel {
    names: ["key", "user", "synthetic", "title", "ageText", "status", "current"]

    property string filterText
    signal filterChanged
    property int currentRow: 0
    property int started: 0

    function select(row: int) {
        currentRow = row;
        for (let at = 0; at < count; ++at)
            setProperty(at, "current", at === row);
    }
    function startNew() { started += 1; }
}
