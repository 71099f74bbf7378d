// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    property int columns: 0
    property int rows: 9
    property list<real> cells
    property list<string> rowLabels: ["2 s", "200", "20"]
    property string maximumText: "400"
}
