// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic

/* One line of text to type. The placeholder is also its name unless `name` says more. */
TextField {
    id: root

    property string name: placeholderText
    property string glyph
    property bool mono: false
    property bool invalid: false
    property bool bare: false

    implicitHeight: Theme.controlHeight
    leftPadding: glyph !== "" ? Theme.s8 - Theme.s1 : Theme.s3 - Theme.hair * 2
    rightPadding: Theme.s2
    topPadding: 0
    bottomPadding: 0
    verticalAlignment: TextInput.AlignVCenter
    renderType: Text.NativeRendering
    font.family: mono ? Theme.mono : Theme.sans
    font.pixelSize: Theme.textSmall
    font.hintingPreference: Font.PreferNoHinting
    color: Theme.text1
    placeholderTextColor: Theme.text3
    selectionColor: Theme.accentFill
    selectedTextColor: Theme.accentInk
    selectByMouse: true
    Accessible.role: Accessible.EditableText
    Accessible.name: name

    cursorDelegate: Rectangle {
        visible: root.activeFocus && root.cursorVisible
        width: Theme.selectionEdge
        color: Theme.accent
    }
    background: Rectangle {
        visible: !root.bare
        radius: Theme.radius
        color: Theme.canvas
        border.width: Theme.hair
        border.color: root.invalid ? Theme.badEdge : root.activeFocus ? Theme.accent : Theme.lineStrong

        FocusRing {
            visible: root.activeFocus
        }
    }

    Icon {
        x: Theme.s2
        visible: root.glyph !== ""
        anchors.verticalCenter: parent.verticalCenter
        size: Theme.iconSmall
        text: root.glyph
        color: Theme.text3
    }
}
