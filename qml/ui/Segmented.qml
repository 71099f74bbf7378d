// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick

/* One of a few choices, all in sight. One stop of the Tab key; arrows choose. */
FocusScope {
    id: root

    property list<string> options
    property int current: 0
    property string name

    signal chosen(int index)

    function step(by: int) {
        const next = Math.max(0, Math.min(options.length - 1, current + by));
        if (next !== current)
            chosen(next);
    }

    implicitHeight: Theme.controlHeight
    implicitWidth: row.implicitWidth
    activeFocusOnTab: true
    Accessible.role: Accessible.Grouping
    Accessible.name: name + ": " + (options[current] ?? "")
    Keys.onLeftPressed: step(-1)
    Keys.onRightPressed: step(1)

    Rectangle {
        anchors.fill: parent
        radius: Theme.radius
        color: Theme.raised
        border.width: Theme.hair
        border.color: Theme.lineStrong
    }
    Row {
        id: row
        height: parent.height

        Repeater {
            model: root.options

            Item {
                id: part
                required property string modelData
                required property int index
                readonly property bool on: index === root.current

                width: words.implicitWidth + Theme.s6
                height: row.height
                Accessible.role: Accessible.RadioButton
                Accessible.name: modelData
                Accessible.checked: on
                Accessible.onPressAction: root.chosen(index)

                Rectangle {
                    visible: part.on
                    anchors.fill: parent
                    anchors.margins: Theme.radiusTiny
                    radius: Theme.radiusSmall
                    color: Theme.selected
                    border.width: Theme.hair
                    border.color: Theme.accentEdge
                }
                UiText {
                    id: words
                    anchors.centerIn: parent
                    text: part.modelData
                    role: UiText.Small
                    strong: part.on
                    tone: part.on ? UiText.Primary : UiText.Secondary
                    Accessible.ignored: true
                }
                TapHandler {
                    onTapped: root.chosen(part.index)
                }
            }
        }
    }
    FocusRing {
        visible: root.activeFocus
    }
}
