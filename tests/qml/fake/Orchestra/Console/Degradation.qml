// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    property int level: 2
    property list<string> levels: ["Full", "Lean", "Core", "Read-only", "Closed"]
    property string noteText: "level 2 of 5, by breaker n8n"
    property string shedText: "Shed now: workflow tools, suggestions"
}
