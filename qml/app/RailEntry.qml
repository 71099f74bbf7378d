// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui

/* One line of the rail. The number on the right counts problems, never things. */
Item {
    id: root

    property string title
    property string glyph
    property string keyText
    property int problems: 0
    property int problemStatus: Status.Warn
    property bool child: false
    property bool current: false
    property bool collapsed: false

    readonly property int edge: Theme.s2

    signal triggered

    implicitHeight: child ? (collapsed ? 0 : Theme.px(26)) : Theme.px(32)
    activeFocusOnTab: true
    Accessible.role: Accessible.PageTab
    Accessible.name: problems > 0 ? qsTr("%1, %n problems", "", problems).arg(title) : title
    Accessible.selected: current
    Accessible.onPressAction: root.triggered()
    Keys.onReturnPressed: triggered()
    Keys.onSpacePressed: triggered()

    Rectangle {
        x: root.edge
        y: Theme.hair
        width: parent.width - root.edge * 2
        height: parent.height - Theme.hair * 2
        radius: Theme.radius
        color: root.current ? Theme.selected : hover.hovered ? Theme.hover : "transparent"

        FocusRing {
            visible: root.activeFocus
            anchors.margins: 0
            around: Theme.focusGap
        }
    }
    Rectangle {
        visible: root.current
        x: root.edge
        y: root.edge
        width: Theme.selectionEdge
        height: parent.height - root.edge * 2
        radius: Theme.hair
        color: Theme.accent
    }
    Icon {
        id: mark
        visible: !root.child
        x: root.collapsed ? Math.round((root.width - width) / 2) : Theme.s5
        anchors.verticalCenter: parent.verticalCenter
        text: Icons.named(root.glyph)
        color: root.current ? Theme.text1 : Theme.text2
    }
    UiText {
        visible: !root.collapsed
        anchors.left: mark.right
        anchors.leftMargin: Theme.s3 - Theme.hair * 2
        anchors.right: tail.left
        anchors.rightMargin: Theme.s2
        anchors.verticalCenter: parent.verticalCenter
        text: root.title
        role: root.child ? UiText.Small : UiText.Body
        strong: root.current
        tone: root.current ? UiText.Primary : UiText.Secondary
        Accessible.ignored: true
    }
    Row {
        id: tail
        visible: !root.collapsed
        anchors.right: parent.right
        anchors.rightMargin: Theme.s5
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.s1

        Icon {
            visible: root.problems > 0
            anchors.verticalCenter: parent.verticalCenter
            size: Theme.markSmall
            text: Icons.ofStatus(root.problemStatus)
            color: Theme.statusColor(root.problemStatus)
        }
        UiText {
            anchors.verticalCenter: parent.verticalCenter
            text: root.problems > 0 ? String(root.problems) : root.keyText
            role: UiText.Caption
            strong: root.problems > 0
            tone: root.problems > 0 ? toneOf(root.problemStatus) : UiText.Tertiary
            Accessible.ignored: true
        }
    }
    Rectangle {
        visible: root.collapsed && root.problems > 0
        anchors.right: mark.right
        anchors.rightMargin: -Theme.s1
        y: Theme.tight
        width: Theme.px(8)
        height: width
        radius: width / 2
        color: Theme.statusColor(root.problemStatus)
    }
    HoverHandler {
        id: hover
    }
    TapHandler {
        onTapped: root.triggered()
    }
    Instantiator {
        active: root.collapsed && (hover.hovered || root.activeFocus)
        delegate: Tip {
            parent: root
            visible: true
            text: root.Accessible.name
        }
    }
}
