// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic

/* On or off, with the word beside it. Only asks, with `toggleWanted`; whoever holds the value sets `on`. */
AbstractButton {
    id: root

    property bool on: false
    property string name: text

    signal toggleWanted

    implicitHeight: Theme.controlHeight
    implicitWidth: implicitContentWidth
    hoverEnabled: true
    focusPolicy: Qt.StrongFocus
    Accessible.role: Accessible.CheckBox
    Accessible.name: name
    Accessible.checkable: true
    Accessible.checked: on
    onClicked: toggleWanted()
    Keys.onReturnPressed: toggleWanted()

    contentItem: UiText {
        leftPadding: track.width + Theme.s2
        text: root.text
        role: UiText.Small
        Accessible.ignored: true
    }

    Rectangle {
        id: track
        anchors.verticalCenter: parent.verticalCenter
        width: Theme.px(28)
        height: Theme.px(16)
        radius: height / 2
        color: root.on ? Theme.accentFill : Theme.pressed
        border.width: Theme.hair
        border.color: root.on ? Theme.accentFill : Theme.lineStrong

        Rectangle {
            x: root.on ? parent.width - width - Theme.focusGap : Theme.focusGap
            anchors.verticalCenter: parent.verticalCenter
            width: Theme.px(10)
            height: width
            radius: width / 2
            color: root.on ? Theme.accentInk : Theme.text2

            Behavior on x {
                NumberAnimation {
                    duration: Theme.motionFast
                }
            }
        }
        FocusRing {
            visible: root.visualFocus
            around: track.radius
        }
    }
}
