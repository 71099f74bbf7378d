// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick

/* The same pane for every entity: who, facts, timeline, links, raw, actions. */
FocusScope {
    id: root

    property string title
    property string subtitle
    property int status: Status.Idle
    property list<string> tabs
    property int tab: 0
    /// Why the actions at the foot are off; "" when they are not.
    property string lockReason
    default property alias content: body.data
    property alias footer: foot.data

    readonly property int contentWidth: width - Theme.s5 * 2

    signal closed
    signal copied

    function step(by: int) {
        tab = Math.max(0, Math.min(tabs.length - 1, tab + by));
    }

    implicitWidth: Theme.inspectorWidth
    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Inspector: %1").arg(title)
    Accessible.description: subtitle

    Rectangle {
        anchors.fill: parent
        color: Theme.raised
    }
    Hairline {
        width: Theme.hair
        height: parent.height
    }
    Icon {
        id: mark
        x: Theme.s5
        anchors.verticalCenter: who.verticalCenter
        size: Theme.iconSmall
        text: Icons.ofStatus(root.status)
        color: Theme.statusColor(root.status)
    }
    UiText {
        id: who
        anchors.left: mark.right
        anchors.leftMargin: Theme.s2
        anchors.right: tools.left
        anchors.rightMargin: Theme.s2
        y: Theme.s4
        height: Theme.px(20)
        text: root.title
        role: UiText.Lead
    }
    UiText {
        id: what
        anchors.left: who.left
        anchors.right: parent.right
        anchors.rightMargin: Theme.s5
        anchors.top: who.bottom
        height: Theme.px(20)
        text: root.subtitle
        role: UiText.Small
        tone: UiText.Secondary
    }
    Row {
        id: tools
        anchors.right: parent.right
        anchors.rightMargin: Theme.s3
        anchors.verticalCenter: who.verticalCenter
        spacing: Theme.radiusTiny

        UiButton {
            small: true
            kind: UiButton.Quiet
            glyph: Icons.copy
            tip: qsTr("Copy id")
            onTriggered: root.copied()
        }
        UiButton {
            small: true
            kind: UiButton.Quiet
            glyph: Icons.close
            tip: qsTr("Close inspector")
            onTriggered: root.closed()
        }
    }
    Row {
        id: tabRow
        x: Theme.s5
        anchors.top: what.bottom
        anchors.topMargin: Theme.s1
        height: Theme.px(32)
        spacing: Theme.s5
        activeFocusOnTab: true
        Accessible.role: Accessible.PageTabList
        Accessible.name: qsTr("Views")
        Keys.onLeftPressed: root.step(-1)
        Keys.onRightPressed: root.step(1)

        Repeater {
            model: root.tabs

            Item {
                id: head
                required property string modelData
                required property int index
                readonly property bool current: index === root.tab

                width: words.implicitWidth
                height: tabRow.height
                Accessible.role: Accessible.PageTab
                Accessible.name: modelData
                Accessible.selected: current
                Accessible.onPressAction: root.tab = index

                UiText {
                    id: words
                    anchors.verticalCenter: parent.verticalCenter
                    text: head.modelData
                    role: UiText.Small
                    strong: head.current
                    tone: head.current ? UiText.Primary : UiText.Secondary
                    Accessible.ignored: true
                }
                Rectangle {
                    visible: head.current
                    anchors.bottom: parent.bottom
                    width: parent.width
                    height: Theme.selectionEdge
                    color: Theme.accent
                }
                FocusRing {
                    visible: head.current && tabRow.activeFocus
                    anchors.margins: Theme.hair
                    anchors.leftMargin: -Theme.tight
                    anchors.rightMargin: -Theme.tight
                    around: Theme.hair
                }
                TapHandler {
                    onTapped: root.tab = head.index
                }
            }
        }
    }
    Hairline {
        id: top
        anchors.top: tabRow.bottom
        width: parent.width
    }
    Item {
        id: body
        anchors.top: top.bottom
        anchors.topMargin: Theme.s3
        anchors.bottom: end.top
        anchors.bottomMargin: Theme.s3
        x: Theme.s5
        width: parent.width - Theme.s5 // scroll bars lie in the margin
        clip: true
    }
    Hairline {
        id: end
        visible: foot.children.length > 0
        anchors.bottom: lock.top
        anchors.bottomMargin: lock.visible ? Theme.s3 - Theme.hair * 2 : 0
        width: parent.width
    }
    Row {
        id: lock
        visible: root.lockReason !== ""
        x: Theme.s5
        height: visible ? Theme.px(16) : 0
        anchors.bottom: foot.top
        anchors.bottomMargin: Theme.s3 - Theme.hair * 2
        spacing: Theme.tight

        Icon {
            anchors.verticalCenter: parent.verticalCenter
            size: Theme.markSize
            text: Icons.lock
            color: Theme.text3
        }
        UiText {
            anchors.verticalCenter: parent.verticalCenter
            width: Math.min(implicitWidth, root.width - Theme.s5 * 2 - Theme.markSize - Theme.tight)
            text: root.lockReason
            role: UiText.Caption
            tone: UiText.Secondary
        }
    }
    Flow {
        id: foot
        x: Theme.s5
        width: root.contentWidth
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.s3
        spacing: Theme.s2
    }
}
