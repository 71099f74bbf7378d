// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Orchestra.Ui
import Orchestra.Testing

Item {
    id: root
    width: 800
    height: 600

    AccessProbe { id: probe }
    ListModel { id: found }
    SignalSpy { id: spy }
    Component {
        id: paletteOf
        CommandPalette {
            width: implicitWidth
            height: implicitHeight
            rows: found
        }
    }

    UiCase {
        name: "CommandPalette"
        when: windowShown

        function make() {
            found.clear();
            found.append({ glyph: "flags", title: "v2_api", detail: "flag", keysText: "Enter", riskText: "", available: true, reason: "", spoken: "" });
            found.append({ glyph: "close", title: "Close all…", detail: "", keysText: "", riskText: "disruptive", available: false, reason: "prod is read-only", spoken: "" });
            const palette = createTemporaryObject(paletteOf, root);
            palette.forceActiveFocus();
            return palette;
        }
        function test_typingAsks() {
            const palette = make();
            watch(spy, palette, "queryEdited");
            keyClick("v");
            compare(spy.signalArguments[0][0], "v");
        }
        function test_arrowsChooseReturnRuns() {
            const palette = make();
            palette.currentRow = 0;
            keyClick(Qt.Key_Down);
            compare(palette.currentRow, 1);
            keyClick(Qt.Key_Down);
            compare(palette.currentRow, 1);
            watch(spy, palette, "ran");
            keyClick(Qt.Key_Return);
            compare(spy.signalArguments[0][0], 1);
            watch(spy, palette, "completed");
            keyClick(Qt.Key_Tab);
            compare(spy.signalArguments[0][0], 1);
        }
        function test_escapeDismisses() {
            const palette = make();
            watch(spy, palette, "dismissed");
            keyClick(Qt.Key_Escape);
            compare(spy.count, 1);
        }
        function test_whatCannotBeDoneStaysWithItsReason() {
            const palette = make();
            palette.currentRow = 1;
            const field = root.Window.activeFocusItem;
            compare(field.Accessible.description, "");
            const row = allOf(palette, child => child.title === "Close all…")[0];
            verify(row);
            compare(probe.spoken(row), "ListItem: Close all…, prod is read-only");
        }
        function test_aClickRuns() {
            const palette = make();
            waitForRendering(root);
            watch(spy, palette, "ran");
            mouseClick(palette, 100, 48 + 6 + 36 + 18);
            compare(spy.count, 1);
            compare(spy.signalArguments[0][0], 1);
        }
        function test_emptyIsSaid() {
            const palette = make();
            found.clear();
            tryVerify(() => root.Window.activeFocusItem.Accessible.description === "Nothing found");
            compare(probe.nameless(palette), []);
        }
    }
}
