// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtTest
import Orchestra.Ui
import Orchestra.App
import Orchestra.Console
import Orchestra.Testing
import "../../fake"

Item {
    width: 200
    height: 200

    AccessProbe { id: probe }

    Main {
        id: win
        console: MockConsole { id: mock }

        UiCase {
            id: suite
            name: "Frame"
            when: windowShown

            function init() {
                failOnWarning(/.?/);
                win.width = 1360;
                win.height = 860;
                win.requestActivate();
                tryVerify(() => win.active);
                go(Navigation.Overview);
            }
            function cleanup() {
                keyClick(Qt.Key_Escape);
                mock.actions.confirmation = null;
                mock.actions.notice = null;
                mock.actions.pending = null;
                tryVerify(() => !win.covered);
                mock.preferences.textScale = 100;
                mock.preferences.scheme = Preferences.Dark;
            }
            function go(screen) {
                mock.navigation.open(screen, "", "");
                tryVerify(() => win.page !== null && win.page.visible);
                win.focusPage();
                tryVerify(() => win.page !== null && win.page.visible);
                tryVerify(() => win.page.activeFocus, 1000, "the screen has the focus");
            }
            function texts() {
                return textsOf(win.contentItem);
            }

            function test_theStripTellsTheTruth() {
                const words = texts();
                for (const one of ["prod", "orchestra-eu1", "Degraded: n8n open, redis half-open", "412 clients   39 msg/s   p95 407 ms", "Live", "0.4 s", "Read-only", "15 min"])
                    verify(words.includes(one), one + " is not in: " + words.join("; "));
            }
            function test_keysGoToScreens() {
                keyClick(Qt.Key_2, Qt.ControlModifier);
                compare(mock.navigation.screen, Navigation.Connections);
                keyClick(Qt.Key_3, Qt.ControlModifier);
                compare(mock.navigation.screen, Navigation.Chat);
                keyClick(Qt.Key_Comma, Qt.ControlModifier);
                compare(mock.navigation.screen, Navigation.Settings);
                keyClick(Qt.Key_1, Qt.ControlModifier);
                compare(mock.navigation.screen, Navigation.Overview);
            }
            function test_aScreenIsKeptWhenLeft() {
                go(Navigation.Connections);
                const page = win.page;
                go(Navigation.Overview);
                verify(win.page !== page);
                go(Navigation.Connections);
                verify(win.page === page);
            }
            function test_onlyTheVisibleScreenWatches() {
                go(Navigation.Connections);
                verify(mock.connections.active);
                verify(!mock.overview.active);
                go(Navigation.Overview);
                verify(!mock.connections.active);
                verify(mock.overview.active);
            }
            function test_timeKeys() {
                keyClick("p");
                verify(mock.range.paused);
                keyClick("l");
                verify(!mock.range.paused);
                mock.range.preset = TimeRange.Minutes15;
                keyClick("]");
                compare(mock.range.preset, TimeRange.Hour1);
                keyClick("[");
                compare(mock.range.preset, TimeRange.Minutes15);
                keyClick("f");
                verify(mock.overview.faultsOnly);
                keyClick("f");
            }
            function test_bareKeysDoNothingWhileOneTypes() {
                go(Navigation.Connections);
                keyClick("/");
                tryVerify(() => win.typing);
                for (const key of "plfi[]?")
                    keyClick(key);
                verify(!mock.range.paused);
                verify(!win.covered);
                verify(!mock.overview.faultsOnly);
                compare(mock.connections.filter.text, "plfi[]?");
                keyClick(Qt.Key_Escape);
                compare(mock.connections.filter.text, "");
            }
            function test_thePaletteOpensRunsAndGivesTheFocusBack() {
                keyClick(Qt.Key_K, Qt.ControlModifier);
                tryVerify(() => win.covered && win.typing);
                keyClick("c");
                compare(mock.commands.query, "c");
                keyClick(Qt.Key_Return);
                compare(mock.commands.ran, 0);
                tryVerify(() => !win.covered);
                tryVerify(() => win.page.activeFocus);
            }
            function test_whatCannotRunLeavesThePaletteOpen() {
                keyClick(Qt.Key_K, Qt.ControlModifier);
                tryVerify(() => win.covered && win.typing);
                keyClick(Qt.Key_Down);
                keyClick(Qt.Key_Return);
                compare(mock.commands.ran, 1);
                verify(win.covered);
                keyClick(Qt.Key_Escape);
                tryVerify(() => !win.covered);
            }
            function test_theKeysAreListed() {
                keyClick("?");
                tryVerify(() => win.covered);
                tryVerify(() => textsOf(win.Overlay ? win.Overlay.overlay : win.contentItem.parent).length > 0);
                keyClick(Qt.Key_Escape);
                tryVerify(() => !win.covered);
            }
            function test_aConfirmationAsksFirst() {
                const asked = mock.ask();
                tryVerify(() => win.covered);
                tryVerify(() => probe.spoken(win.activeFocusItem) === "Button: Cancel");
                keyClick(Qt.Key_2, Qt.ControlModifier);
                compare(mock.navigation.screen, Navigation.Overview, "keys of the frame rest under a sheet");
                keyClick(Qt.Key_Return);
                compare(asked.cancels, 1);
                compare(asked.acceptedWith, "no");
                keyClick(Qt.Key_Tab);
                keyClick(Qt.Key_Space);
                compare(asked.acceptedWith, "");
            }
            function test_nothingTypedForOneQuestionStandsInTheNext() {
                mock.ask();
                tryVerify(() => win.covered);
                keyClick(Qt.Key_Tab, Qt.ShiftModifier);
                keyClick("x");
                mock.actions.confirmation = null;
                tryVerify(() => !win.covered);
                const next = mock.ask();
                tryVerify(() => win.covered);
                tryVerify(() => probe.spoken(win.activeFocusItem) === "Button: Cancel");
                keyClick(Qt.Key_Tab);
                keyClick(Qt.Key_Space);
                compare(next.acceptedWith, "");
            }
            function test_aNoticeOffersTheWayBack() {
                const notice = mock.tell("stream_merge is off", true);
                tryVerify(() => texts().includes("stream_merge is off"));
                const undo = allOf(win.contentItem, item => item.text === "Undo" && item.triggered !== undefined)[0];
                mouseClick(undo);
                compare(notice.undos, 1);
                keyClick(Qt.Key_Z, Qt.ControlModifier);
                compare(mock.actions.undos, 1);
            }
            function test_aPendingActionCanBeCancelled() {
                const pending = mock.pend("Closing 12 connections");
                tryVerify(() => texts().includes("Closing 12 connections"));
                const cancel = allOf(win.contentItem, item => item.text === "Cancel" && item.triggered !== undefined)[0];
                mouseClick(cancel);
                compare(pending.cancels, 1);
            }
            function test_theBannerMovesNothing() {
                go(Navigation.Overview);
                const tile = allOf(win.contentItem, item => item.label === "Active clients")[0];
                const before = tile.mapToItem(win.contentItem, 0, 0).y;
                mock.link.phase = Link.Lost;
                mock.link.bannerText = "Lost 2 min 10 s ago.";
                tryVerify(() => texts().includes("As of 14:03:22"));
                compare(tile.mapToItem(win.contentItem, 0, 0).y, before);
                verify(win.old);
                mock.link.phase = Link.Live;
                mock.link.bannerText = "";
                tryVerify(() => !texts().includes("As of 14:03:22"));
            }
            function test_retryIsOneClickAway() {
                mock.link.phase = Link.Lost;
                const retry = allOf(win.contentItem, item => item.text === "Retry now" && item.triggered !== undefined)[0];
                waitForRendering(win.contentItem);
                mouseClick(retry);
                compare(mock.link.retries, 1);
                mock.link.phase = Link.Live;
            }
            function test_f6GoesRoundThePanes() {
                go(Navigation.Overview);
                const roles = [];
                for (let pane = 0; pane < 4; ++pane) {
                    keyClick(Qt.Key_F6);
                    let role = "";
                    for (let item = win.activeFocusItem; item; item = item.parent) {
                        const spoken = probe.spoken(item);
                        if (/^(ToolBar|PageTabList|StatusBar)/.test(spoken))
                            role = spoken;
                    }
                    roles.push(role);
                }
                compare(roles, ["StatusBar: Status line", "ToolBar: Status", "PageTabList: Screens", ""]);
            }
            function test_escapeGoesOneStepBack() {
                go(Navigation.Overview);
                mock.navigation.backs = 0;
                keyClick(Qt.Key_Escape);
                compare(mock.navigation.backs, 1);
            }
            function test_theWholeWindowWorksWithoutAMouse_data() {
                return [{ tag: "overview", screen: Navigation.Overview, least: 15 }, { tag: "connections", screen: Navigation.Connections, least: 15 },
                    { tag: "breakers", screen: Navigation.Breakers, least: 15 }, { tag: "tasks", screen: Navigation.Tasks, least: 15 },
                    { tag: "chat", screen: Navigation.Chat, least: 20 }, { tag: "settings", screen: Navigation.Settings, least: 40 }];
            }
            function test_theWholeWindowWorksWithoutAMouse(row) {
                go(row.screen);
                compare(probe.nameless(win.contentItem), []);
                const stops = probe.tabStops(win.contentItem);
                verify(stops.length >= row.least, stops.length + " stops: " + stops.join("; "));
                for (const stop of stops)
                    verify(/^[A-Z][A-Za-z]+: .+/.test(stop) && !/^(NoRole|Client)/.test(stop), "what is this: " + stop);
            }
            function test_everyMainActionIsReachedByKeys_data() {
                return [
                    { tag: "overview", screen: Navigation.Overview, actions: ["Faults only", "Copy link", "Active clients", "Probe now", "Throughput", "Pin a level", "Release the pin…"] },
                    { tag: "connections", screen: Navigation.Connections, actions: ["Columns", "Export", "Filter connections", "Connections", "Close…", "Open chat", "Views", "Copy id", "Column heads"] },
                    { tag: "chat", screen: Navigation.Chat, actions: ["New test session", "Filter conversations", "tester-1, Why is n8n refusing?", "tester-1, 14:01:48", "Tool breaker_state", "Send", "Stop", "Cut link", "Frames", "JSONL"] },
                    { tag: "breakers", screen: Navigation.Breakers, actions: ["Probe n8n now", "n8n", "redis", "State of each breaker over time", "Error rate", "Force open…", "Force closed…", "Reset…", "An operator's word lasts: 15 min", "Views"] },
                    { tag: "tasks", screen: Navigation.Tasks, actions: ["Cancel with 2 below…", "Show", "Refuse", "Approve", "Filter tasks", "Tasks", "Views"] },
                    { tag: "settings", screen: Navigation.Settings, actions: ["Theme", "Rows", "Reduce motion", "Add…", "Test", "Reset all", "Copy diagnostics"] }];
            }
            function test_everyMainActionIsReachedByKeys(row) {
                mock.connections.select(0);
                mock.tasks.select(0);
                mock.breakers.term = 1;
                mock.preferences.inspectorOpen = true;
                go(row.screen);
                const stops = probe.tabStops(win.contentItem);
                const missing = row.actions.filter(action => !stops.some(stop => stop.split(": ").slice(1).join(": ").startsWith(action)));
                compare(missing, [], "not among: " + stops.join("; "));
            }
            function test_largeTextAndSmallWindowStillWork() {
                mock.preferences.textScale = 200;
                win.width = 960;
                win.height = 600;
                for (const screen of [Navigation.Overview, Navigation.Connections, Navigation.Chat, Navigation.Breakers, Navigation.Tasks, Navigation.Settings]) {
                    go(screen);
                    waitForRendering(win.contentItem);
                    compare(probe.nameless(win.contentItem), []);
                }
            }
            function test_schemesAndDensityFollowThePreferences() {
                mock.preferences.scheme = Preferences.Light;
                compare(Theme.scheme, Theme.Light);
                mock.preferences.scheme = Preferences.Contrast;
                compare(Theme.scheme, Theme.Contrast);
                mock.preferences.density = Preferences.Cosy;
                compare(Theme.rowHeight, 36);
                mock.preferences.density = Preferences.Normal;
                mock.preferences.textScale = 150;
                compare(Theme.textBody, 20);
                mock.preferences.reduceMotion = true;
                compare(Theme.motion, 0);
                mock.preferences.reduceMotion = false;
            }
            function test_aNarrowWindowHasANarrowRail() {
                const rail = allOf(win.contentItem, item => item.collapsed !== undefined && item.forced !== undefined)[0];
                tryCompare(rail, "width", Theme.railWidth);
                win.width = 1000;
                tryCompare(rail, "width", Theme.railCollapsed);
                compare(probe.nameless(rail), []);
            }
        }
    }
}
