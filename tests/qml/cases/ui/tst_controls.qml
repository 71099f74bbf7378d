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
    Component { id: buttons; Row {
        property alias one: first
        property alias two: second
        UiButton { id: first; text: "Probe now"; keys: "Ctrl P" }
        UiButton { id: second; text: "Close…"; kind: UiButton.Danger; available: false; reason: "prod is read-only" }
        UiButton { glyph: Icons.more; tip: "More" }
    } }
    Component { id: chip; Chip { label: "state"; value: "active"; removable: true } }
    Component { id: linkChip; Chip { label: "trace"; value: "c4417e"; link: true } }
    Component { id: tile; StatTile { width: 180; label: "Active clients"; value: "412"; unit: "of 1000"; note: "fine" } }
    Component { id: fact; FactRow { width: 300; name: "Session"; value: "s-20c4"; link: true } }
    Component { id: tool; ToolCall { width: 300; name: "query_logs"; parameters: "breaker:n8n"; tookText: "212 ms"; result: "3 rows" } }
    Component { id: card; BreakerCard { name: "n8n"; stateText: "Open (refusing)"; status: Status.Bad; rateText: "60 % failed"; outcomes: "oosff" } }
    Component { id: toast; Toast { message: "stream_merge is off"; undoKeys: "Ctrl Z" } }
    Component { id: text; UiText { text: "<b>not bold</b><img src='http://127.0.0.1:1/x.png'>" } }
    Component { id: strip; OutcomeStrip { width: 200; outcomes: "ooosff rr" } }
    Component { id: inspector; Inspector {
        width: 360; height: 500; title: "ben"; subtitle: "Slow reader"; tabs: ["Facts", "Raw"]; lockReason: "prod is read-only"
        footer: UiButton { text: "Open chat" }
    } }
    SignalSpy { id: spy }

    UiCase {
        name: "Controls"
        when: windowShown

        function make(component) {
            const item = createTemporaryObject(component, root);
            verify(item);
            return item;
        }

        function test_everythingThatCanBeOperatedHasANameAndARole_data() {
            return [{ tag: "buttons", component: buttons }, { tag: "chip", component: chip }, { tag: "link chip", component: linkChip }, { tag: "tile", component: tile },
                { tag: "fact", component: fact }, { tag: "tool", component: tool }, { tag: "card", component: card }, { tag: "toast", component: toast }, { tag: "inspector", component: inspector }];
        }
        function test_everythingThatCanBeOperatedHasANameAndARole(row) {
            const item = make(row.component);
            compare(probe.nameless(item), []);
        }
        function test_aButtonActsByPointerAndKeys() {
            const button = make(buttons).one;
            watch(spy, button, "triggered");
            mouseClick(button);
            compare(spy.count, 1);
            button.forceActiveFocus(Qt.TabFocusReason);
            keyClick(Qt.Key_Space);
            compare(spy.count, 2);
            keyClick(Qt.Key_Return);
            compare(spy.count, 3);
        }
        function test_anUnavailableButtonStaysReachableAndSaysWhy() {
            const button = make(buttons).two;
            watch(spy, button, "triggered");
            button.forceActiveFocus(Qt.TabFocusReason);
            verify(button.activeFocus);
            keyClick(Qt.Key_Space);
            keyClick(Qt.Key_Return);
            mouseClick(button);
            compare(spy.count, 0);
            compare(button.Accessible.description, "prod is read-only");
            compare(button.Accessible.name, "Close…");
        }
        function test_aButtonWithoutWordsIsNamedByItsTip() {
            const row = make(buttons);
            compare(probe.spoken(row.children[2]), "Button: More");
        }
        function test_theFocusRingShowsForTheKeyboard() {
            const button = make(buttons).one;
            button.forceActiveFocus(Qt.TabFocusReason);
            verify(button.visualFocus);
            button.focus = false;
            mouseClick(button);
            verify(!button.visualFocus);
        }
        function test_aFilterChipGoesByPointerAndKeys() {
            const item = make(chip);
            watch(spy, item, "removed");
            mouseClick(item);
            item.forceActiveFocus();
            keyClick(Qt.Key_Delete);
            keyClick(Qt.Key_Return);
            compare(spy.count, 3);
            compare(probe.spoken(item), "Button: Remove filter state active");
        }
        function test_aLinkChipIsALink() {
            const item = make(linkChip);
            watch(spy, item, "followed");
            item.forceActiveFocus();
            keyClick(Qt.Key_Return);
            mouseClick(item);
            compare(spy.count, 2);
            compare(probe.spoken(item), "Link: trace c4417e");
        }
        function test_aTileIsOneButtonWithOneSentence() {
            const item = make(tile);
            compare(probe.spoken(item), "Button: Active clients, 412 of 1000, fine");
            watch(spy, item, "triggered");
            mouseClick(item, 20, 20);
            item.forceActiveFocus();
            keyClick(Qt.Key_Space);
            compare(spy.count, 2);
            item.focus = false;
            item.clickable = false;
            mouseClick(item, 20, 20);
            compare(spy.count, 2);
            verify(!item.activeFocusOnTab);
        }
        function test_aFactThatLeadsSomewhereIsALink() {
            const item = make(fact);
            watch(spy, item, "followed");
            item.forceActiveFocus();
            keyClick(Qt.Key_Return);
            compare(spy.count, 1);
            compare(probe.spoken(item), "Link: Session: s-20c4");
        }
        function test_aToolCallOpens() {
            const item = make(tool);
            const closed = item.implicitHeight;
            item.forceActiveFocus();
            keyClick(Qt.Key_Return);
            verify(item.open);
            verify(item.implicitHeight > closed);
            mouseClick(item, 20, 10);
            verify(!item.open);
        }
        function test_aBreakerReadsAsASentence() {
            compare(probe.spoken(make(card)), "Button: n8n, Open (refusing), 60 % failed");
        }
        function test_aToastOffersTheWayBack() {
            const item = make(toast);
            watch(spy, item, "undone");
            item.forceActiveFocus();
            mouseClick(item, item.width - 60, item.height / 2);
            compare(spy.count, 1);
            item.undoable = false;
            waitForRendering(item);
            watch(spy, item, "dismissed");
            mouseClick(item, item.width - 20, item.height / 2);
            compare(spy.count, 1);
        }
        function test_textIsNeverMarkup() {
            const item = make(text);
            compare(item.textFormat, Text.PlainText);
            verify(item.implicitWidth > 200, "the tags are shown, not read");
        }
        function test_outcomesAreCountedForTheScreenReader() {
            compare(probe.spoken(make(strip)), "Graphic: Last 9 calls: 2 failed, 1 slow");
        }
        function test_outcomesDifferInHeight() {
            const item = make(strip);
            const heights = ["o", "s", "f", "r"].map(one => item.tallOf(one));
            compare(new Set(heights).size, 4);
        }
        function test_inspectorTabsGoByArrows() {
            const item = make(inspector);
            const stops = (item.forceActiveFocus(), probe.tabStops(item));
            verify(stops.includes("PageTabList: Views"), stops.join("; "));
            verify(stops.includes("Button: Open chat"), stops.join("; "));
            item.step(1);
            compare(item.tab, 1);
            item.step(1);
            compare(item.tab, 1);
            item.step(-1);
            compare(item.tab, 0);
        }
        function test_inspectorCloses() {
            const item = make(inspector);
            watch(spy, item, "closed");
            mouseClick(item, item.width - 24, 26);
            compare(spy.count, 1);
        }
    }
}
