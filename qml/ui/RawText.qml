// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic

/* Machine text to read, select and copy: JSON, commands. Never markup. */
Flickable {
    id: root

    property alias text: words.text
    property string name

    contentWidth: words.implicitWidth
    contentHeight: words.implicitHeight
    boundsBehavior: Flickable.StopAtBounds
    clip: true
    ScrollBar.vertical: UiScrollBar {}
    ScrollBar.horizontal: UiScrollBar {}

    TextEdit {
        id: words
        readOnly: true
        selectByMouse: true
        activeFocusOnTab: true
        textFormat: TextEdit.PlainText
        renderType: Text.NativeRendering
        font.family: Theme.mono
        font.pixelSize: Theme.textCaption
        font.hintingPreference: Font.PreferNoHinting
        color: Theme.text2
        selectionColor: Theme.accentFill
        selectedTextColor: Theme.accentInk
        Accessible.role: Accessible.EditableText
        Accessible.name: root.name
        Accessible.readOnly: true
    }
}
