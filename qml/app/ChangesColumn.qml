// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* How far the service is turned down, and what was changed lately, by whom. */
Column {
    id: root

    required property Overview overview

    spacing: Theme.s2

    DegradationPanel {
        width: parent.width
        degradation: root.overview.degradation
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
