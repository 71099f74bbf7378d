// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* How far the service is turned down and why; an operator can hold a level for a while, or give it back. */
Column {
    id: root

    required property Degradation degradation
    property bool picking: false

    /// With little room only the level that holds is named.
    readonly property bool roomForNames: width > Theme.px(86) * degradation.levels.length

    spacing: Theme.s2

    SectionHeader {
        width: parent.width
        title: qsTr("Degradation")
        note: root.degradation.noteText

        DeedButton {
            visible: root.degradation.pinText !== ""
            small: true
            deed: root.degradation.releaseAction
        }
        UiButton {
            small: true
            kind: UiButton.Quiet
            text: root.picking ? qsTr("Leave it") : qsTr("Pin a level")
            onTriggered: root.picking = !root.picking
        }
    }
    Item {
        id: steps
        width: parent.width
        height: row.height
        activeFocusOnTab: root.picking
        Accessible.role: root.picking ? Accessible.Grouping : Accessible.ProgressBar
        Accessible.name: root.picking ? qsTr("Level to pin: %1").arg(root.degradation.levels[root.degradation.wanted - 1] ?? "") : qsTr("Degradation, %1, %2").arg(root.degradation.noteText).arg(root.degradation.levels[root.degradation.level - 1] ?? "")
        Keys.onLeftPressed: if (root.picking) root.degradation.wanted -= 1
        Keys.onRightPressed: if (root.picking) root.degradation.wanted += 1

        Row {
            id: row
            spacing: Theme.s1

            Repeater {
                model: root.degradation.levels

                Item {
                    id: step
                    required property string modelData
                    required property int index
                    readonly property bool reached: index < root.degradation.level && root.degradation.level > 1
                    readonly property bool here: index === root.degradation.level - 1
                    readonly property bool wanted: root.picking && index === root.degradation.wanted - 1

                    width: (root.width - Theme.s4) / Math.max(1, root.degradation.levels.length)
                    height: words.y + words.height + Theme.s1
                    Accessible.role: root.picking ? Accessible.RadioButton : Accessible.StaticText
                    Accessible.name: modelData
                    Accessible.checked: wanted
                    Accessible.onPressAction: if (root.picking) root.degradation.wanted = index + 1

                    Rectangle {
                        visible: step.wanted
                        anchors.fill: parent
                        anchors.topMargin: -Theme.s1
                        radius: Theme.radiusSmall
                        color: Theme.selected
                        border.width: Theme.hair
                        border.color: Theme.accentEdge
                    }
                    Rectangle {
                        x: step.wanted ? Theme.s1 : 0
                        width: parent.width - x * 2
                        height: Theme.px(6)
                        radius: Theme.radiusTiny
                        color: step.reached ? Theme.warn : step.here ? Theme.okSoft : Theme.pressed
                    }
                    UiText {
                        id: words
                        x: step.wanted ? Theme.s1 : 0
                        y: Theme.px(6) + Theme.tight - Theme.hair
                        width: parent.width - x * 2
                        text: step.here || step.wanted || root.roomForNames ? step.index + " " + step.modelData : step.index
                        role: UiText.Caption
                        strong: step.here
                        tone: step.here || step.wanted ? UiText.Primary : UiText.Tertiary
                        Accessible.ignored: true
                    }
                    TapHandler {
                        enabled: root.picking
                        onTapped: root.degradation.wanted = step.index + 1
                    }
                }
            }
        }
        FocusRing {
            visible: steps.activeFocus
        }
    }
    Flow {
        visible: root.picking
        width: parent.width
        spacing: Theme.s2

        Segmented {
            name: qsTr("The pin lasts")
            options: root.degradation.terms
            current: root.degradation.term
            onChosen: index => root.degradation.term = index
        }
        DeedButton {
            deed: root.degradation.pinAction
        }
    }
    StatusMark {
        visible: word !== ""
        status: Status.Warn
        word: root.degradation.pinText
    }
    Line {
        text: root.degradation.causeText
    }
    Line {
        text: root.degradation.shedText
    }
    Line {
        text: root.degradation.inputsText
        tone: UiText.Tertiary
    }

    component Line: UiText {
        visible: text !== ""
        width: root.width
        role: UiText.Small
        tone: UiText.Secondary
        wrapMode: Text.WordWrap
    }
}
