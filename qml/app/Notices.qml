// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import Orchestra.Ui
import Orchestra.Console

/* What is about to happen and what just has; floats, and never moves what lies below. */
FocusScope {
    id: root

    required property Console console
    readonly property PendingAction pending: console.actions.pending
    readonly property Notice notice: console.actions.notice
    readonly property string busyText: console.actions.busyText

    /// Something that had the focus has gone.
    signal emptied

    implicitWidth: Theme.px(380)
    implicitHeight: column.implicitHeight
    visible: pending !== null || notice !== null || busyText !== ""
    onPendingChanged: if (!pending && activeFocus) emptied()
    onNoticeChanged: if (!notice && activeFocus) emptied()

    Column {
        id: column
        spacing: Theme.s2

        PendingBar {
            visible: root.pending !== null
            width: Theme.px(380)
            headline: root.pending ? root.pending.text : ""
            preview: root.pending ? root.pending.remainingText : ""
            remaining: root.pending ? root.pending.remaining : 0

            UiButton {
                text: qsTr("Cancel")
                onTriggered: root.pending.cancel()
            }
        }
        PendingBar {
            visible: root.busyText !== ""
            width: Theme.px(380)
            height: Theme.px(40)
            headline: root.busyText
        }
        Toast {
            visible: root.notice !== null
            width: Theme.px(380)
            height: implicitHeight
            message: root.notice ? root.notice.text : ""
            status: root.notice ? root.notice.status : Status.Ok
            undoable: root.notice ? root.notice.undoable : false
            undoKeys: root.console.keymap.keysFor(Keymap.Undo)
            remaining: root.notice ? root.notice.remaining : 0
            onUndone: root.notice.undo()
            onDismissed: root.notice.dismiss()
        }
    }
}
