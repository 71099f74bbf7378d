// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Orchestra.Ui
import Orchestra.Testing

Item {
    id: root
    width: 900
    height: 640

    AccessProbe { id: probe }
    SignalSpy { id: spy }
    Component {
        id: scene
        Item {
            id: scope
            property alias table: table
            property alias rows: rows
            property alias bar: bar
            anchors.fill: parent

            RowModel {
                id: rows
                columns: 4
                frozen: table.holding
                Component.onCompleted: {
                    for (let at = 0; at < 500; ++at)
                        add("c-" + at, ["Active", "user" + at, String(at), at + " min"], Status.Ok, at / 500);
                }
            }
            FilterBar {
                id: bar
                width: 500
                heldMoves: rows.heldMoves
                onOrderWanted: table.applyOrder()
            }
            DataTable {
                id: table
                y: 100
                width: 700
                height: 300
                name: "Connections"
                model: rows
                onRowWanted: row => currentRow = row
                onMarkWanted: row => rows.setMarked(row, true)
                DataColumn { section: 0; title: "State"; kind: DataColumn.Mark; width: 100 }
                DataColumn { section: 1; title: "User"; lead: true; width: 100; stretches: true; showsChange: true }
                DataColumn { section: 2; title: "Queue"; kind: DataColumn.Figure; width: 80 }
                DataColumn { section: 3; title: "Up"; kind: DataColumn.Figure; width: 80; sortable: false }
            }
        }
    }

    UiCase {
        name: "DataTable"
        when: windowShown

        function make() {
            mouseMove(root, 890, 630);
            const item = createTemporaryObject(scene, root);
            root.forceActiveFocus();
            waitForRendering(root);
            return item;
        }
        function cells(table) {
            return allOf(table, child => child.rowKey !== undefined);
        }

        function test_onlyWhatIsVisibleExists() {
            const s = make();
            compare(s.table.rowCount, 500);
            const count = cells(s.table).length;
            verify(count > 0 && count < 4 * 20, "cells: " + count);
        }
        function test_arrowsMoveTheCurrentRow() {
            const s = make();
            s.table.forceActiveFocus();
            keyClick(Qt.Key_Down);
            compare(s.table.currentRow, 0);
            keyClick(Qt.Key_Down);
            compare(s.table.currentRow, 1);
            keyClick(Qt.Key_Up);
            compare(s.table.currentRow, 0);
            keyClick(Qt.Key_Up);
            compare(s.table.currentRow, 0);
            keyClick(Qt.Key_End);
            compare(s.table.currentRow, 499);
            keyClick(Qt.Key_PageUp);
            compare(s.table.currentRow, 499 - s.table.pageRows);
            keyClick(Qt.Key_Home);
            compare(s.table.currentRow, 0);
            keyClick(Qt.Key_PageDown);
            compare(s.table.currentRow, s.table.pageRows);
        }
        function test_theCurrentRowScrollsIntoSight() {
            const s = make();
            s.table.forceActiveFocus();
            keyClick(Qt.Key_End);
            compare(s.table.firstRow, Math.floor(500 - (300 - 28) / 28));
            waitForRendering(root);
            verify(cells(s.table).some(cell => cell.rowKey === "c-499"));
        }
        function test_spaceMarksReturnOpens() {
            const s = make();
            s.table.forceActiveFocus();
            keyClick(Qt.Key_Down);
            watch(spy, s.table, "markWanted");
            keyClick(Qt.Key_Space);
            compare(spy.count, 1);
            compare(spy.signalArguments[0][0], 0);
            watch(spy, s.table, "opened");
            keyClick(Qt.Key_Return);
            compare(spy.signalArguments[0][0], 0);
        }
        function test_shiftArrowsTakeARange() {
            const s = make();
            s.table.forceActiveFocus();
            keyClick(Qt.Key_Down);
            keyClick(Qt.Key_Down);
            watch(spy, s.table, "rangeWanted");
            keyClick(Qt.Key_Down, Qt.ShiftModifier);
            keyClick(Qt.Key_Down, Qt.ShiftModifier);
            compare([spy.signalArguments[1][0], spy.signalArguments[1][1]], [1, 3]);
        }
        function test_controlKeysAreAskedForNotDone() {
            const s = make();
            s.table.forceActiveFocus();
            watch(spy, s.table, "allWanted");
            keyClick(Qt.Key_A, Qt.ControlModifier);
            compare(spy.count, 1);
            watch(spy, s.table, "copyWanted");
            keyClick(Qt.Key_C, Qt.ControlModifier);
            compare(spy.count, 1);
        }
        function test_aClickSelectsTheRowUnderIt() {
            const s = make();
            mouseClick(s.table, 200, 28 + 28 * 3 + 10);
            compare(s.table.currentRow, 3);
            verify(s.table.activeFocus);
            watch(spy, s.table, "opened");
            mouseDoubleClickSequence(s.table, 200, 28 + 28 * 5 + 10);
            compare(spy.count, 1);
            compare(spy.signalArguments[0][0], 5);
        }
        function test_orderHoldsWhileThePointerIsInside() {
            const s = make();
            verify(!s.table.holding);
            mouseMove(s.table, 200, 150);
            tryVerify(() => s.table.holding);
            s.rows.move(3, 0);
            compare(s.rows.keyAt(0), "c-0");
            compare(s.rows.heldMoves, 1);
            mouseMove(root, 890, 630);
            tryVerify(() => !s.table.holding);
            compare(s.rows.keyAt(0), "c-3");
            compare(s.rows.heldMoves, 0);
        }
        function test_orderHoldsWhileTheFocusIsInside() {
            const s = make();
            s.table.forceActiveFocus();
            verify(!s.table.holding, "no row is chosen, so nothing can move away from under the eyes");
            keyClick(Qt.Key_Down);
            s.rows.move(3, 0);
            compare(s.rows.keyAt(0), "c-0");
            s.bar.forceActiveFocus();
            compare(s.rows.keyAt(0), "c-3");
        }
        function test_theHintLetsTheOrderThroughOnce() {
            const s = make();
            s.table.forceActiveFocus();
            keyClick(Qt.Key_Down);
            s.rows.move(5, 1);
            compare(s.bar.heldMoves, 1);
            s.table.applyOrder();
            compare(s.rows.keyAt(1), "c-5");
            tryVerify(() => s.table.holding);
            s.rows.move(9, 0);
            compare(s.rows.keyAt(0), "c-0");
        }
        function test_valuesChangeInPlaceWhileTheOrderHolds() {
            const s = make();
            s.table.forceActiveFocus();
            s.rows.setCell(2, 1, "renamed");
            waitForRendering(root);
            verify(cells(s.table).some(cell => cell.rowKey === "c-2" && cell.words === "renamed"));
        }
        function test_aChangeIsMarkedForAMoment() {
            const s = make();
            const cell = cells(s.table).find(one => one.rowKey === "c-1" && one.column === 1);
            compare(cell.changedAt, -1);
            s.rows.setCell(1, 1, "renamed");
            tryVerify(() => cell.changedAt >= 0);
            const since = cell.changedAt;
            tryVerify(() => s.table.beat - since >= 3, 3000);
            const still = s.table.beat;
            wait(500);
            verify(s.table.beat <= still + 1, "the beat rests when nothing changes");
        }
        function test_scrollingMarksNothing() {
            const s = make();
            s.table.forceActiveFocus();
            keyClick(Qt.Key_End);
            waitForRendering(root);
            keyClick(Qt.Key_Home);
            waitForRendering(root);
            for (const cell of cells(s.table))
                compare(cell.changedAt, -1);
        }
        function test_headsSortByPointerAndKeys() {
            const s = make();
            watch(spy, s.table, "sortWanted");
            mouseClick(s.table, 40, 10);
            compare(spy.count, 1);
            compare([spy.signalArguments[0][0], spy.signalArguments[0][1]], [0, false]);
            s.table.sortSection = 0;
            mouseClick(s.table, 40, 10);
            compare([spy.signalArguments[1][0], spy.signalArguments[1][1]], [0, true]);
            const head = s.table.children[0];
            head.forceActiveFocus();
            keyClick(Qt.Key_Right);
            keyClick(Qt.Key_Right);
            keyClick(Qt.Key_Return);
            compare([spy.signalArguments[2][0], spy.signalArguments[2][1]], [2, true]);
            keyClick(Qt.Key_Right);
            keyClick(Qt.Key_Return);
            compare(spy.count, 3);
        }
        function test_hiddenColumnsAreGone() {
            const s = make();
            const view = allOf(s.table, child => child.itemAtCell !== undefined)[0];
            verify(view.itemAtCell(1, 0));
            s.table.hiddenSections = [1];
            waitForRendering(root);
            verify(!view.itemAtCell(1, 0));
            compare(view.itemAtCell(2, 0).x, s.table.layout.widthOf(0) + s.table.margin);
            s.table.hiddenSections = s.table.layout.toggled(1);
            waitForRendering(root);
            verify(view.itemAtCell(1, 0));
        }
        function test_speaksItsCellsAndItself() {
            const s = make();
            compare(probe.spoken(s.table), "Table: Connections");
            const cell = cells(s.table).find(one => one.rowKey === "c-0" && one.column === 1);
            compare(probe.spoken(cell), "Cell: User: user0");
            compare(probe.nameless(s.table), []);
        }
        function test_saysWhichRowsAreOnScreen() {
            const s = make();
            watch(spy, s.table, "scrolled");
            s.table.forceActiveFocus();
            keyClick(Qt.Key_End);
            const last = spy.signalArguments[spy.count - 1];
            verify(last[0] > 480 && last[1] >= 499, last[0] + " " + last[1]);
        }
        function test_rowsFollowDensity() {
            const s = make();
            Theme.density = Theme.Cosy;
            waitForRendering(root);
            const cell = cells(s.table).find(one => one.rowKey === "c-1");
            compare(cell.height, 36);
        }
    }
}
