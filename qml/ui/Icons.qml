// SPDX-License-Identifier: GPL-3.0-or-later
pragma Singleton
import QtQuick

/* Code points of the icon font; fonts/icons.txt draws them. */
QtObject {
    readonly property string stateOk: "\uE000"
    readonly property string stateWarn: "\uE001"
    readonly property string stateBad: "\uE002"
    readonly property string stateIdle: "\uE003"
    readonly property string statePending: "\uE004"
    readonly property string overview: "\uE010"
    readonly property string connections: "\uE011"
    readonly property string chat: "\uE012"
    readonly property string breakers: "\uE013"
    readonly property string flags: "\uE014"
    readonly property string tasks: "\uE015"
    readonly property string traces: "\uE016"
    readonly property string settings: "\uE017"
    readonly property string search: "\uE018"
    readonly property string lock: "\uE019"
    readonly property string unlock: "\uE01A"
    readonly property string pause: "\uE01B"
    readonly property string play: "\uE01C"
    readonly property string chevronDown: "\uE01D"
    readonly property string chevronRight: "\uE01E"
    readonly property string chevronUp: "\uE01F"
    readonly property string close: "\uE020"
    readonly property string plus: "\uE021"
    readonly property string columns: "\uE022"
    readonly property string download: "\uE023"
    readonly property string more: "\uE024"
    readonly property string undo: "\uE025"
    readonly property string arrowUp: "\uE026"
    readonly property string arrowDown: "\uE027"
    readonly property string arrowRight: "\uE028"
    readonly property string copy: "\uE029"
    readonly property string link: "\uE02A"
    readonly property string filter: "\uE02B"
    readonly property string clock: "\uE02C"
    readonly property string user: "\uE02D"
    readonly property string tool: "\uE02E"
    readonly property string chip: "\uE02F"
    readonly property string branch: "\uE030"
    readonly property string check: "\uE031"
    readonly property string send: "\uE032"
    readonly property string panelRight: "\uE033"
    readonly property string history: "\uE034"
    readonly property string shield: "\uE035"
    readonly property string bookmark: "\uE036"
    readonly property string trendUp: "\uE037"
    readonly property string trendDown: "\uE038"
    readonly property string unplug: "\uE039"
    readonly property string probe: "\uE03A"
    readonly property string eye: "\uE03B"
    readonly property string collapse: "\uE03C"
    readonly property string hold: "\uE03D"
    readonly property string bars: "\uE03E"
    readonly property string up: "\uE03F"
    readonly property string down: "\uE040"

    function ofStatus(status: int): string {
        const shapes = [stateIdle, stateOk, stateWarn, stateBad, statePending];
        return status >= 0 && status < shapes.length ? shapes[status] : "";
    }
    /// The glyph with this name, for models that name their icon; nothing for a name the font has not.
    function named(name: string): string {
        const glyph = this[name];
        return typeof glyph === "string" ? glyph : "";
    }
}
