// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    property string text
    property real remaining: 1
    property string remainingText
    property int cancels: 0

    function cancel() { cancels += 1; }
}
