// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui

/*
    The value that must not be passed: dashed, with its name at the end or, where the end is taken, over the line.
    Far above all that was measured it would press the lines to the ground: then only its name stands at the top.
*/
Item {
    id: root

    required property PlotArea plot
    property real value: NaN
    property string text
    property bool inside: false
    property bool far: false

    readonly property bool known: !isNaN(value)
    /// The middle of the name, NaN when it does not stand in the gutter.
    readonly property real labelY: !known || inside || text === "" ? NaN : far ? plot.y + Theme.px(7) : plot.yOf(value)

    visible: known
    y: !known ? 0 : far ? plot.y + (inside ? words.height : Theme.px(7)) : Math.round(plot.yOf(value))

    Row {
        visible: !root.far
        x: root.plot.x
        spacing: Theme.s1

        Repeater {
            model: root.known && !root.far ? Math.max(0, Math.floor(root.plot.width / (Theme.tight + Theme.s1))) : 0

            Rectangle {
                width: Theme.tight
                height: Theme.hair
                color: Theme.guardLine
            }
        }
    }
    UiText {
        id: words
        x: root.plot.right + (root.inside ? -width : Theme.s2)
        y: root.inside ? -height - Theme.hair : -Math.round(height / 2)
        height: Theme.px(14)
        text: root.far && root.text !== "" ? root.text + " ↑" : root.text
        role: UiText.Caption
        tone: root.far ? UiText.Tertiary : UiText.Warn
        Accessible.ignored: true
    }
}
