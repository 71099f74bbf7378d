// SPDX-License-Identifier: GPL-3.0-or-later
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Controls.Basic
import Orchestra.Ui
import Orchestra.Console

/* What lies over the frame until it is answered: the palette, the keys, a question, the reason of a lost link. */
Item {
    id: root

    required property Console console
    readonly property Confirmation asked: console.actions.confirmation
    readonly property bool covered: palettePopup.visible || keysPopup.visible || confirmPopup.visible || whyPopup.visible || reviewPopup.visible

    function openPalette() {
        console.commands.reset();
        palettePopup.open();
    }
    function openKeys() {
        keysPopup.open();
    }
    function openWhy() {
        whyPopup.open();
    }

    SheetPopup {
        id: palettePopup
        anchors.centerIn: parent
        title: qsTr("Command palette")
        width: Math.min(root.width - Theme.s8, Theme.px(520))
        height: palette.implicitHeight

        CommandPalette {
            id: palette
            anchors.fill: parent
            focus: true
            rows: root.console.commands
            currentRow: root.console.commands.currentRow
            query: root.console.commands.query
            onQueryEdited: text => root.console.commands.query = text
            onRan: row => {
                if (root.console.commands.run(row))
                    palettePopup.close();
            }
            onCompleted: row => root.console.commands.complete(row)
            onDismissed: palettePopup.close()
        }
    }
    SheetPopup {
        id: keysPopup
        anchors.centerIn: parent
        title: qsTr("Keys")
        width: Math.min(root.width - Theme.s8, Theme.px(560))
        height: Math.min(root.height - Theme.s8, Theme.px(560))

        KeysSheet {
            anchors.fill: parent
            focus: true
            keymap: root.console.keymap
            onDismissed: keysPopup.close()
        }
    }
    SheetPopup {
        id: reviewPopup
        anchors.centerIn: parent
        title: root.console.review.name
        visible: root.console.review.shown
        closePolicy: Popup.NoAutoClose
        width: Math.min(root.width - Theme.s8, Theme.px(720))
        height: Math.min(root.height - Theme.s8, Theme.px(600))

        ToolSheet {
            anchors.fill: parent
            focus: true
            console: root.console
            onDismissed: root.console.review.close()
        }
    }
    SheetPopup {
        id: confirmPopup
        anchors.centerIn: parent
        title: root.asked ? root.asked.title : ""
        visible: root.asked !== null
        closePolicy: Popup.NoAutoClose
        width: Math.min(root.width - Theme.s8, Theme.px(460))
        height: Math.min(root.height - Theme.s8, sheets.childrenRect.height)

        // Made anew for each question: nothing typed for one may stand in the next.
        Item {
            id: sheets
            anchors.fill: parent

            Repeater {
                model: root.asked ? 1 : 0

                ConfirmSheet {
                    width: sheets.width
                    height: implicitHeight
                    focus: true
                    title: root.asked ? root.asked.title : ""
                    effect: root.asked ? root.asked.effect : ""
                    items: root.asked ? root.asked.items : null
                    verb: root.asked ? root.asked.verb : ""
                    typeToConfirm: root.asked ? root.asked.typeToConfirm : ""
                    reasonNeeded: root.asked ? root.asked.reasonNeeded : false
                    conflict: root.asked ? root.asked.conflictText : ""
                    onAccepted: reason => root.asked.accept(reason)
                    onCancelled: root.asked.cancel()
                    Component.onCompleted: forceActiveFocus()
                }
            }
        }
    }
    SheetPopup {
        id: whyPopup
        anchors.centerIn: parent
        title: qsTr("Why the link is down")
        width: Math.min(root.width - Theme.s8, Theme.px(460))
        height: why.implicitHeight

        WhySheet {
            id: why
            anchors.fill: parent
            focus: true
            link: root.console.link
            onCopyWanted: text => root.console.copy(text)
            onDismissed: whyPopup.close()
        }
    }
}
