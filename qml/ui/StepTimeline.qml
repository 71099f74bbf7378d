// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import "Words.js" as Words

/*
    What happened to one entity, step by step. `steps` is a list model with the roles name, tookText, whyText and status.
    Wordy, the reason stands below its step, in full.
*/
Column {
    id: root

    property alias steps: repeater.model
    property bool wordy: false

    Accessible.role: Accessible.List
    Accessible.name: qsTr("Timeline")

    Repeater {
        id: repeater

        Item {
            id: step
            required property int index
            required property string name
            required property string tookText
            required property string whyText
            required property int status

            readonly property bool last: index === repeater.count - 1
            readonly property int line: Theme.px(24)

            width: root.width
            height: root.wordy ? line + why.implicitHeight + Theme.s1 : line
            Accessible.role: Accessible.ListItem
            Accessible.name: Words.sentence(name, tookText, whyText)

            Rectangle {
                visible: !step.last
                x: Math.floor(Theme.markSize / 2) - Theme.hair
                y: mark.y + mark.height
                width: Theme.hair
                height: step.height - mark.height
                color: Theme.lineStrong
            }
            Icon {
                id: mark
                y: Math.floor((step.line - height) / 2)
                size: Theme.markSize
                text: Icons.ofStatus(step.status)
                color: Theme.statusColor(step.status)
            }
            UiText {
                id: what
                anchors.left: mark.right
                anchors.leftMargin: Theme.s3 - Theme.hair * 2
                width: root.wordy ? step.width - x - took.implicitWidth - Theme.s2 : Theme.px(92)
                height: step.line
                text: step.name
                role: UiText.Small
                strong: root.wordy ? step.index === 0 : step.last
                Accessible.ignored: true
            }
            UiText {
                id: took
                x: root.wordy ? step.width - implicitWidth : what.x + what.width
                width: root.wordy ? implicitWidth : Theme.px(60)
                height: step.line
                text: step.tookText
                role: UiText.Small
                tone: UiText.Secondary
                Accessible.ignored: true
            }
            UiText {
                id: why
                x: root.wordy ? what.x : took.x + took.width
                y: root.wordy ? step.line : 0
                width: step.width - x
                height: root.wordy ? implicitHeight : step.line
                horizontalAlignment: root.wordy ? Text.AlignLeft : Text.AlignRight
                wrapMode: root.wordy ? Text.WordWrap : Text.NoWrap
                text: step.whyText
                role: UiText.Small
                tone: UiText.Tertiary
                Accessible.ignored: true
            }
        }
    }
}
