// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import "Words.js" as Words

/* What happened to one entity, oldest first. `steps` is a list model with the roles name, tookText, whyText and status. */
Column {
    id: root

    property alias steps: repeater.model

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

            width: root.width
            height: Theme.px(24)
            Accessible.role: Accessible.ListItem
            Accessible.name: Words.sentence(name, tookText, whyText)

            Rectangle {
                visible: !step.last
                x: Math.floor(Theme.markSize / 2) - Theme.hair
                y: mark.y + mark.height
                width: Theme.hair
                height: parent.height - mark.height
                color: Theme.lineStrong
            }
            Icon {
                id: mark
                anchors.verticalCenter: parent.verticalCenter
                size: Theme.markSize
                text: Icons.ofStatus(step.status)
                color: Theme.statusColor(step.status)
            }
            UiText {
                id: what
                anchors.left: mark.right
                anchors.leftMargin: Theme.s3 - Theme.hair * 2
                width: Theme.px(92)
                height: parent.height
                text: step.name
                role: UiText.Small
                strong: step.last
                Accessible.ignored: true
            }
            UiText {
                id: took
                anchors.left: what.right
                width: Theme.px(60)
                height: parent.height
                text: step.tookText
                role: UiText.Small
                tone: UiText.Secondary
                Accessible.ignored: true
            }
            UiText {
                anchors.left: took.right
                anchors.right: parent.right
                height: parent.height
                horizontalAlignment: Text.AlignRight
                text: step.whyText
                role: UiText.Small
                tone: UiText.Tertiary
                Accessible.ignored: true
            }
        }
    }
}
