// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick

/* What is written on a button: icon, words, key, arrow. */
Item {
    id: root

    property string words
    property string glyph
    property string keys
    property bool small: false
    property bool faint: false
    property bool opensMenu: false
    property bool inverted: false
    property color ink: Theme.text1
    property color glyphInk: ink

    implicitWidth: parts.implicitWidth
    implicitHeight: parts.implicitHeight

    Row {
        id: parts
        anchors.centerIn: parent
        spacing: Theme.tight

        Icon {
            visible: root.glyph !== ""
            anchors.verticalCenter: parent.verticalCenter
            text: root.glyph
            size: root.small ? Theme.iconSmall : Theme.iconSize
            color: root.glyphInk
        }
        UiText {
            visible: text !== ""
            anchors.verticalCenter: parent.verticalCenter
            text: root.words
            role: root.faint ? UiText.Caption : UiText.Small
            strong: !root.faint
            color: root.ink
            Accessible.ignored: true
        }
        KeyHint {
            visible: root.keys !== ""
            anchors.verticalCenter: parent.verticalCenter
            keys: root.keys
            inverted: root.inverted
        }
        Icon {
            visible: root.opensMenu
            anchors.verticalCenter: parent.verticalCenter
            text: Icons.chevronDown
            size: Theme.iconSmall
            color: Theme.text3
        }
    }
}
