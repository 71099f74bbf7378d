// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Orchestra.Ui
import Orchestra.Testing

Item {
    id: root
    width: 700
    height: 500

    property list<point> inPoints: [Qt.point(0, 10), Qt.point(100000, 20), Qt.point(200000, NaN), Qt.point(300000, 30)]

    AccessProbe { id: probe }
    Rectangle { anchors.fill: parent; color: Theme.canvas }
    ListModel { id: changes }
    SignalSpy { id: spy }
    Component {
        id: chartOf
        TimeChart {
            property alias line: first

            width: 600
            height: 200
            fromMs: 0
            toMs: 300000
            marks: changes
            spoken: "Throughput, in 30 a second"
            onCursorMoved: ms => cursorMs = ms

            TimeSeries { id: first; name: "in"; color: Theme.series1; labelColor: Theme.series1; points: root.inPoints; endLabel: "in 30" }
            TimeSeries { name: "out"; color: Theme.seriesQuiet; labelColor: Theme.text2; endLabel: "out 5" }
        }
    }

    UiCase {
        name: "TimeChart"
        when: windowShown

        function make(properties) {
            mouseMove(root, 690, 490);
            changes.clear();
            const chart = createTemporaryObject(chartOf, root, properties ?? {});
            verify(chart);
            return chart;
        }
        function test_linesAreDrawn() {
            const chart = make();
            waitForRendering(chart);
            const picture = grabImage(chart);
            const x = Math.round(chart.plot.xOf(50000)), y = Math.round(chart.plot.yOf(15));
            let drawn = false;
            for (let dy = -3; dy <= 3; ++dy)
                drawn = drawn || picture.blue(x, y + dy) > 150;
            verify(drawn, "a blue line at " + x + ", " + y);
        }
        function test_aGapIsNotBridged() {
            const chart = make();
            waitForRendering(chart);
            const picture = grabImage(chart);
            const x = Math.round(chart.plot.xOf(200000));
            for (let y = chart.plot.y; y < chart.plot.y + chart.plot.height; ++y)
                verify(picture.blue(x, y) < 120, "something at " + y);
        }
        function test_newPointsReplaceTheOld() {
            const chart = make();
            chart.line.points = [Qt.point(0, 5), Qt.point(300000, 5)];
            compare(chart.line.last, 5);
            chart.line.points = [];
            verify(isNaN(chart.line.last));
        }
        function test_endLabelsAndTicksAreWritten() {
            const words = textsOf(make());
            verify(words.includes("in 30"), words.join("; "));
            verify(!words.includes("out 5"), "a series without a value has no label");
            verify(words.includes("00:05"), words.join("; "));
            verify(words.includes("0"), words.join("; "));
        }
        function test_marksAreWrittenWhereThereIsRoom() {
            const chart = make();
            changes.append({ atMs: 100000, markText: "v2_api 5→25 %", status: Status.None });
            changes.append({ atMs: 101000, markText: "n8n open", status: Status.Bad });
            waitForRendering(chart);
            const words = textsOf(chart);
            verify(words.includes("v2_api 5→25 %") && words.includes("n8n open"), words.join("; "));
            changes.append({ atMs: 102000, markText: "a change with a very long name indeed, longer than the room there is for it on either side of it", status: 0 });
            waitForRendering(chart);
            verify(!textsOf(chart).some(one => one.startsWith("a change")), textsOf(chart).join("; "));
        }
        function test_oldDataAreShaded() {
            const chart = make({ cutMs: 200000 });
            verify(chart.cut);
            verify(textsOf(chart).includes("no data"));
            chart.cutMs = NaN;
            verify(!chart.cut);
        }
        function test_theGuardIsInSightAndNamed() {
            const chart = make({ guard: 50, guardText: "guard 50" });
            const y = chart.plot.yOf(50);
            verify(y >= chart.plot.y && y <= chart.plot.bottom);
            verify(textsOf(chart).includes("guard 50"));
        }
        function test_aGuardFarAwayLeavesTheAxisToTheLines() {
            const chart = make({ guard: 500, guardText: "guard 500" });
            verify(chart.plot.values.maximum < 100, "the axis ends at " + chart.plot.values.maximum);
            verify(textsOf(chart).includes("guard 500 ↑"), textsOf(chart).join("; "));
            chart.line.points = [Qt.point(0, 10), Qt.point(300000, 400)];
            verify(chart.plot.yOf(500) >= chart.plot.y, "near it, it is in sight again");
            verify(textsOf(chart).includes("guard 500"), textsOf(chart).join("; "));
        }
        function test_theCrosshairGoesByPointerAndKeys() {
            const chart = make();
            mouseMove(chart, chart.plot.xOf(100000), 100);
            tryVerify(() => chart.hasCursor);
            verify(Math.abs(chart.cursorMs - 100000) < 1000, String(chart.cursorMs));
            mouseMove(root, 690, 490);
            tryVerify(() => !chart.hasCursor);
            chart.forceActiveFocus();
            keyClick(Qt.Key_Left);
            compare(chart.cursorMs, 297000);
            keyClick(Qt.Key_Right);
            compare(chart.cursorMs, 300000);
            verify(chart.Accessible.description.includes("in 30"), chart.Accessible.description);
            keyClick(Qt.Key_Escape);
            verify(!chart.hasCursor);
        }
        function test_draggingZooms() {
            const chart = make();
            spy.clear();
            spy.target = chart;
            spy.signalName = "zoomed";
            mouseDrag(chart, chart.plot.xOf(100000), 100, chart.plot.xOf(200000) - chart.plot.xOf(100000), 0);
            compare(spy.count, 1);
            verify(spy.signalArguments[0][0] < spy.signalArguments[0][1]);
        }
        function test_speaksAsOneSentenceAndAsATable() {
            const chart = make();
            compare(probe.spoken(chart), "Chart: Throughput, in 30 a second");
            chart.asTable = true;
            waitForRendering(chart);
            const words = textsOf(chart);
            verify(words.includes("00:05:00") && words.includes("30") && words.includes("—"), words.join("; "));
            compare(probe.nameless(chart), []);
        }
        function test_stackedPartsLieOnEachOther() {
            const chart = make({ stacked: true });
            chart.series[1].points = [Qt.point(0, 5), Qt.point(300000, 5)];
            waitForRendering(chart);
            compare(chart.highest(), 35);
        }
    }
}
