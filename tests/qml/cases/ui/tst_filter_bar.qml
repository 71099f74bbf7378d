// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Orchestra.Ui
import Orchestra.Testing

Item {
    id: root
    width: 800
    height: 400

    AccessProbe { id: probe }
    ListModel { id: chipRows }
    SignalSpy { id: spy }
    Component {
        id: barOf
        FilterBar {
            width: 600
            chips: chipRows
            countText: "38 of 412"
        }
    }

    UiCase {
        name: "FilterBar"
        when: windowShown

        function make(properties) {
            chipRows.clear();
            chipRows.append({ label: "state", value: "active", negated: false });
            chipRows.append({ label: "", value: "idle", negated: true });
            const bar = createTemporaryObject(barOf, root, properties ?? {});
            bar.forceActiveFocus();
            return bar;
        }
        function test_typingIsReportedAndCommitted() {
            const bar = make();
            watch(spy, bar, "edited");
            keyClick("a");
            keyClick("b");
            compare(spy.signalArguments[1][0], "ab");
            watch(spy, bar, "committed");
            keyClick(Qt.Key_Return);
            compare(spy.count, 1);
        }
        function test_escapeGoesOneStepBackAtATime() {
            const bar = make();
            keyClick("a");
            keyClick(Qt.Key_Escape);
            compare(bar.text, "");
            watch(spy, bar, "cleared");
            keyClick(Qt.Key_Escape);
            compare(spy.count, 1);
            chipRows.clear();
            watch(spy, bar, "leaving");
            keyClick(Qt.Key_Escape);
            compare(spy.count, 1);
        }
        function test_backspaceInAnEmptyFieldTakesTheLastChip() {
            const bar = make();
            watch(spy, bar, "chipRemoved");
            keyClick(Qt.Key_Backspace);
            compare(spy.count, 1);
            compare(spy.signalArguments[0][0], 1);
            keyClick("a");
            keyClick(Qt.Key_Backspace);
            compare(spy.count, 1);
        }
        function test_completionsGoByArrowsAndTab() {
            const bar = make();
            bar.completions = ["state:", "seq>"];
            verify(!bar.completing);
            keyClick("s");
            verify(bar.completing);
            watch(spy, bar, "completed");
            keyClick(Qt.Key_Down);
            keyClick(Qt.Key_Down);
            keyClick(Qt.Key_Tab);
            compare(spy.count, 1);
            compare(spy.signalArguments[0][0], 1);
        }
        function test_showsWhatIsWrong() {
            const bar = make({ error: "\"idle>\" needs a number" });
            verify(bar.error !== "");
            compare(probe.nameless(bar), []);
        }
        function test_theHintAsksForTheOrder() {
            const bar = make({ heldMoves: 5 });
            watch(spy, bar, "orderWanted");
            const stops = probe.tabStops(bar);
            verify(stops.includes("Button: +5"), stops.join("; "));
        }
    }
}
