// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

/* All text of the console. Plain text only: what users and models wrote is never markup. */
Text {
    id: root

    enum Role { Caption, Small, Body, Lead, Title, Stat, Mono, MonoSmall, Tiny }
    enum Tone { Primary, Secondary, Tertiary, Accent, Ok, Warn, Bad, Idle, Disabled }

    property int role: UiText.Body
    property int tone: UiText.Primary
    property bool strong: false

    readonly property bool isMono: role === UiText.Mono || role === UiText.MonoSmall
    readonly property bool isDisplay: role === UiText.Stat || role === UiText.Title
    readonly property bool isHead: isDisplay || role === UiText.Lead

    function sizeOf(role: int): int {
        return [Theme.textCaption, Theme.textSmall, Theme.textBody, Theme.textLead, Theme.textTitle, Theme.textStat, Theme.textSmall, Theme.textCaption, Theme.textTiny][role];
    }
    function inkOf(tone: int): color {
        return [Theme.text1, Theme.text2, Theme.text3, Theme.accent, Theme.ok, Theme.warn, Theme.bad, Theme.idle, Theme.disabled][tone];
    }
    /// The tone that says a condition in words: trouble in its colour, what is well in plain ink.
    function toneOf(status: int): int {
        return status === Status.Warn ? UiText.Warn : status === Status.Bad ? UiText.Bad : UiText.Primary;
    }

    textFormat: Text.PlainText
    renderType: Text.NativeRendering
    elide: Text.ElideRight
    font.family: isMono ? Theme.mono : isDisplay ? Theme.display : Theme.sans
    font.pixelSize: sizeOf(role)
    font.weight: isHead ? Font.DemiBold : strong ? Font.Medium : Font.Normal
    font.letterSpacing: role === UiText.Stat ? Theme.trackStat : role === UiText.Title ? Theme.trackTitle : 0
    font.hintingPreference: Font.PreferNoHinting
    color: inkOf(tone)
    verticalAlignment: Text.AlignVCenter
}
