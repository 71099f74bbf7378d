// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    enum Field { None, Name, Url, Token, Pin }

    property bool open: false
    property string name
    property string url
    property string token
    property bool hasToken: false
    property string pin
    property int environment: 2
    property bool readOnly: false
    property string error: "A name is needed"
    property int errorField: ServerDraft.Name
    property int saves: 0

    function save(): bool { saves += 1; open = false; return true; }
    function discard() { open = false; }
}
