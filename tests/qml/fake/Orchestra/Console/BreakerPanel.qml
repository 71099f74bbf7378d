// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    property bool active: false
    property Content content: Content {}
    property string headText: "1 open, 1 half-open, 1 closed, 1 without calls"
    property BreakersModel cards: BreakersModel {}
    property LanesModel lanes: LanesModel {}
    property Series errorRate: Series {}
    property real errorGuard: 0.1
    property string errorSpoken: "Error rate, highest 0.12 percent, guard 0.1 percent"
    property int currentRow: 0
    property string currentKey: "n8n"
    property string subtitle: "Open (refusing) for 4 min"
    property int status: 3
    property FactsModel facts: FactsModel {}
    property StepsModel moves: StepsModel {}
    property string movesNote: "2 changes in 24 hours."
    property string raw: "{\n  \"name\": \"n8n\"\n}"
    property list<string> terms: ["5 min", "15 min", "1 h"]
    property int term: 1
    property Action probeAction: Action { title: "Probe n8n now"; risk: 1 }
    property Action openAction: Action { title: "Force open…"; risk: 2 }
    property Action closeAction: Action { title: "Force closed…"; risk: 2 }
    property Action resetAction: Action { title: "Reset…"; risk: 2; available: false; reason: "Nothing is forced" }

    function select(row: int) {
        for (let at = 0; at < cards.count; ++at)
            cards.setProperty(at, "current", at === row);
        currentRow = row;
        currentKey = cards.get(row).name;
    }
}
