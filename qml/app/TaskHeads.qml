// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui

/* What stands in which place of a TaskEntry. */
Item {
    id: root

    implicitHeight: Theme.headRowHeight
    Accessible.ignored: true

    Head {
        id: state
        x: Theme.s5 * 2
        width: Theme.px(170)
        text: qsTr("state")
    }
    Head {
        id: who
        anchors.left: state.right
        width: Theme.px(130)
        text: qsTr("agent")
    }
    Head {
        id: user
        anchors.left: who.right
        anchors.leftMargin: Theme.s3
        width: Theme.px(90)
        text: qsTr("user")
    }
    Head {
        anchors.left: user.right
        anchors.leftMargin: Theme.s3
        anchors.right: age.left
        text: qsTr("step")
    }
    Head {
        id: age
        anchors.right: tokens.left
        width: Theme.px(64)
        horizontalAlignment: Text.AlignRight
        text: qsTr("age")
    }
    Head {
        id: tokens
        anchors.right: parent.right
        anchors.rightMargin: Theme.s5
        width: Theme.px(72)
        horizontalAlignment: Text.AlignRight
        text: qsTr("tokens")
    }
    Hairline {
        anchors.bottom: parent.bottom
        width: parent.width
    }

    component Head: UiText {
        height: root.height
        role: UiText.Caption
        tone: UiText.Tertiary
        Accessible.ignored: true
    }
}
