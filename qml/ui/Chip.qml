// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

/* A fact or a filter in 20 px: an icon or a mark, a dim field name and its value. Can be followed or taken away. */
Rectangle {
    id: root

    property string label
    property string value
    property string glyph
    /// The same by its name in Icons, for models.
    property string glyphName
    property int status: Status.None
    property bool mono: false
    property bool negated: false
    property bool removable: false
    property bool link: false

    readonly property string words: (negated ? qsTr("not %1").arg(label + " " + value) : label + " " + value).trim()

    signal removed
    signal followed

    implicitHeight: Theme.chipHeight
    implicitWidth: parts.implicitWidth + Theme.s3 + Theme.hair * 2
    width: implicitWidth
    height: implicitHeight
    radius: Theme.radiusSmall
    color: Theme.pressed
    activeFocusOnTab: link || removable
    Accessible.role: link ? Accessible.Link : removable ? Accessible.Button : Accessible.StaticText
    Accessible.name: removable ? qsTr("Remove filter %1").arg(words) : words
    Accessible.onPressAction: root.act()
    Keys.onReturnPressed: act()
    Keys.onSpacePressed: act()
    Keys.onDeletePressed: if (removable) removed()

    function act() {
        if (link)
            followed();
        else if (removable)
            removed();
    }

    Row {
        id: parts
        anchors.centerIn: parent
        spacing: Theme.tight - Theme.hair

        Icon {
            visible: text !== ""
            anchors.verticalCenter: parent.verticalCenter
            size: Theme.markSize
            text: root.glyphName !== "" ? Icons.named(root.glyphName) : root.glyph
            color: Theme.text3
        }
        Icon {
            visible: root.status !== Status.None
            anchors.verticalCenter: parent.verticalCenter
            size: Theme.markSmall
            text: Icons.ofStatus(root.status)
            color: Theme.statusColor(root.status)
        }
        UiText {
            visible: root.negated
            anchors.verticalCenter: parent.verticalCenter
            text: qsTr("not")
            role: UiText.Caption
            tone: UiText.Accent
            Accessible.ignored: true
        }
        UiText {
            visible: text !== ""
            anchors.verticalCenter: parent.verticalCenter
            text: root.label
            role: UiText.Caption
            tone: UiText.Secondary
            Accessible.ignored: true
        }
        UiText {
            visible: text !== ""
            anchors.verticalCenter: parent.verticalCenter
            text: root.value
            role: root.mono ? UiText.MonoSmall : UiText.Caption
            strong: true
            tone: root.link ? UiText.Accent : UiText.Primary
            Accessible.ignored: true
        }
        Icon {
            visible: root.removable
            anchors.verticalCenter: parent.verticalCenter
            size: Theme.markSize
            text: Icons.close
            color: Theme.text3
        }
    }
    FocusRing {
        visible: root.activeFocus
        around: Theme.radiusSmall
    }
    HoverHandler {
        enabled: root.link || root.removable
        cursorShape: Qt.PointingHandCursor
    }
    TapHandler {
        enabled: root.link || root.removable
        onTapped: root.act()
    }
}
