// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    property string text
    property int status: 1
    property bool undoable: false
    property real remaining: 1
    property string requestId
    property int undos: 0
    property int dismissals: 0

    function undo() { undos += 1; }
    function dismiss() { dismissals += 1; }
}
