// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    property string title
    property bool available: true
    property string reason
    property int risk: 0
    property string keysText
    property string busyText
    property int triggers: 0

    function trigger() { triggers += 1; }
}
