// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

/* A name and its value. Values that are ids are mono; those that lead somewhere are links. */
Item {
    id: root

    property string name
    property string value
    property bool mono: false
    property bool link: false
    property int tone: UiText.Primary

    signal followed

    implicitHeight: Theme.controlSmall
    implicitWidth: Theme.px(240)
    activeFocusOnTab: link
    Accessible.role: link ? Accessible.Link : Accessible.StaticText
    Accessible.name: name + ": " + value
    Accessible.onPressAction: if (root.link) root.followed()
    Keys.onReturnPressed: if (link) followed()
    Keys.onSpacePressed: if (link) followed()

    UiText {
        id: label
        width: Theme.px(116)
        anchors.verticalCenter: parent.verticalCenter
        text: root.name
        role: UiText.Small
        tone: UiText.Secondary
        Accessible.ignored: true
    }
    UiText {
        id: words
        anchors.left: label.right
        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        text: root.value
        role: root.mono ? UiText.Mono : UiText.Small
        tone: root.link ? UiText.Accent : root.tone
        elide: Text.ElideMiddle
        Accessible.ignored: true
    }
    FocusRing {
        visible: root.activeFocus
        anchors.margins: 0
        around: Theme.hair
    }
    HoverHandler {
        enabled: root.link
        cursorShape: Qt.PointingHandCursor
    }
    TapHandler {
        enabled: root.link
        onTapped: root.followed()
    }
}
