// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* The server is starting: its phases with their times, and how far it is. */
Column {
    id: root

    required property StartupModel startup

    spacing: Theme.s2
    bottomPadding: Theme.s5
    Accessible.role: Accessible.ProgressBar
    Accessible.name: startup.headline

    SectionHeader {
        width: parent.width
        title: root.startup.headline
        note: qsTr("%1 %").arg(root.startup.percent)
    }
    Rectangle {
        width: parent.width
        height: Theme.barHeight
        radius: height / 2
        color: Theme.pressed

        Rectangle {
            width: parent.width * root.startup.percent / 100
            height: parent.height
            radius: height / 2
            color: Theme.series1
        }
    }
    Repeater {
        model: root.startup

        Item {
            id: phase
            required property string name
            required property int status
            required property string tookText
            required property string detail

            width: root.width
            height: Theme.px(24)
            Accessible.role: Accessible.ListItem
            Accessible.name: Words.sentence(name, tookText, detail)

            StatusMark {
                id: mark
                width: Theme.px(180)
                anchors.verticalCenter: parent.verticalCenter
                status: phase.status
                word: phase.name
            }
            UiText {
                id: took
                anchors.left: mark.right
                width: Theme.px(80)
                height: parent.height
                text: phase.tookText
                role: UiText.Small
                tone: UiText.Secondary
                Accessible.ignored: true
            }
            UiText {
                anchors.left: took.right
                anchors.right: parent.right
                height: parent.height
                text: phase.detail
                role: UiText.Small
                tone: UiText.Tertiary
                Accessible.ignored: true
            }
        }
    }
}
