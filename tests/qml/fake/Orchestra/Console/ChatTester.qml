// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    enum Phase { Offline, Connecting, Authenticating, Initializing, Active, Closing, Closed }
    enum Encoding { V2Json, V2Protobuf, V1Json }

    property bool active: false
    property Content content: Content {}
    property ConversationsModel conversations: ConversationsModel {}
    property string titleText: "Why is n8n refusing?"
    property string subtitleText: "thread t-4c1, epoch 1, offset 318"
    property bool canCompose: true
    property string composeReason
    property TurnsModel turns: TurnsModel {}
    property FramesModel frames: FramesModel {}
    property string framesText: "connection c-91be07, 143 frames, 26.4 KiB"
    property bool showTokens: true
    property RepliesModel replies: RepliesModel {}
    property int connectionPhase: ChatTester.Active
    property string phaseText
    property int phasePercent: -1
    property int phaseStatus: 1
    property string draft
    property string identity: "tester-1"
    property string identityName: "tester-1"
    property list<string> identities: ["tester-1", "tester-2"]
    property int encoding: ChatTester.V2Json
    property list<string> encodings: ["v2 JSON", "v2 protobuf", "v1 JSON"]
    property FactsModel overrides: FactsModel {}
    property string overridesText: "1 override"
    property int sendCount: 1
    property int sendIntervalMs: 0
    property string repeatText: "once"
    property list<string> saved: ["Is every model available right now?"]
    property Action sendAction: Action { title: "Send"; keysText: "Ctrl ↵" }
    property Action stopAction: Action { title: "Stop"; keysText: "Ctrl ." }
    property Action cutAction: Action { title: "Cut link" }
    property Action reconnectAction: Action { title: "Reconnect"; available: false; reason: "connected" }
    property string sent

    function send() { sent = draft; draft = ""; sendAction.trigger(); }
    function stop() { stopAction.trigger(); }
    function cutLink() { cutAction.trigger(); }
    function reconnect() { reconnectAction.trigger(); }
    function setOverride(flag: string, variant: string) { overrides.append({ name: flag, value: variant, status: 0, mono: false, target: "" }); }
    function clearOverrides() { overrides.clear(); }
    function saveDraft() { saved = Array.from(saved).concat([draft]); }
    function useSaved(index: int) { draft = saved[index]; }
    function removeSaved(index: int) { saved = Array.from(saved).filter((one, at) => at !== index); }
}
