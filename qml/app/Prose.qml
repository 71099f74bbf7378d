// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import Orchestra.Ui

/* What a person or a model wrote, as plain text; while it is still coming, a caret stands at its end. */
Item {
    id: root

    property alias text: words.text
    property bool live: false

    implicitHeight: Math.max(words.implicitHeight, caret.visible ? caret.height : 0)
    Accessible.role: Accessible.StaticText
    Accessible.name: text

    UiText {
        id: words
        width: parent.width
        wrapMode: Text.Wrap
        elide: Text.ElideNone
        lineHeight: Theme.leadingLoose
        Accessible.ignored: true
    }
    // Text moves its lines when lineLaidOut is used together with lineHeight, so the end is found on an invisible twin.
    UiText {
        id: twin
        visible: root.live
        opacity: 0
        width: parent.width
        wrapMode: Text.Wrap
        elide: Text.ElideNone
        text: root.live ? words.text : ""
        Accessible.ignored: true
        onLineLaidOut: line => {
            if (line.isLast)
                caret.x = Math.min(root.width - caret.width, line.implicitWidth + Theme.focusGap);
        }
    }
    Rectangle {
        id: caret
        visible: root.live
        y: Math.max(0, words.implicitHeight - height - Theme.s1)
        width: Theme.px(7)
        height: Theme.px(14)
        radius: Theme.hair
        color: Theme.accent
    }
}
