// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic

/* Several lines of plain text to type. */
ScrollView {
    id: root

    property alias text: area.text
    property alias placeholder: area.placeholderText
    property alias editor: area
    property string name: placeholder

    signal edited(string text)

    contentWidth: availableWidth
    ScrollBar.vertical: UiScrollBar {
        parent: root
        x: root.width - width
        height: root.height
    }

    TextArea {
        id: area
        width: root.availableWidth
        padding: 0
        focus: true
        wrapMode: TextEdit.Wrap
        textFormat: TextEdit.PlainText
        renderType: Text.NativeRendering
        font.family: Theme.sans
        font.pixelSize: Theme.textBody
        font.hintingPreference: Font.PreferNoHinting
        color: Theme.text1
        placeholderTextColor: Theme.text3
        selectionColor: Theme.accentFill
        selectedTextColor: Theme.accentInk
        selectByMouse: true
        background: Item {}
        Accessible.role: Accessible.EditableText
        Accessible.name: root.name
        Accessible.multiLine: true
        KeyNavigation.priority: KeyNavigation.BeforeItem
        onTextChanged: if (activeFocus) root.edited(text)

        cursorDelegate: Rectangle {
            visible: area.activeFocus && area.cursorVisible
            width: Theme.selectionEdge
            color: Theme.accent
        }
    }
}
