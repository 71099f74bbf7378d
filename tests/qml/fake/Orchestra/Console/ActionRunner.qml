// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    property Confirmation confirmation: null
    property PendingAction pending: null
    property Notice notice: null
    property string busyText
    property int undos: 0

    function undo() { undos += 1; }
}
