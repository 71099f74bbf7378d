// SPDX-License-Identifier: GPL-3.0-or-later
import QtQml

QtObject {
    id: root

    property string text
    property FilterChipsModel chips: FilterChipsModel {}
    property string countText: "38 of 412"
    readonly property bool on: chips.count > 0
    property string error
    property int errorAt: -1
    property list<string> completions
    property int commits: 0
    property string savedAs

    function commit(): bool {
        commits += 1;
        if (error !== "" || text === "")
            return false;
        const parts = text.split(":");
        chips.append({ label: parts.length > 1 ? parts[0] : "", value: parts[parts.length - 1], negated: false });
        text = "";
        return true;
    }
    function removeChip(index: int) { chips.remove(index); }
    function clear() { chips.clear(); text = ""; }
    function save(name: string) { savedAs = name; }
    function complete(index: int) { text = completions[index]; }
}
