// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick

/*
    The last calls of a breaker, oldest left: one letter a call, o ok, s slow, f failed, r refused, space for none.
    Height says the same as colour: a short bar is well, a full one failed, a stub was refused.
*/
Item {
    id: root

    property string outcomes

    readonly property int gap: Theme.focusGap
    readonly property real pitch: outcomes.length === 0 ? 0 : (width + gap) / outcomes.length
    readonly property int failed: outcomes.split("f").length - 1
    readonly property int slow: outcomes.split("s").length - 1

    function tallOf(outcome: string): int {
        return outcome === "o" ? Theme.px(8) : outcome === "s" ? Theme.px(14) : outcome === "f" ? Theme.px(20) : Theme.px(2);
    }
    function inkOf(outcome: string): color {
        return outcome === "o" ? Theme.okSoft : outcome === "s" ? Theme.warn : outcome === "f" ? Theme.bad : Theme.lineStrong;
    }

    implicitHeight: Theme.px(20)
    Accessible.role: Accessible.Graphic
    Accessible.name: qsTr("Last %1 calls: %2 failed, %3 slow").arg(outcomes.trim().length).arg(failed).arg(slow)

    Repeater {
        model: root.outcomes.length

        Rectangle {
            required property int index
            readonly property string outcome: root.outcomes.charAt(index)

            x: Math.round(index * root.pitch)
            y: root.height - height
            width: Math.round((index + 1) * root.pitch) - x - root.gap
            height: root.tallOf(outcome)
            radius: height > Theme.px(4) ? Theme.radiusTiny : 0
            color: root.inkOf(outcome)
        }
    }
}
