// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* How far the service is turned down, and what was changed lately, by whom. */
Column {
    id: root

    required property Overview overview
    readonly property Degradation degradation: overview.degradation

    /// With little room only the level that holds is named.
    readonly property bool roomForNames: width > Theme.px(86) * degradation.levels.length

    spacing: Theme.s2

    SectionHeader {
        width: parent.width
        title: qsTr("Degradation")
        note: root.degradation.noteText
    }
    Row {
        width: parent.width
        spacing: Theme.s1
        Accessible.role: Accessible.ProgressBar
        Accessible.name: qsTr("Degradation, %1").arg(root.degradation.noteText)

        Repeater {
            model: root.degradation.levels

            Column {
                id: step
                required property string modelData
                required property int index
                readonly property bool reached: index < root.degradation.level && root.degradation.level > 1
                readonly property bool here: index === root.degradation.level - 1

                width: (root.width - Theme.s4) / Math.max(1, root.degradation.levels.length)
                spacing: Theme.tight - Theme.hair

                Rectangle {
                    width: parent.width
                    height: Theme.px(6)
                    radius: Theme.radiusTiny
                    color: step.reached ? Theme.warn : step.here ? Theme.okSoft : Theme.pressed
                }
                UiText {
                    width: parent.width
                    text: step.here || root.roomForNames ? (step.index + 1) + " " + step.modelData : step.index + 1
                    role: UiText.Caption
                    strong: step.here
                    tone: step.here ? UiText.Primary : UiText.Tertiary
                }
            }
        }
    }
    UiText {
        visible: text !== ""
        width: parent.width
        text: root.degradation.shedText
        role: UiText.Small
        tone: UiText.Secondary
        wrapMode: Text.WordWrap
    }
    SectionHeader {
        width: parent.width
        height: Theme.px(32)
        title: qsTr("Recent changes")
    }
    UiText {
        visible: changes.count === 0
        text: qsTr("Nothing was changed since the start")
        role: UiText.Small
        tone: UiText.Tertiary
    }
    Column {
        width: parent.width

        Repeater {
            id: changes
            model: root.overview.changes

            Item {
                id: change
                required property string atText
                required property string subject
                required property string change
                required property string actor

                width: root.width
                height: Theme.px(28)
                Accessible.role: Accessible.ListItem
                Accessible.name: Words.sentence(atText, subject, change.change, actor)

                UiText {
                    id: when
                    width: Theme.px(68)
                    height: parent.height
                    text: change.atText
                    role: UiText.Small
                    tone: UiText.Tertiary
                    Accessible.ignored: true
                }
                UiText {
                    id: what
                    anchors.left: when.right
                    width: Theme.px(112)
                    height: parent.height
                    text: change.subject
                    role: UiText.Small
                    strong: true
                    Accessible.ignored: true
                }
                UiText {
                    anchors.left: what.right
                    anchors.leftMargin: Theme.s1
                    anchors.right: who.left
                    anchors.rightMargin: Theme.s2
                    height: parent.height
                    text: change.change
                    role: UiText.Small
                    tone: UiText.Secondary
                    Accessible.ignored: true
                }
                UiText {
                    id: who
                    anchors.right: parent.right
                    height: parent.height
                    text: change.actor
                    role: UiText.Small
                    tone: UiText.Tertiary
                    Accessible.ignored: true
                }
            }
        }
    }
}
