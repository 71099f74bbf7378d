// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui

/* A task in the tree: who works for whom, on what, for how long; its parts stand below it, further in. */
Item {
    id: root

    required property int index
    required property int depth
    required property bool expandable
    required property bool expanded
    required property string title
    required property string userText
    required property string stateText
    required property int status
    required property string stepText
    required property string ageText
    required property real fraction
    required property bool over
    required property string tokensText
    required property bool open
    required property string busyText
    required property bool current
    required property string spoken
    property bool ringed: false
    property bool stale: false

    signal chosen
    signal toggled
    signal opened

    implicitHeight: Theme.rowHeight
    Accessible.role: Accessible.ListItem
    Accessible.name: spoken
    Accessible.onPressAction: chosen()

    Rectangle {
        visible: root.current || hover.hovered
        anchors.fill: parent
        color: root.current ? Theme.selected : Theme.hover
    }
    Rectangle {
        visible: root.current
        width: Theme.selectionEdge
        height: parent.height
        color: Theme.accent
    }
    FocusRing {
        visible: root.ringed && root.current
        anchors.margins: Theme.focusRing
    }
    Icon {
        id: fold
        visible: root.expandable
        x: Theme.s5 + root.depth * Theme.s5
        anchors.verticalCenter: parent.verticalCenter
        size: Theme.markSize
        text: Icons.down
        rotation: root.expanded ? 0 : -90
        color: Theme.text3

        TapHandler {
            onTapped: root.toggled()
        }
    }
    StatusMark {
        id: mark
        x: Theme.s5 + root.depth * Theme.s5 + Theme.s5
        width: Theme.px(170) - root.depth * Theme.s5
        anchors.verticalCenter: parent.verticalCenter
        status: root.status
        word: root.busyText === "" ? root.stateText : root.busyText
        clip: true
    }
    UiText {
        id: who
        anchors.left: mark.right
        width: Theme.px(130)
        height: parent.height
        text: root.title
        role: UiText.Small
        strong: true
        tone: root.open && !root.stale ? UiText.Primary : UiText.Secondary
        Accessible.ignored: true
    }
    UiText {
        id: user
        anchors.left: who.right
        anchors.leftMargin: Theme.s3
        width: Theme.px(90)
        height: parent.height
        text: root.userText
        role: UiText.Small
        tone: UiText.Secondary
        Accessible.ignored: true
    }
    UiText {
        anchors.left: user.right
        anchors.leftMargin: Theme.s3
        anchors.right: bar.left
        anchors.rightMargin: Theme.s3
        height: parent.height
        text: root.stepText
        role: UiText.Small
        tone: root.status === Status.Bad ? UiText.Bad : UiText.Secondary
        Accessible.ignored: true
    }
    Rectangle {
        id: bar
        visible: !isNaN(root.fraction)
        opacity: root.stale ? Theme.staleInk : 1
        anchors.right: age.left
        anchors.rightMargin: Theme.s2
        anchors.verticalCenter: parent.verticalCenter
        width: Theme.px(64)
        height: Theme.tight
        radius: Theme.radiusTiny
        color: Theme.pressed

        Rectangle {
            width: Math.max(Theme.hair, parent.width * (isNaN(root.fraction) ? 0 : root.fraction))
            height: parent.height
            radius: Theme.radiusTiny
            color: root.over ? Theme.warn : Theme.seriesQuiet
        }
    }
    UiText {
        id: age
        anchors.right: tokens.left
        width: Theme.px(64)
        height: parent.height
        horizontalAlignment: Text.AlignRight
        text: root.ageText
        role: UiText.Small
        tone: root.over ? UiText.Warn : UiText.Secondary
        Accessible.ignored: true
    }
    UiText {
        id: tokens
        anchors.right: parent.right
        anchors.rightMargin: Theme.s5
        width: Theme.px(72)
        height: parent.height
        horizontalAlignment: Text.AlignRight
        text: root.tokensText
        role: UiText.Small
        tone: UiText.Tertiary
        Accessible.ignored: true
    }
    HoverHandler {
        id: hover
    }
    TapHandler {
        onTapped: root.chosen()
        onDoubleTapped: root.opened()
    }
}
