// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    property bool active: false
    property Content content: Content {}
    property string compareText: "compared with the 15 min before"
    property TilesModel tiles: TilesModel {}
    property Series messagesIn: Series {}
    property Series messagesOut: Series {}
    property Series tokens: Series {}
    property Series p50: Series {}
    property Series p95: Series {}
    property Series p99: Series {}
    property real firstTokenGuard: 500
    property string throughputSpoken: "Throughput, out 105 and in 39 messages a second, dip of 16 percent at 13:59"
    property string latencySpoken: "First token p95 407 milliseconds, up 18 percent in 15 minutes, guard 500 not breached"
    property HeatGrid latencyHeat: HeatGrid {}
    property ProblemsModel problems: ProblemsModel {}
    property ChangesModel changes: ChangesModel {}
    property Degradation degradation: Degradation {}
    property StartupModel startup: StartupModel {}
    property BreakersModel breakers: BreakersModel {}
    property FlagsModel flags: FlagsModel {}
    property ModelsModel models: ModelsModel {}
    property ToolsModel tools: ToolsModel {}
    property bool faultsOnly: false
}
