// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    property int level: 2
    property list<string> levels: ["Full", "Lean", "Core", "Read-only", "Closed"]
    property string noteText: "level 1 of 4"
    property string causeText: "For 4 min: breakers: 1 of 8 are open"
    property string pinText: "Pinned by olga until 14:30:00; what is measured says Full"
    property string shedText: "Shed now: workflow tools, suggestions"
    property string inputsText: "breakers 61 %, memory 12 %, loop lag not measured"
    property int wanted: 2
    property list<string> terms: ["15 min", "1 h", "4 h"]
    property int term: 0
    property Action pinAction: Action { title: "Pin Lean for 15 min…"; risk: 3 }
    property Action releaseAction: Action { title: "Release the pin…"; risk: 2 }
}
