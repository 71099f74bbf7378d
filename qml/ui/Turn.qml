// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import "Words.js" as Words

/* One turn of a conversation: a name, a time, then what was said. No bubbles. */
Item {
    id: root

    property string who
    property string atText
    property string liveText
    property bool isUser: false
    default property alias parts: body.data

    implicitHeight: body.y + body.implicitHeight
    Accessible.role: Accessible.Grouping
    Accessible.name: Words.sentence(who, atText, liveText)

    Row {
        id: head
        height: Theme.px(20)
        spacing: Theme.s2

        UiText {
            anchors.verticalCenter: parent.verticalCenter
            text: root.who
            font.weight: Font.DemiBold
            Accessible.ignored: true
        }
        UiText {
            anchors.verticalCenter: parent.verticalCenter
            text: root.atText
            role: UiText.Caption
            tone: UiText.Tertiary
            Accessible.ignored: true
        }
        Row {
            visible: root.liveText !== ""
            anchors.verticalCenter: parent.verticalCenter
            spacing: Theme.tight - Theme.hair

            Icon {
                anchors.verticalCenter: parent.verticalCenter
                size: Theme.markSmall
                text: Icons.statePending
                color: Theme.accent
            }
            UiText {
                anchors.verticalCenter: parent.verticalCenter
                text: root.liveText
                role: UiText.Caption
                tone: UiText.Accent
                Accessible.ignored: true
            }
        }
    }
    Column {
        id: body
        y: head.height + Theme.s1
        width: parent.width
        spacing: Theme.s3 - Theme.hair * 2
    }
}
