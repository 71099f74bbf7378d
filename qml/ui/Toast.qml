// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

/* What just happened and, for as long as the line at the bottom lasts, the way back. */
Sheet {
    id: root

    property int status: Status.Ok
    property string message
    property bool undoable: true
    property string undoKeys
    /// The time left, 1 to 0.
    property real remaining: 1

    signal undone
    signal dismissed

    corner: Theme.radius
    implicitHeight: Theme.px(44)
    implicitWidth: Theme.px(380)
    Accessible.role: Accessible.AlertMessage
    Accessible.name: message

    Icon {
        id: mark
        x: Theme.s4
        anchors.verticalCenter: parent.verticalCenter
        size: Theme.markSize
        text: Icons.ofStatus(root.status)
        color: Theme.statusColor(root.status)
    }
    UiText {
        anchors.left: mark.right
        anchors.leftMargin: Theme.s3 - Theme.hair * 2
        anchors.right: tools.left
        anchors.rightMargin: Theme.s2
        height: parent.height
        text: root.message
        wrapMode: Text.Wrap
        maximumLineCount: 2
        Accessible.ignored: true
    }
    Row {
        id: tools
        anchors.right: parent.right
        anchors.rightMargin: Theme.s2
        anchors.verticalCenter: parent.verticalCenter

        UiButton {
            visible: root.undoable
            small: true
            kind: UiButton.Quiet
            text: qsTr("Undo")
            keys: root.undoKeys
            onTriggered: root.undone()
        }
        UiButton {
            visible: !root.undoable
            small: true
            kind: UiButton.Quiet
            glyph: Icons.close
            tip: qsTr("Dismiss")
            onTriggered: root.dismissed()
        }
    }
    Rectangle {
        x: Theme.tight
        y: parent.height - Theme.focusGap
        width: (parent.width - Theme.tight * 2) * Math.max(0, Math.min(1, root.remaining))
        height: Theme.selectionEdge
        radius: Theme.hair
        color: Theme.accent
    }
}
