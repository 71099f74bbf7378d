// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml
import Orchestra.Testing

RoleModel {
    names: ["name", "status", "tookText", "detail"]

    property bool running: false
    property int percent: 57
    property string headline: "Starting: 4 of 7 phases are done"
}
