// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic

/*
    A button. What cannot be done now stays reachable and says why: set `available` and `reason` instead of `enabled`, and
    connect `triggered`, which is only sent while it is available.
*/
Button {
    id: root

    /// Faint is for the status line: a caption that can be pressed.
    enum Kind { Primary, Plain, Quiet, Danger, Faint }

    property int kind: UiButton.Plain
    property string glyph
    property string keys
    property bool small: false
    property bool opensMenu: false
    property bool available: true
    property string reason
    /// What a button without words does.
    property string tip

    readonly property bool wordless: text === ""
    readonly property string explanation: available ? tip : reason
    readonly property bool edged: kind === UiButton.Plain || kind === UiButton.Danger
    property color ink: !available ? Theme.disabled : kind === UiButton.Primary ? Theme.accentInk : kind === UiButton.Danger ? Theme.bad : kind === UiButton.Quiet ? Theme.text2 : kind === UiButton.Faint ? Theme.text3 : Theme.text1
    readonly property color surface: kind === UiButton.Primary ? (available ? Theme.accentFill : Theme.pressed) : down && available ? Theme.pressed : hovered && available ? Theme.hover : edged ? Theme.raised : "transparent"

    signal triggered

    implicitHeight: small ? Theme.controlSmall : Theme.controlHeight
    leftPadding: wordless ? Theme.tight : glyph !== "" ? Theme.s2 : Theme.s3 - Theme.hair * 2
    rightPadding: wordless || opensMenu || keys !== "" ? Theme.tight : Theme.s3 - Theme.hair * 2
    topPadding: 0
    bottomPadding: 0
    hoverEnabled: true
    focusPolicy: Qt.StrongFocus
    Accessible.name: wordless ? tip : text
    Accessible.description: available ? keys : reason
    Accessible.role: opensMenu ? Accessible.ButtonMenu : Accessible.Button
    onClicked: if (available) triggered()
    Keys.onReturnPressed: root.clicked()
    Keys.onEnterPressed: root.clicked()

    contentItem: ButtonFace {
        words: root.text
        glyph: root.glyph
        keys: root.keys
        small: root.small
        faint: root.kind === UiButton.Faint
        opensMenu: root.opensMenu
        ink: root.ink
        glyphInk: root.kind === UiButton.Plain && root.available ? Theme.text2 : root.ink
        inverted: root.kind === UiButton.Primary && root.available
    }
    background: Rectangle {
        radius: Theme.radius
        color: root.surface
        border.width: root.edged ? Theme.hair : 0
        border.color: !root.available ? Theme.line : root.kind === UiButton.Danger ? Theme.badEdge : Theme.lineStrong

        FocusRing {
            visible: root.visualFocus
        }
    }

    // Instead of a Loader, which Qt 6.4 cannot give a bound component.
    Instantiator {
        active: (root.hovered || root.visualFocus) && root.explanation !== ""
        delegate: Tip {
            parent: root
            visible: true
            text: root.explanation
        }
    }
}
