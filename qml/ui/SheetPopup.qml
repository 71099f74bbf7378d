// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Templates as T

/* Holds one sheet above everything: dims the rest, keeps the focus inside, gives it back when it closes. */
Popup {
    id: root

    property string title

    modal: true
    focus: true
    padding: 0
    closePolicy: Popup.CloseOnEscape
    enter: Transition {
        NumberAnimation {
            property: "opacity"
            from: 0
            to: 1
            duration: Theme.motionFast
        }
    }
    exit: Transition {
        NumberAnimation {
            property: "opacity"
            to: 0
            duration: Theme.motionFast
        }
    }
    background: Item {}
    T.Overlay.modal: Rectangle {
        color: Theme.scrim
    }
}
