// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import Orchestra.Ui

/* A name for the filter of now; it then hangs under its screen in the rail. */
Popup {
    id: root

    signal saved(string name)

    function save() {
        const name = field.text.trim();
        if (name === "")
            return;
        saved(name);
        close();
    }

    width: Theme.px(260)
    height: Theme.controlHeight + Theme.s3 * 2
    padding: Theme.s3
    focus: true
    closePolicy: Popup.CloseOnEscape | Popup.CloseOnPressOutside
    onOpened: field.clear()
    background: Sheet {
        corner: Theme.radius
    }

    UiField {
        id: field
        anchors.left: parent.left
        anchors.right: save.left
        anchors.rightMargin: Theme.s2
        focus: true
        placeholderText: qsTr("Name of this filter")
        onAccepted: root.save()
    }
    UiButton {
        id: save
        anchors.right: parent.right
        text: qsTr("Save")
        available: field.text.trim() !== ""
        reason: qsTr("A name is needed")
        onTriggered: root.save()
    }
}
