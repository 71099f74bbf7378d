// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml
import Orchestra.Testing

RoleModel {
    names: ["key", "status", "title", "detail", "ageText", "actionText", "actionAvailable", "actionReason", "busyText"]

    property string summaryText: "4 problems, worst first"
    property int acted: -1

    function act(row: int) { acted = row; }
}
