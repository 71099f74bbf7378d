// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

/* While the link is not live: how old the data are, what still works, what comes next. Lies on the header band. */
Rectangle {
    id: root

    property string headline
    property string detail
    property int status: Status.Bad
    default property alias actions: slot.data

    readonly property bool grave: status === Status.Bad

    implicitHeight: Theme.px(40)
    radius: Theme.radius
    color: Theme.canvas
    Accessible.role: Accessible.AlertMessage
    Accessible.name: headline + ". " + detail

    Rectangle {
        anchors.fill: parent
        radius: root.radius
        color: root.grave ? Theme.badTint : Theme.warnTint
        border.width: Theme.hair
        border.color: root.grave ? Theme.badEdge : Theme.warnEdge
    }
    Icon {
        id: mark
        x: Theme.s3
        anchors.verticalCenter: parent.verticalCenter
        size: Theme.markSize
        text: Icons.ofStatus(root.status)
        color: Theme.statusColor(root.status)
    }
    UiText {
        id: words
        anchors.left: mark.right
        anchors.leftMargin: Theme.s2
        anchors.verticalCenter: parent.verticalCenter
        text: root.headline
        font.weight: Font.DemiBold
        Accessible.ignored: true
    }
    UiText {
        anchors.left: words.right
        anchors.leftMargin: Theme.s3
        anchors.right: slot.left
        anchors.rightMargin: Theme.s3
        anchors.baseline: words.baseline
        text: root.detail
        role: UiText.Small
        tone: UiText.Secondary
        Accessible.ignored: true
    }
    Row {
        id: slot
        anchors.right: parent.right
        anchors.rightMargin: Theme.s2
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.s2
    }
}
