// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    enum Role { None, Client, Tester, Viewer, Operator, Admin }

    property string user: "ann"
    property string roleText: "operator"
    property int role: Access.Operator
    property bool locked: true
    property bool canUnlock: true
    readonly property string lockText: locked ? "Read-only" : "Unlocked 12:41"
    readonly property string lockReason: locked ? "prod is read-only; unlock in the strip" : ""

    function unlock() { locked = false; }
    function lock() { locked = true; }
}
