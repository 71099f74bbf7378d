// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Orchestra.Ui
import Orchestra.Testing

Item {
    id: root
    width: 800
    height: 700

    AccessProbe { id: probe }
    ListModel { id: twelve }
    SignalSpy { id: accepted; signalName: "accepted" }
    SignalSpy { id: cancelled; signalName: "cancelled" }
    Component {
        id: sheetOf
        ConfirmSheet {
            width: implicitWidth
            height: implicitHeight
            focus: true
            title: "Close 12 connections?"
            effect: "Their clients get code 4007."
            verb: "Close 12 connections"
            items: twelve
        }
    }

    UiCase {
        name: "ConfirmSheet"
        when: windowShown

        function initTestCase() {
            for (let at = 0; at < 12; ++at)
                twelve.append({ status: Status.Ok, name: "user" + at, key: "c-" + at, detail: "idle" });
        }
        function make(properties) {
            const sheet = createTemporaryObject(sheetOf, root, properties ?? {});
            verify(sheet);
            sheet.forceActiveFocus();
            accepted.target = sheet;
            cancelled.target = sheet;
            accepted.clear();
            cancelled.clear();
            return sheet;
        }
        function focused() {
            return probe.spoken(root.Window.activeFocusItem);
        }
        function test_cancelHasTheFocus() {
            make();
            compare(focused(), "Button: Cancel");
            keyClick(Qt.Key_Return);
            compare(cancelled.count, 1);
            compare(accepted.count, 0);
        }
        function test_escapeCancelsFromEverywhere() {
            make();
            for (let stop = 0; stop < 4; ++stop) {
                keyClick(Qt.Key_Escape);
                keyClick(Qt.Key_Tab);
            }
            compare(cancelled.count, 4);
            compare(accepted.count, 0);
        }
        function test_showsEightAndCountsTheRest() {
            const sheet = make();
            compare(sheet.shown, 8);
            compare(sheet.more, 4);
            twelve.remove(8, 4);
            tryCompare(sheet, "more", 0);
            for (let at = 8; at < 12; ++at)
                twelve.append({ status: Status.Ok, name: "user" + at, key: "c-" + at, detail: "idle" });
        }
        function test_theVerbIsOneTabAway() {
            make();
            keyClick(Qt.Key_Tab);
            compare(focused(), "Button: Close 12 connections");
            keyClick(Qt.Key_Space);
            compare(accepted.count, 1);
            compare(accepted.signalArguments[0][0], "");
        }
        function test_theReasonGoesAlong() {
            make();
            keyClick(Qt.Key_Tab, Qt.ShiftModifier);
            verify(focused().startsWith("EditableText: Reason"), focused());
            for (const letter of "too slow")
                keyClick(letter);
            keyClick(Qt.Key_Return);
            compare(accepted.count, 1);
            compare(accepted.signalArguments[0][0], "too slow");
        }
        function test_aNeededReasonIsNeeded() {
            const sheet = make({ reasonNeeded: true });
            keyClick(Qt.Key_Tab);
            keyClick(Qt.Key_Space);
            compare(accepted.count, 0);
            compare(sheet.missing, "Give a reason first");
        }
        function test_theNameMustBeTyped() {
            const sheet = make({ typeToConfirm: "eu1" });
            keyClick(Qt.Key_Tab);
            keyClick(Qt.Key_Space);
            compare(accepted.count, 0);
            compare(sheet.missing, "Type eu1 first");
            keyClick(Qt.Key_Tab, Qt.ShiftModifier);
            keyClick(Qt.Key_Tab, Qt.ShiftModifier);
            compare(focused(), "EditableText: Type eu1 to confirm");
            for (const letter of "eu2")
                keyClick(letter);
            keyClick(Qt.Key_Return);
            compare(accepted.count, 0);
            keyClick(Qt.Key_Backspace);
            keyClick("1");
            keyClick(Qt.Key_Return);
            compare(accepted.count, 1);
        }
        function test_isADialogThatReadsItsEffect() {
            const sheet = make();
            compare(probe.spoken(sheet), "Dialog: Close 12 connections?");
            compare(sheet.Accessible.description, "Their clients get code 4007.");
            compare(probe.nameless(sheet), []);
        }
    }
}
