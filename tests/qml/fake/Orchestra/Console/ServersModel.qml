// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml
import Orchestra.Testing

RoleModel {
    names: ["key", "name", "environment", "environmentText", "url", "pinText", "roleText", "lastSeenText", "versionText", "readOnly", "current", "status"]

    property string tokenStoreText: "Tokens lie in ~/.config/orchestra/tokens, readable only by you (0600): this machine has no keyring."
    property ServerDraft draft: ServerDraft {}
    property int testRow: -1
    property StepsModel testSteps: StepsModel {}
    property string testText
    property int used: -1
    property int removed: -1

    function use(row: int) { used = row; }
    function edit(row: int) { draft.open = true; }
    function forget(row: int) { removed = row; }
    function test(row: int) { testRow = row; }
}
