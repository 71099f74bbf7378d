// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    property Link link: Link {}
    property Access access: Access {}
    property TimeRange range: TimeRange {}
    property MarksModel marks: MarksModel {}
    property Navigation navigation: Navigation {}
    property Overview overview: Overview {}
    property ConnectionsModel connections: ConnectionsModel {}
    property ChatTester chat: ChatTester {}
    property BreakerPanel breakers: BreakerPanel {}
    property TaskPanel tasks: TaskPanel {}
    property ToolInspection review: ToolInspection {}
    property ServersModel servers: ServersModel {}
    property Preferences preferences: Preferences {}
    property Keymap keymap: Keymap {}
    property CommandIndex commands: CommandIndex {}
    property ActionRunner actions: ActionRunner {}
    property string sentence: "Degraded: n8n open, redis half-open"
    property int sentenceStatus: 2
    property list<string> numbers: ["412 clients", "39 msg/s", "p95 407 ms"]
    property string lastErrorText
    property string revisionText: "rev 88\u202f213"
    property string clockText: "14:03:22 UTC"
    property string versionText: "orchestra-console 0.1.0"
    property string licencesText: "GPL-3.0-or-later; Qt 6.4.2 (LGPL-3, Qt Charts GPL-3); Inter and JetBrains Mono (OFL-1.1)"
    property string copied

    function diagnostics(): string { return "diagnostics"; }
    function copy(text: string) { copied = text; }
}
