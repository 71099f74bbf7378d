// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    property string name
    property list<point> points
    property real last: NaN
    property string lastText
    property string valueText: lastText.split(" ").pop()
    property real minimum: NaN
    property real maximum: NaN
}
